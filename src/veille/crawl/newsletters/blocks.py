"""The content of a letter to its articles: a title, some text, one link each (pure).

An article begins where something is written larger than the text, or where a line is one long link; it ends with its
button, or where the next one begins. What stands under « publicité » is none.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from veille.crawl.newsletters import words
from veille.crawl.newsletters.layout import pictures_told, rows_apart
from veille.crawl.newsletters.lines import Line, Link
from veille.crawl.newsletters.links import Use, bare, is_button, is_home, use_of
from veille.crawl.newsletters.unwrap import unwrap

#: Written this much larger than the text, it is a title.
_LARGER = 1.15
_TITLE_LIMIT = 220
_BOLD_TITLE_LIMIT = 160
#: A link of so many words and letters says what it leads to.
_SAYS_WORDS, _SAYS_LETTERS = 3, 15
#: A title made of text is cut at a sentence, or here.
_LEAD_LEAST, _LEAD = 5, 120
#: A picture and the title under it stand in one box; one of more lines, or of most of a letter, holds several articles.
_SMALL_BOX, _MOST = 14, 0.4
#: Letters of a link that names one thing of a list: « Assemblée générale ».
_LISTED = 10
_BULLETS = "•·▪◦‣*-–"
_ENDS = " •·–—-→>*:"
_WEEKDAY = r"(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lun|mar|mer|jeu|ven|sam|dim) )?"
_DATE = re.compile(
    rf"{_WEEKDAY}(?:le |du |jusqu au |publie le |date )?\d{{1,2}}(?:er)?(?: \d{{1,2}}| [a-z]{{3,9}})(?: \d{{2,4}})?"
    r"(?: (?:a |de )?\d{1,2} ?h ?\d{0,2})?(?: (?:au|et) (?:le )?\d.{0,24})?"
)
_NUMBER = re.compile(
    r"(?:newsletter|lettre|infolettre|flash|infos?|numero)?(?: ?(?:n|no|numero|edition))? ?\d{1,4}(?: [a-z]+ \d{4})?"
)
_SENTENCE = re.compile(r"(.{20,}?[.!?…])(?:\s|$)")


@dataclass(slots=True)
class Block:
    """One article of a letter."""

    title: str = ""
    lines: list[str] = field(default_factory=list)
    section: str = ""
    #: A link of its title says more than a button.
    titled: Link | None = None
    button: Link | None = None
    #: The first link of its text.
    inner: Link | None = None
    picture: Link | None = None
    boxes: tuple[int, ...] = ()
    cell: tuple[int, int] = (0, 0)

    @property
    def link(self) -> Link | None:
        """The one link that stands for the article."""
        return self.titled or self.button or self.inner or self.picture

    @property
    def text(self) -> str:
        """What it says besides its title."""
        return "\n".join(self.lines)


def blocks_of(lines: Sequence[Line], clicks: frozenset[str] = frozenset()) -> list[Block]:
    """Return the articles among the lines of a letter's content that have a link, in order."""
    shown = rows_apart(lines)
    return _cut(shown, clicks) or _cut(pictures_told(shown), clicks)


def _cut(lines: Sequence[Line], clicks: frozenset[str]) -> list[Block]:
    cutting = _Cutting(lines, clicks)
    for line in lines:
        cutting.read(line)
    return [_named(block) for block in cutting.blocks if block.link is not None and not _is_furniture(block, clicks)]


