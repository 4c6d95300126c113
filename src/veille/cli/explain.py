"""`veille tag --explain`: a text with what speaks for its tags marked, on a terminal or as a page."""

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from veille.cli.base import Instance, echo
from veille.errors import InputError
from veille.model import Licence, TextToTag

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from veille.cli.explained import Label
    from veille.nlp.explain import Explanation
    from veille.nlp.marks import Segment

#: What a browser shows in its bar, with or without its scheme; no text of one word looks like it.
_ADDRESS = re.compile(r"https?://\S+|(?:[\w-]+\.)+[a-z]{2,}(?:/\S*)?", re.IGNORECASE)
#: Characters of a first line that is a title.
_TITLE = 300
#: Characters read from the standard input: what the tagger reads at most, many times over.
_STDIN = 1_000_000
_STYLES = {
    "type": "bold magenta", "sector": "bold green", "axis": "bold cyan", "territory": "bold blue", "zone": "blue",
    "theme": "yellow", "audience": "cyan", "horizon": "magenta", "fact": "bold underline red", "denied": "dim strike",
}  # fmt: skip


def explain(instance: Instance, what: str, page: Path | None) -> None:
    """Print, or write as a page, why a text, an address or an item gets its tags."""
    from veille.config.instance import definitions
    from veille.digest.choosing.labels import ShortLabels
    from veille.nlp.tagger import load_tagger

    text, licence = _text(instance, what)
    tagger = load_tagger(definitions(instance.home))
    explained = tagger.explain(text)
    label = ShortLabels(tagger.taxonomy, tagger.gazetteer).short
    sparing = licence is Licence.PRESS
    if page is not None:
        from veille.cli.explain_page import write_page

        write_page(page, explained, label, pipeline=tagger.pipeline, sparing=sparing)
        echo(f"page écrite : {page}")
        return
    _print(explained, label, tagger.pipeline, sparing=sparing)


def _text(instance: Instance, what: str) -> tuple[TextToTag, Licence | None]:
    """Return what is to be explained, and the licence it is under where it is an item's."""
    if what.isascii() and what.isdigit():
        return _item(instance, int(what))
    if _ADDRESS.fullmatch(what.strip()):
        from veille.scouting import look

        return look(instance.settings(), what, now=instance.now), None
    written = sys.stdin.read(_STDIN) if what == "-" else what
    if not written.strip():
        raise InputError("aucun texte à expliquer", cure="donnez un texte, une adresse, un numéro d'article ou « - »")
    first, _, rest = written.strip().partition("\n")
    titled = len(first) <= _TITLE
    return TextToTag(id="-", title=first if titled else "", text=rest if titled else written), None


def _item(instance: Instance, item_id: int) -> tuple[TextToTag, Licence]:
    app = instance.open()
    # No pipeline is named so: whatever tagged it, the item's text is given as that of one that waits.
    found = app.tag_store.texts("", [item_id])
    item = app.item_store.item(item_id)
    if not found:
        raise InputError(f"aucun article n° {item_id}", cure="cherchez son numéro par « veille items search »")
    return found[0][2], item.licence if item is not None else Licence.PRESS


def _print(explained: "Explanation", label: "Label", pipeline: str, *, sparing: bool) -> None:
    from rich.console import Console

    from veille.cli.explained import fact_lines, headline, left_out_line, part_line, thresholds
    from veille.nlp.marks import marks, shown

    console = Console(highlight=False, soft_wrap=True)
    console.print(_legend(explained, console))
    for where, text in (("title", explained.text.title), ("text", explained.text.text)):
        if text.strip():
            console.print()
            console.print(_marked(shown(text, marks(explained, where), sparing=sparing), label, console))
    echo()
    for one in explained.tags:
        console.print(_line(headline(one, label), _STYLES[one.tag.scheme.value]))
        for part in one.parts:
            echo(f"    {part_line(part)}")
    for line in fact_lines(explained):
        console.print(_line(line, "red"))
    if explained.left_out:
        echo("\npesé et laissé de côté :")
    for left in explained.left_out:
        echo(f"    {left_out_line(left, label)}")
    echo("\nseuils :")
    for line in thresholds():
        echo(f"    {line}")
    echo(f"langue : {explained.tagged.lang} · chaîne : {pipeline}")


def _line(words: str, style: str) -> "Text":
    from rich.text import Text

    from veille.text import printable

    return Text(printable(words), style=style)


def _legend(explained: "Explanation", console: "Console") -> "Text":
    """Return the names of what is marked, each as it is marked."""
    from rich.text import Text

    from veille.cli.explained import KINDS
    from veille.nlp.marks import marks

    met = {mark.kind for where in ("title", "text") for mark in marks(explained, where)}
    line = Text("marques : " if met else "rien de marqué dans ce texte")
    for kind in (kind for kind in KINDS if kind in met):
        line.append(KINDS[kind] if console.is_terminal else f"[{KINDS[kind]}]", style=_STYLES[kind])
        line.append("  ")
    return line


def _marked(parts: "list[Segment]", label: "Label", console: "Console") -> "Text":
    """Return a text with its marks as colours, or as brackets where nothing shows colours."""
    from rich.text import Text

    from veille.cli.explained import mark_name
    from veille.text import printable

    whole = Text()
    for part in parts:
        words = printable(part.text)
        kinds = list(dict.fromkeys(mark.kind for mark in part.marks))
        if kinds and not console.is_terminal:
            names = " ; ".join(dict.fromkeys(mark_name(mark.kind, mark.name, label) for mark in part.marks))
            words = f"[{words} → {names}]"
        whole.append(words, style=" ".join(_STYLES[kind] for kind in kinds))
    return whole
