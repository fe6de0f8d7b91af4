"""A server that misbehaves, run as a process of its own by test_misbehaving.py. Prints its port.

The model's name says how. Every request is counted; GET /count tells how many came.
"""

import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOCK = threading.Lock()
COUNT = {"asked": 0, "answered": 0}
REPLY = {"choices": [{"message": {"role": "assistant", "content": "3 metres"}}],
         "usage": {"prompt_tokens": 7, "completion_tokens": 3}}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send(200, json.dumps(COUNT))

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        asked = json.loads(body)
        with LOCK:
            COUNT["asked"] += 1
            number = COUNT["asked"]
        kind, _, rest = asked["model"].partition(" ")
        getattr(self, "model_" + kind)(number, rest, asked["messages"][-1]["content"])

    def model_good(self, *_):
        self.answer()

    def model_paced(self, *_):
        time.sleep(0.1)
        self.answer()

    def model_hanging(self, *_):
        time.sleep(60)

    def model_hangs(self, number, after, _):
        """Answer so many requests, then no more."""
        if number > int(after):
            time.sleep(60)
        self.answer()

    def model_trickling(self, *_):
        self.send_response(200)
        self.end_headers()
        for _ in range(200):
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(0.1)

    def model_huge(self, *_):
        self.send_response(200)
        self.end_headers()
        try:
            for _ in range(3000):
                self.wfile.write(b" " * 2**20)
                COUNT["answered"] += 1
        except OSError:
            pass

    def model_echoing(self, _, status, __):
        self.send(int(status), json.dumps(
            {"error": {"message": "\x1b]0;title\x07no: " + self.headers["Authorization"]}}))

    def model_busy(self, number, wish, _):
        """Refuse every third request for a while."""
        if number % 3 == 0:
            self.send(429, "{}", {"Retry-After": wish} if wish else {})
        else:
            self.answer()

    def model_spent(self, _, wish, __):
        self.send(429, json.dumps({"error": {"message": "quota"}}), {"Retry-After": wish})

    def model_refusing(self, _, word, question):
        """Refuse the questions that hold a word."""
        status, _, word = word.partition(" ")
        if f"{word}?" in question or not word:
            self.send(int(status), json.dumps({"error": {"message": "too much"}}))
        else:
            self.answer()

    def model_moved(self, _, rest, __):
        status, target = rest.split()
        self.send(int(status), "", {"Location": f"{target}/chat/completions?key=secret"})

    def answer(self):
        COUNT["answered"] += 1
        self.send(200, json.dumps(REPLY))

    def send(self, status, text, headers=()):
        self.send_response(status)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        """Say nothing."""


class Server(ThreadingHTTPServer):
    def handle_error(self, *_):
        """Say nothing of readers that went away."""


if __name__ == "__main__":
    server = Server(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    sys.exit(server.serve_forever())