class _Cutting:
    """One pass over one letter."""

    def __init__(self, lines: Sequence[Line], clicks: frozenset[str]) -> None:
        self._clicks = clicks
        self._plain = _plain_size(lines)
        self._buttons = _repeated_texts(lines)
        self._in_box = Counter(box for line in lines for box in line.boxes)
        self._small = min(_SMALL_BOX, int(_MOST * len(lines)))
        self.blocks: list[Block] = []
        self._open: Block | None = None
        self._closed = False
        self._headings = 0
        self._section = ""
        self._picture: tuple[Link, tuple[int, ...]] | None = None
        #: A date above a title.
        self._before: list[str] = []
        self._advert = False

    def read(self, line: Line) -> None:
        """Take one more line."""
        if words.ADVERT.fullmatch(bare(line.text)):
            self._finish()
            self._advert = True
            return
        usable = [link for link in line.links if self._use(link) in {Use.CONTENT, Use.BUTTON}]
        if line.links and not usable:
            return
        if not line.text:
            self._pictures(usable, line)
        elif self._is_title(line, usable):
            self._begin(line, usable)
        else:
            self._go_on(line, usable)

    def _use(self, link: Link) -> Use:
        hidden = unwrap(link.address, self._clicks)
        if hidden is None:
            return Use.IDLE
        return use_of(link.text, link.address, hint=link.hint, hidden=hidden.address)

    def _invites(self, link: Link) -> bool:
        return link.button or is_button(link.text) or bare(link.text) in self._buttons

    def _is_title(self, line: Line, usable: Sequence[Link]) -> bool:
        if not self._may_be_title(line, usable):
            return False
        written = line.heading or line.size >= self._plain * _LARGER
        bold = line.bold and len(line.text) <= _BOLD_TITLE_LIMIT and not line.text.endswith((".", ",", ";"))
        if written or bold or (usable and _lead_of(line)):
            return True
        return self._leads(line, usable) and not self._closes(line) and not self._repeats(usable)

    def _may_be_title(self, line: Line, usable: Sequence[Link]) -> bool:
        """Say whether a line is words of some length, neither a date nor a number nor a button."""
        said = bare(line.text)
        if not any(map(str.isalpha, said)) or len(line.text) > _TITLE_LIMIT:
            return bool(usable and _lead_of(line))
        if _DATE.fullmatch(said) or _NUMBER.fullmatch(said) or is_button(line.text) or said in self._buttons:
            return False
        return not any(link.button and bare(link.text) == said for link in usable)

    def _leads(self, line: Line, usable: Sequence[Link]) -> bool:
        """Say whether a line begins with a link that says what it leads to: the title of a short piece."""
        if not usable or self._invites(usable[0]):
            return False
        text = usable[0].text
        if _says(text) and line.text.lstrip(_ENDS).startswith(text):
            return True
        return _is_listed(line) and len(usable) == 1 and len(text) >= _LISTED and not text[0].islower()

    def _repeats(self, usable: Sequence[Link]) -> bool:
        """Say whether a line leads where its article does: a whole tile is one link, its text too."""
        own = self._open.link if self._open is not None else None
        return own is not None and {link.address for link in usable} == {own.address}

    def _closes(self, line: Line) -> bool:
        """Say whether a link alone on its line, under a title and a text that have none, is their button."""
        block = self._open
        waits = block is not None and bool(block.title and block.lines) and block.link is None and not self._closed
        return waits and not _is_listed(line) and len(line.links) == 1 and line.text == line.links[0].text

    def _begin(self, line: Line, usable: Sequence[Link]) -> None:
        last = self._open
        if last is not None and not last.lines and last.link is None and not self._closed:
            self._name_section(last.title)
        self._finish()
        titled = next((link for link in usable if not self._invites(link)), None)
        title, rest, inner = line.text, "", None
        if titled is not None and not line.heading and self._leads(line, [titled]):
            above, _, below = line.text.partition(titled.text)
            title, rest = titled.text, " ".join(part for part in (above.strip(_ENDS), below.strip(_ENDS)) if part)
        elif lead := _lead_of(line):
            title, rest, inner = lead, line.text, titled
            titled = None
        self._open = Block(title.strip(_ENDS) or line.text, section=self._section, titled=titled)
        self._open.boxes, self._open.cell, self._open.inner = line.boxes, line.cell, inner
        self._open.button = next((link for link in usable if self._invites(link)), None)
        self._open.lines = [*self._before, *([rest] if any(map(str.isalnum, rest)) else [])]
        self._before = []
        self._headings += 1
        if self._picture is not None and self._share_a_box(self._picture[1], line.boxes):
            self._open.picture = self._picture[0]
        self._picture = None
        self.blocks.append(self._open)

    def _name_section(self, title: str) -> None:
        """Note a heading over headings; the first of a letter is its own name."""
        if self._headings > 1 and not words.FURNITURE.fullmatch(bare(title)):
            self._section = title

    def _share_a_box(self, one: Iterable[int], other: Iterable[int]) -> bool:
        return any(self._in_box[box] <= self._small for box in set(one) & set(other))

    def _go_on(self, line: Line, usable: Sequence[Link]) -> None:
        buttons = [link for link in usable if self._invites(link)]
        only = bool(buttons) and len(bare(line.text)) <= len(bare(" ".join(link.text for link in usable))) + 4
        if self._closed and not only:
            self._finish()
        if _DATE.fullmatch(bare(line.text)) and not self._is_below(line):
            self._before = [line.text]
            return
        block = self._column(line) or self._open or self._untitled(line)
        if not only:
            block.lines.append(line.text)
        if buttons:
            block.button = block.button or buttons[0]
        elif usable:
            block.inner = block.inner or usable[0]
        self._closed = self._closed or only

    def _is_below(self, line: Line) -> bool:
        """Say whether a date stands in the article above it; else it is the next one's."""
        block = self._open
        if block is None:
            return False
        tile = line.bold or line.size > self._plain
        return bool(block.lines) or not tile or not line.boxes or self._share_a_box(block.boxes, line.boxes)

    def _column(self, line: Line) -> Block | None:
        """Return the article above this line in a table whose rows hold titles, then texts, side by side."""
        for block in reversed(self.blocks[-_SMALL_BOX:]):
            if block.cell == line.cell and line.cell != (0, 0):
                return block
            if block.cell[0] != line.cell[0]:
                return None
        return None

    def _untitled(self, line: Line) -> Block:
        self._open = Block(section=self._section, lines=list(self._before), boxes=line.boxes, cell=line.cell)
        self._before = []
        self.blocks.append(self._open)
        return self._open

    def _pictures(self, usable: Sequence[Link], line: Line) -> None:
        """Give a linked picture to the title under it, or to the article that has no link yet."""
        for link in usable:
            target = unwrap(link.address, self._clicks)
            if target is None or is_home(target.address):
                continue
            block = self._open
            if block is not None and link.text and self._invites(link):
                block.button = block.button or link
                self._closed = True
            elif block is not None and block.link is None and self._share_a_box(block.boxes, line.boxes):
                block.picture = link
            else:
                self._picture = (link, line.boxes)

    def _finish(self) -> None:
        if self._open is not None and self._advert:
            self.blocks.remove(self._open)
            self._advert = False
        self._open, self._closed = None, False


