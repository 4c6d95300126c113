"""Draw an issue's bulletins: the program's own templates piece by piece, staff's in a child process with limits."""

import json
import subprocess
import sys
import threading
from typing import Protocol

from veille.digest.rendering.context import Page
from veille.digest.rendering.encoding import Encoded
from veille.digest.rendering.piecewise import PieceRenderer
from veille.digest.rendering.sandbox import CPU, Rendered
from veille.digest.rendering.templates import Compiled
from veille.digest.rendering.whole import LocalRenderer, WholeRenderer
from veille.errors import TemplateError

#: One child draws that many bulletins, then a fresh one takes over: its processor limit is counted in seconds.
_PER_CHILD = 1_000
#: Seconds of wall time for one bulletin; a hundred times the slowest measured.
_PATIENCE = 30.0


class Renderer(Protocol):
    """Draws bulletins one after the other."""

    def render(self, page: Page) -> Rendered:
        """Return subject, text and HTML; raises TemplateError naming template and line."""
        ...

    def encode(self, page: Page) -> Encoded:
        """Return the same, encoded; raises TemplateError naming template and line."""
        ...

    def problems(self, page: Page, encoded: Encoded) -> list[str]:
        """Return what forbids it to leave, in French; `encoded` is what the page was drawn as."""
        ...

    def close(self) -> None:
        """Release the child process, if any."""
        ...


def renderer_for(compiled: Compiled) -> Renderer:
    """Return the renderer that these templates deserve."""
    if not compiled.trusted:
        return ChildRenderer(compiled)
    return PieceRenderer.of(compiled) or LocalRenderer(compiled)


class ChildRenderer(WholeRenderer):
    """Draws in a child process that limits its own memory and processor time; a bad template cannot hurt the parent."""

    def __init__(self, compiled: Compiled, *, seconds: int = CPU) -> None:
        self._compiled = compiled
        self._child: subprocess.Popen[bytes] | None = None
        self._drawn = 0
        self._seconds = seconds

    def render(self, page: Page) -> Rendered:
        """Return subject, text and HTML; raises TemplateError naming template and line."""
        if self._drawn >= _PER_CHILD:
            self.close()
        child = self._child or self._start()
        self._drawn += 1
        line = self._ask(child, page.as_data())
        if not line.endswith(b"\n"):
            self.close()
            raise TemplateError(
                f"arrêté : trop de mémoire (512 Mo) ou de temps de calcul ({self._seconds} s)",
                template=self._compiled.entries["body.html.jinja"],
                cure="retirez les boucles et les répétitions géantes de ce gabarit ou de ses voisins",
            )
        answer = json.loads(line)
        if "error" in answer:
            raise TemplateError(answer["error"], template=answer["template"], line=answer["line"], cure=answer["cure"])
        return Rendered(answer["subject"], answer["text"], answer["html"])

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None
        self._drawn = 0

    def _start(self) -> subprocess.Popen[bytes]:
        # -I: isolated from the environment and the current folder; the child gets no secret it could print.
        child = subprocess.Popen(  # noqa: S603 - our own interpreter and module, and a number
            [sys.executable, "-I", "-m", "veille.digest.rendering.sandbox", str(self._seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
        )
        self._child = child
        _write(child, self._compiled.as_data())
        return child

    def _ask(self, child: subprocess.Popen[bytes], data: object) -> bytes:
        """Write one line, read one; a child that takes too long is killed, which ends the reading."""
        watch = threading.Timer(_PATIENCE, child.kill)
        watch.start()
        try:
            _write(child, data)
            return child.stdout.readline() if child.stdout else b""
        finally:
            watch.cancel()


def _write(child: subprocess.Popen[bytes], data: object) -> None:
    if child.stdin is None:
        raise RuntimeError("the child was started without a pipe")
    try:
        child.stdin.write(json.dumps(data).encode() + b"\n")
        child.stdin.flush()
    except BrokenPipeError:
        return  # it died: reading its answer says so
