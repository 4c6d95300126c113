"""Chromium driven over its own debugging pipe: no driver, no socket, no package (Chrome DevTools Protocol)."""

import base64
import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any


class Browser:
    """One page of one headless browser; close it."""

    def __init__(self, program: str, profile: Path) -> None:
        theirs_in, mine_out = os.pipe()
        mine_in, theirs_out = os.pipe()
        flags = [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--lang=fr",
            f"--user-data-dir={profile}", "--remote-debugging-pipe", "about:blank",
        ]  # fmt: skip
        piped = f'exec "$0" "$@" 3<&{theirs_in} 4>&{theirs_out}'
        self._process = subprocess.Popen(
            ["bash", "-c", piped, program, *flags], pass_fds=(theirs_in, theirs_out), stderr=subprocess.DEVNULL
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._commands, self._answers = os.fdopen(mine_out, "wb"), os.fdopen(mine_in, "rb")
        self._count, self._events, self._session = 0, [], None
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._ask("Page.enable")

    def open(self, address: str) -> None:
        """Go to a page and wait until it is there."""
        self._events.clear()
        self._ask("Page.navigate", url=address)
        self._loaded()

    def download(self, address: str, folder: Path) -> Path:
        """Go to a file, which the browser keeps in an empty folder, and return it."""
        self._ask("Page.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
        self._ask("Page.navigate", url=address)
        for _ in range(200):
            kept = [path for path in folder.iterdir() if path.suffix != ".crdownload"]
            if kept and kept[0].stat().st_size:
                return kept[0]
            time.sleep(0.05)
        raise AssertionError(f"{address} gave no file")

    def click(self, selector: str) -> None:
        """Press what submits a form or follows a link, and wait for the page that answers."""
        self._events.clear()
        assert self.value(f"!!document.querySelector({json.dumps(selector)})"), f"no {selector}"
        self.value(f"document.querySelector({json.dumps(selector)}).click()")
        self._loaded()

    def set(self, script: str) -> None:
        """Fill in a field, tick a box."""
        self.value(script)

    def text(self) -> str:
        """What a reader sees, in one line."""
        return " ".join(self.value("document.body.innerText").split())

    def value(self, script: str) -> Any:
        """Evaluate in the page."""
        done = self._ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def dress(self, *, width: int, dark: bool) -> None:
        """Take a width, in CSS pixels, and a colour scheme."""
        self._ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._ask("Emulation.setEmulatedMedia", features=[scheme])

    def picture(self, path: Path) -> None:
        """Save the whole page as PNG."""
        shot = self._ask("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def close(self) -> None:
        """End the browser."""
        self._session = None
        self._ask("Browser.close")
        self._process.wait(20)
        self._commands.close()
        self._answers.close()

    def _loaded(self) -> None:
        while not any(event["method"] == "Page.loadEventFired" for event in self._events):
            self._events.append(self._read())

    def _ask(self, method: str, **params: Any) -> Any:
        self._count += 1
        message = {"id": self._count, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        self._commands.write(json.dumps(message).encode() + b"\0")
        self._commands.flush()
        while (answer := self._read()).get("id") != self._count:
            self._events.append(answer)
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def _read(self) -> Any:
        raw = bytearray()
        while (byte := self._answers.read(1)) != b"\0":
            assert byte, "the browser went away"
            raw += byte
        return json.loads(raw)