def _is_listed(line: Line) -> bool:
    """Say whether a line is one of a list, marked up as such or by a bullet."""
    return (line.bullet or line.text[:1] in _BULLETS) and len(line.text) <= _TITLE_LIMIT


def _says(text: str) -> bool:
    """Say whether a link's text names what it leads to; « texte de l'appel » names a part of what stands above it."""
    return len(text) >= _SAYS_LETTERS and len(text.split()) >= _SAYS_WORDS and not text[0].islower()


def _lead_of(line: Line) -> str:
    """Return the bold words that name what the rest of a line tells, empty where they are too few."""
    lead = line.lead.strip(_ENDS).rstrip(".")
    rest = line.text[len(line.lead) :].strip(_ENDS)
    told = len(rest) >= _SAYS_LETTERS and not line.heading
    return lead if told and _LEAD_LEAST <= len(lead) <= _LEAD and line.text.startswith(line.lead) else ""


def _plain_size(lines: Sequence[Line]) -> float:
    """Return the size of most letters: that of the text."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _repeated_texts(lines: Iterable[Line]) -> frozenset[str]:
    """Return what several links to different places say alike: such words name none of them."""
    places: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        for link in line.links:
            places[bare(link.text)].add(link.address)
    return frozenset(text for text, where in places.items() if text and len(where) > 1 and len(text) < _LEAD)


def _named(block: Block) -> Block:
    """Give an article without a title the best there is: what its link says, or how its text begins."""
    if block.title or block.link is None:
        return block
    said = [link.text for link in (block.inner, block.picture) if link and not is_button(link.text)]
    block.title = (
        next((text for text in said if len(text) >= _SAYS_LETTERS), "") or _lead(block.text) or block.link.text
    )
    return block


def _lead(text: str) -> str:
    first = text.split("\n", 1)[0]
    found = _SENTENCE.match(first)
    line = found[1] if found else first
    return line if len(line) <= _LEAD else line[:_LEAD].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def _is_furniture(block: Block, clicks: frozenset[str]) -> bool:
    """Say whether a block is a greeting, an editorial, or the letter's name over its site's front page."""
    if words.FURNITURE.fullmatch(bare(block.title)) is not None and block.button is None:
        return True
    said = block.link.text if block.link else ""
    hidden = unwrap(block.link.address, clicks) if block.link else None
    return hidden is None or (
        is_home(hidden.address) and block.button is None and block.text in {"", block.title, said}
    )
