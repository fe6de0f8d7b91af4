"""A headless Chromium for tests, driven through its debugging pipe: no driver library needed.

    with Chromium() as browser:
        page = browser.open("file:///tmp/page.html", width=400)
        page.run("1 + 1")     # -> 2
        page.type("#volume", "1000")
"""

import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
KEYS = {"Tab": 9, "Enter": 13, " ": 32, "Backspace": 8, "ArrowDown": 40, "End": 35}
_SECONDS = 60


def find_chromium() -> str | None:
    """The path of a Chromium or Chrome: that of the variable CHROMIUM, or the first on PATH."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


class Chromium:
    """One browser process; messages are JSON texts that end in a zero byte."""

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="chromium-")
        reads, self._writer = os.pipe()
        self._reader, writes = os.pipe()
        # The browser reads its file 3 and writes to its file 4; the shell puts them there,
        # because Python offers no safe way to number a child's files.
        command = ('exec "$0" --headless --no-sandbox --disable-gpu --remote-debugging-pipe '
                   '--no-first-run --disable-background-networking --user-data-dir="$1" '
                   f"about:blank 3<&{reads} 4>&{writes}")
        self.process = subprocess.Popen(
            ["bash", "-c", command, find_chromium(), self.folder], pass_fds=(reads, writes),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(reads)
        os.close(writes)
        self._rest, self._count, self.events = b"", 0, []
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self._writer)
        os.close(self._reader)
        shutil.rmtree(self.folder, ignore_errors=True)

    def send(self, method: str, session: str | None = None, **parameters):
        """Return a command and wait for its result; events on the way are kept."""
        self._count += 1
        message = {"id": self._count, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._writer, data):]
        ends = time.monotonic() + _SECONDS
        while time.monotonic() < ends:
            found = self._receive(ends)
            if found.get("id") == self._count:
                assert "error" not in found, (method, found)
                return found["result"]
            self.events.append(found)
        raise AssertionError(f"Chromium gave no answer to {method} in {_SECONDS} s")

    def _receive(self, ends: float) -> dict:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._reader], [], [], max(0, ends - time.monotonic()))
            assert ready, f"Chromium said nothing for {_SECONDS} s"
            more = os.read(self._reader, 1 << 16)
            assert more, "Chromium ended"
            self._rest += more
        text, self._rest = self._rest.split(b"\0", 1)
        return json.loads(text)

    def open(self, url: str, *, width: int = 1200, dark: bool = False) -> "Page":
        """Open a page of so many pixels and wait until it has loaded."""
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session, target)
        page.send("Runtime.enable")
        page.send("Emulation.setDeviceMetricsOverride", width=width, height=900,
                  deviceScaleFactor=1, mobile=False)
        page.send("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        page.go(url)
        return page


class Page:
    """One tab of the browser."""

    def __init__(self, browser: Chromium, session: str, target: str):
        self.browser, self.session, self.target = browser, session, target

    def send(self, method: str, **parameters):
        return self.browser.send(method, self.session, **parameters)

    def go(self, url: str) -> None:
        """Load an address anew, also one that differs only behind the #."""
        self.send("Page.navigate", url="about:blank")
        self.send("Page.navigate", url=url)
        self.wait("document.readyState === 'complete' && location.href !== 'about:blank'")

    def wait(self, expression: str) -> None:
        """Wait until an expression is true."""
        ends = time.monotonic() + _SECONDS
        while not self.run(expression):
            assert time.monotonic() < ends, f"never true: {expression}"
            time.sleep(0.02)

    def run(self, expression: str):
        """Evaluate JavaScript, also a promise, and give its value."""
        found = self.send("Runtime.evaluate", expression=expression, returnByValue=True,
                          awaitPromise=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def type(self, selector: str, text: str) -> None:
        """Focus a field, select what stands in it, and type over it."""
        self.run(f"document.querySelector({json.dumps(selector)}).focus(), "
                 f"document.querySelector({json.dumps(selector)}).select()")
        if text:
            self.send("Input.insertText", text=text)
        else:
            self.press("Backspace")

    def press(self, key: str, *, shift: bool = False) -> None:
        """Press and release a key."""
        text = {"Enter": "\r", " ": " "}.get(key, "")
        for kind in ("keyDown", "keyUp"):
            self.send("Input.dispatchKeyEvent", type=kind, key=key, modifiers=8 if shift else 0,
                      windowsVirtualKeyCode=KEYS[key], code="Space" if key == " " else key,
                      **({"text": text} if text and kind == "keyDown" else {}))

    def picture(self, path: Path) -> None:
        """Save the whole page as a PNG."""
        import base64

        size = self.send("Page.getLayoutMetrics")["cssContentSize"]
        clip = {**size, "scale": 1}
        path.write_bytes(base64.b64decode(self.send(
            "Page.captureScreenshot", clip=clip, captureBeyondViewport=True)["data"]))

    def faults(self) -> list[str]:
        """List the exceptions that the page's scripts did not catch."""
        return [event["params"]["exceptionDetails"].get("exception", {}).get("description", "")
                for event in self.browser.events if event.get("sessionId") == self.session
                and event["method"] == "Runtime.exceptionThrown"]

    def close(self) -> None:
        self.browser.send("Target.closeTarget", targetId=self.target)
