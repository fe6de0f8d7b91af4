"""A small OpenAI-compatible server, run as a process of its own by test_endpoint.py.

The model's name says how it behaves: "echo" repeats the question, "shout" answers in two
lines, "busy" fails with status 503 twice and then answers, and so on. Prints its port.
"""

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = "right-key"
failures_left = {"busy": 2}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != "/v1/chat/completions":
            return self.send(404, {"error": {"message": "no such page"}})
        if self.headers["Authorization"] != f"Bearer {KEY}":
            return self.send(401, {"error": {"message": "wrong key"}})
        return getattr(self, "model_" + asked["model"].replace("-", "_"), self.unknown)(asked)

    def model_echo(self, asked):
        # Later questions are answered sooner: order must not come from time.
        question = asked["messages"][-1]["content"]
        time.sleep(0.2 if question.endswith("0") else 0.0)
        self.say(f"  {asked['messages'][0]['role']}: {question}  ",
                 {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10})

    def model_settings(self, asked):
        self.say(json.dumps({k: asked[k] for k in ("max_tokens", "temperature", "seed")}))

    def model_shout(self, asked):
        self.say("\n\nfirst line \nsecond line")

    def model_busy(self, asked):
        if failures_left["busy"]:
            failures_left["busy"] -= 1
            self.send(503, {"error": {"message": "loading"}})
        else:
            self.say("at last")

    def model_slow(self, asked):
        time.sleep(5)
        self.say("too late")

    def model_full(self, asked):
        self.send(400, {"error": {"message": "prompt has 9000 tokens, limit is 8192"}})

    def model_silent(self, asked):
        self.send(200, {"choices": [{"message": {"role": "assistant", "content": None}}]})

    def model_empty(self, asked):
        self.send(200, {"choices": []})

    def model_page(self, asked):
        self.send(200, "<html>Welcome</html>", "text/html")

    def model_broken(self, asked):
        self.send(200, '{"choices": [', "application/json")

    def unknown(self, asked):
        self.send(404, {"error": {"message": f"model {asked['model']} not found"}})

    def say(self, text, usage=None):
        self.send(200, {
            "id": "1", "object": "chat.completion", "created": 1, "model": "m", "usage": usage,
            "choices": [{"index": 0, "finish_reason": "stop",
                         "message": {"role": "assistant", "content": text}}],
        })

    def send(self, status, content, kind="application/json"):
        body = (content if isinstance(content, str) else json.dumps(content)).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    sys.exit(server.serve_forever())
