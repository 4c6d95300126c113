"""Renders templates: immutable sandbox, strict undefined, nothing reachable but the bulletin.

Run as a module it is the child process that draws staff's own templates: one JSON object per line in, one out, under
limits on memory and processor time that it sets on itself before reading the first one.
"""

import json
import re
import resource
import sys
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from jinja2 import (
    Environment,
    FunctionLoader,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
    select_autoescape,
)
from jinja2 import TemplateError as JinjaError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from veille.digest.rendering.context import Page, page_from
from veille.digest.rendering.templates import Compiled, compiled_from, inline_page
from veille.errors import TemplateError

#: A template bug can ask for gigabytes (`'x'|center(500000000)`): measured 500–600 MB before it fails by itself.
MEMORY = 512 * 1024 * 1024
#: Seconds of processor for one issue's child; 2,000 bulletins take three.
CPU = 20
E = TypeVar("E", bound=Environment)
#: Characters of one rendered part: ten times what a mail client shows.
MAX_PART = 1_000_000
#: What a template, which is a program of the staff's, can raise.
MISTAKES = (
    JinjaError, ArithmeticError, AttributeError, LookupError, MemoryError, RuntimeError, TypeError, ValueError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rendered:
    """One bulletin drawn."""

    subject: str
    text: str
    html: str

    @property
    def html_size(self) -> int:
        """Bytes of HTML."""
        return len(self.html.encode("utf-8", "replace"))


class TemplateRenderer:
    """Draws bulletins in this process."""

    def __init__(self, compiled: Compiled) -> None:
        self._compiled = compiled
        self._env = _sandboxed({"subject": compiled.subject, "text": compiled.text, "html.html": compiled.html})
        self._as_written = _sandboxed(compiled.sources)

    def render(self, page: Page) -> Rendered:
        """Return subject, text and HTML; raises TemplateError naming template and line."""
        context, (_, text_entry, html_entry) = page.as_context(), self._compiled.entries.values()
        text, html = self._draw("text", text_entry, context), self._draw("html.html", html_entry, context)
        return Rendered(self.subject(page), text, inline_page(html) if self._compiled.late else html)

    def subject(self, page: Page) -> str:
        """Return the subject alone."""
        entry = next(iter(self._compiled.entries.values()))
        return " ".join(self._draw("subject", entry, page.as_context()).split())

    def close(self) -> None:
        """Nothing to release."""

    def _draw(self, name: str, entry: str, context: Mapping[str, Any]) -> str:
        try:
            return _bounded(self._env.get_template(name).render(context), entry)
        except MISTAKES as error:
            raise self._explain(entry, context, error) from error

    def _explain(self, entry: str, context: Mapping[str, Any], error: Exception) -> TemplateError:
        """Draw the template as it was written, for the true file and line of the mistake."""
        try:
            self._as_written.get_template(entry).render(context)
        except MISTAKES as again:
            error = again
        template, line = _place(error, self._compiled.sources) or (entry, 0)
        cause, cure = _in_french(error)
        return TemplateError(cause, template=template, line=line, cure=cure)


def _sandboxed(sources: Mapping[str, str]) -> ImmutableSandboxedEnvironment:
    return _made(ImmutableSandboxedEnvironment, sources)


def piece_environment(sources: Mapping[str, str]) -> Environment:
    """Return what draws pieces of the program's own templates: no sandbox, which costs three quarters of the time."""
    env = _made(Environment, sources)
    env.keep_trailing_newline = True
    # Python's own, five times as fast: where it fails (a key of a mapping), the bulletin is drawn whole, as Jinja does.
    env.getattr = getattr  # type: ignore[assignment]
    return env


def _made(kind: type[E], sources: Mapping[str, str]) -> E:
    """Return what draws these templates, by name; `.html` ones escape what they show."""
    env = kind(
        loader=FunctionLoader(lambda name: (sources[name], name, None) if name in sources else None),
        autoescape=select_autoescape(["html", "html.jinja"], default_for_string=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.globals.clear()
    env.globals["range"] = _small_range
    return env


def _small_range(stop: int) -> range:
    """Return a range a bulletin can need."""
    return range(min(stop, 1_000))


def _bounded(text: str, entry: str) -> str:
    if len(text) > MAX_PART:
        raise TemplateError(f"plus de {MAX_PART} caractères", template=entry, cure="retirez ce qui agrandit le texte")
    return text


def _place(error: BaseException, names: Container[str]) -> tuple[str, int] | None:
    """Return template and line: a syntax error carries them, a run-time error has them in its traceback."""
    if isinstance(error, TemplateSyntaxError):
        return (error.name or "", error.lineno)
    place, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in names:
            place = (trace.tb_frame.f_code.co_filename, trace.tb_lineno)
        trace = trace.tb_next
    return place


#: Jinja's words for a name that is not there (jinja2/runtime.py, Undefined).
_MISSING = re.compile(r"^'([^']+)' is undefined$|has no (?:attribute|element) '?([^']+)'?$")
#: First match wins; `{}` is the library's own words.
_FRENCH: tuple[tuple[type[BaseException], str, str], ...] = (
    (TemplateSyntaxError, "syntaxe : {}", "vérifiez les accolades et les « end… »"),
    (SecurityError, "accès interdit : {}", "un gabarit ne lit que bulletin, frame et links"),
    (UndefinedError, "nom inconnu : {}", "un gabarit ne lit que bulletin, frame et links"),
    (TemplateNotFound, "gabarit inclus introuvable : « {} »", "un gabarit n'inclut que ceux de digests/"),
    (MemoryError, "mémoire dépassée{}", "retirez ce qui agrandit le texte"),
)


def _in_french(error: BaseException) -> tuple[str, str]:
    words = str(error)[:300]
    if isinstance(error, UndefinedError) and (name := _MISSING.search(words)):
        words = f"« {name[1] or name[2]} »"
    for kind, cause, cure in _FRENCH:
        if isinstance(error, kind):
            return cause.format(words), cure
    return f"{type(error).__name__} : {words}", "corrigez cette ligne"


def main() -> None:
    """Serve one issue: compiled templates on the first line, then one context per line; seconds of CPU as argument."""
    seconds = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_NOFILE, (8, 8))
    serve(sys.stdin.buffer.readline, sys.stdout.buffer.write, sys.stdout.buffer.flush)


def serve(read: Callable[[], bytes], write: Callable[[bytes], Any], flush: Callable[[], None]) -> None:
    """Answer each line until the input ends."""
    renderer = TemplateRenderer(compiled_from(json.loads(read())))
    while line := read():
        try:
            drawn = renderer.render(page_from(json.loads(line)))
            answer: dict[str, Any] = {"subject": drawn.subject, "text": drawn.text, "html": drawn.html}
        except TemplateError as error:
            answer = {"error": error.message, "template": error.template, "line": error.line, "cure": error.cure}
        write(json.dumps(answer).encode() + b"\n")
        flush()


if __name__ == "__main__":
    main()
