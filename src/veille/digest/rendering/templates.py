"""Templates made ready once: includes opened, CSS inlined around protected Jinja tags (pure).

css-inline parses HTML5, and that parser moves what it does not know out of tables. So every Jinja tag is hidden first,
as a comment between elements and as a plain word inside an attribute, and the inlined page must show the same elements
and the same hidden tags in the same order. Where it does not (a `<tr>` without `<tbody>`, `{% extends %}`), the CSS is
inlined later, on each rendered page: slower by half a millisecond, never wrong.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import css_inline

from veille.config.brand import Brand
from veille.config.digests import HTML, SUBJECT, TEXT, Definition
from veille.errors import TemplateError

#: An include chain deeper than that is a loop.
_MAX_DEPTH = 8
_INCLUDE = re.compile(r"{%-?\s*include\s+[\"']([^\"']+)[\"']\s*-?%}")
_JINJA = re.compile(r"{{.*?}}|{%.*?%}|{#.*?#}", re.DOTALL)
#: What must be told apart to know where a Jinja tag stands: comments, raw-text elements, start and end tags.
_MARKUP = re.compile(
    r"(?P<comment><!--.*?-->)|(?P<raw><(?:style|title)\b.*?</(?:style|title)>)|(?P<tag></?[a-zA-Z](?:[^>\"']|\"[^\"]*\"|'[^']*')*>)",
    re.DOTALL,
)
_HIDDEN = re.compile(r"<!--jinja(\d+)x-->|jinja(\d+)x")
#: A class that a template chooses: its rules are known only once it is drawn.
_CHOSEN_CLASS = re.compile(r"""\bclass\s*=\s*(?:"[^"]*|'[^']*|)jinja\d+x""")
_CLASSES, _CLASS_OF_RULE = re.compile(r' class="([^"]*)"'), re.compile(r"\.([a-zA-Z][\w-]*)")
_STYLE = re.compile(r"<style\b[^>]*>(.*?)</style>", re.DOTALL)
_ORDER = re.compile(r"<!--jinja\d+x-->|jinja\d+x|</?[a-zA-Z][a-zA-Z0-9]*")


@dataclass(frozen=True, slots=True)
class Compiled:
    """What an issue freezes of its templates."""

    subject: str
    text: str
    html: str
    #: The CSS is still to be inlined, on each rendered page.
    late: bool
    #: Template name → source as written, to name the line of an error.
    sources: dict[str, str]
    #: Which source each of the three comes from.
    entries: dict[str, str]
    #: False: render in a child process with limits.
    trusted: bool

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def compiled_from(data: Mapping[str, Any]) -> Compiled:
    """Read back what `as_data` gave."""
    return Compiled(**data)


def compile_templates(definition: Definition, brand: Brand | None = None) -> Compiled:
    """Make a digest's templates ready in a brand's colours; raises TemplateError for an include that is not there."""
    colours = brand or Brand()
    painted = {name: colours.paint(source) for name, source in definition.sources.items()}
    entries = {kind: definition.entry(kind) for kind in (SUBJECT, TEXT, HTML)}
    whole = {kind: _open_includes(painted, name) for kind, name in entries.items()}
    html, late = inline(whole[HTML])
    return Compiled(
        subject=whole[SUBJECT],
        text=whole[TEXT],
        html=html,
        late=late,
        sources=painted,
        entries=entries,
        trusted=definition.trusted,
    )


def inline(html: str) -> tuple[str, bool]:
    """Return the template with its CSS inlined and False, or as it is and True where that cannot be done beforehand."""
    if "{% extends" in html or "<html" not in html:
        return html, True
    hidden, tags = _hide(html)
    if _CHOSEN_CLASS.search(hidden):
        return html, True
    inlined = inline_page(hidden)
    if _ORDER.findall(inlined) != _ORDER.findall(_without_inlined_styles(hidden)):
        return html, True
    return _HIDDEN.sub(lambda match: tags[int(match[1] or match[2])], _without_idle_classes(inlined)), False


def inline_page(html: str) -> str:
    """Inline the CSS of a page; `<style data-css-inline="keep">` stays (media queries). Opens no file and no socket."""
    return css_inline.CSSInliner(load_remote_stylesheets=False, base_url=None, minify_css=True).inline(html)


def _open_includes(sources: Mapping[str, str], name: str, depth: int = 0) -> str:
    if name not in sources or depth > _MAX_DEPTH:
        cause = "gabarit inclus introuvable" if name not in sources else "inclusions en boucle"
        raise TemplateError(cause, template=name, cure=f"gabarits connus : {', '.join(sorted(sources))}")
    try:
        return _INCLUDE.sub(lambda match: _open_includes(sources, match[1], depth + 1), sources[name])
    except TemplateError as error:
        if error.template == name or error.line:
            raise
        found = next((m for m in _INCLUDE.finditer(sources[name]) if m[1] == error.template), None)
        line = sources[name].count("\n", 0, found.start()) + 1 if found else 0
        raise TemplateError(
            f"{error.message} : « {error.template} »", template=name, line=line, cure=error.cure
        ) from error


def _hide(html: str) -> tuple[str, list[str]]:
    """Replace each Jinja tag by a word (inside markup) or a comment (between elements)."""
    tags: list[str] = []

    def word(match: re.Match[str]) -> str:
        tags.append(match[0])
        return f"jinja{len(tags) - 1}x"

    pieces, end = [], 0
    # Jinja tags may hold `<`, `>` and quotes: hide them before looking for markup, then say where each stood.
    flat = _JINJA.sub(word, html)
    for markup in _MARKUP.finditer(flat):
        pieces += [_as_comments(flat[end : markup.start()]), markup[0]]
        end = markup.end()
    return "".join([*pieces, _as_comments(flat[end:])]), tags


def _as_comments(text: str) -> str:
    return re.sub(r"jinja\d+x", lambda match: f"<!--{match[0]}-->", text)


def _without_idle_classes(html: str) -> str:
    """Drop the classes that no rule left in the page names: a line of a bulletin has a dozen."""
    left = set(_CLASS_OF_RULE.findall("".join(_STYLE.findall(html))))

    def kept(match: re.Match[str]) -> str:
        names = [name for name in match[1].split() if name in left]
        return f' class="{" ".join(names)}"' if names else ""

    return _CLASSES.sub(kept, html)


def _without_inlined_styles(html: str) -> str:
    return re.sub(
        r"<!--.*?-->|<style>.*?</style>", lambda match: match[0] if match[0][1] == "!" else "", html, flags=re.DOTALL
    )
