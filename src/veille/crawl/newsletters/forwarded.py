"""Mail that people forward to the cluster's box: what they propose, and what they say of it (pure).

Outlook, Gmail, Thunderbird and Apple Mail each begin the forwarded part in their own words; all of them repeat its
sender, date and subject there. What stands above is the person's own comment.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from email.message import Message

from veille.crawl.markup import cut
from veille.crawl.newsletters import words
from veille.crawl.newsletters.blocks import Block, blocks_of
from veille.crawl.newsletters.footer import content_of
from veille.crawl.newsletters.items import Context, context_of, entry_of, shown_lines
from veille.crawl.newsletters.lines import Line
from veille.crawl.newsletters.links import Use, bare, is_button, is_home, use_of
from veille.crawl.newsletters.parts import body_of, subject_of
from veille.crawl.newsletters.unwrap import unwrap
from veille.model.letters import Suggested

#: A forwarded letter of thirty articles must not fill the queue; the person had one or two in mind.
MAX_SUGGESTIONS = 10
_COMMENT_LIMIT = 1_000
_SEPARATOR = re.compile(
    r"(?:debut du )?(?:message|mail|courriel) (?:transfere|reexpedie|d origine|initial)|(?:begin )?forwarded message"
    r"|original message"
)
_FIELD = re.compile(
    r"\s*(?:de|from|exp[ée]diteur|envoy[ée]|sent|date|[àa]|to|pour|objet|subject|sujet|cc|copie|reply-to)\s*:",
    re.IGNORECASE,
)
_SUBJECT = re.compile(r"^\s*(?:objet|subject|sujet)\s*:\s*(.+)$", re.IGNORECASE)
_SENDER = re.compile(r"^\s*(?:de|from|exp[ée]diteur)\s*:", re.IGNORECASE)
_PREFIX = re.compile(r"^(?:\s*(?:fwd?|tr|re|rv|wg|aw)\s*:)+\s*", re.IGNORECASE)
#: Lines of a forwarded header at most: sender, date, recipients, copies, subject, and a folded one or two.
_HEADER_LINES = 10


def suggestions_of(message: Message, by: str, sent: datetime | None, raw: bytes) -> list[Suggested]:
    """Return what one forwarded mail proposes; a mail without any link proposes its text."""
    body = body_of(message)
    lines = shown_lines(body)
    comment, subject, forwarded = _cut_in_two(lines)
    if body.attached:
        inner = body.attached[0]
        comment, subject, forwarded = lines, subject_of(inner), shown_lines(body_of(inner))
    title = _PREFIX.sub("", subject or subject_of(message))
    context = context_of(message, sent, [*comment, *forwarded], raw)
    said = _said(comment)
    blocks = _own_links(comment, title) or _forwarded_blocks(forwarded, title, context)
    if not blocks:
        blocks = [_text_only(title, forwarded or comment)]
        said = said if forwarded else ""
    return [
        Suggested(entry=entry_of(block, context), message_id=context.message_id, by=by, comment=said)
        for block in blocks[:MAX_SUGGESTIONS]
    ]


def _cut_in_two(lines: Sequence[Line]) -> tuple[list[Line], str, list[Line]]:
    """Return what the person wrote, the subject of what follows, and the forwarded lines."""
    start = next((place for place, line in enumerate(lines) if _begins(lines, place)), None)
    if start is None:
        return list(lines), "", []
    end, subject = start, ""
    for place in range(start, min(start + _HEADER_LINES, len(lines))):
        text = lines[place].text
        found = _SUBJECT.match(text)
        subject = subject or (found[1].strip() if found else "")
        if _SEPARATOR.search(bare(text)) or _FIELD.match(text):
            end = place
    return list(lines[:start]), subject, list(lines[end + 1 :])


def _begins(lines: Sequence[Line], place: int) -> bool:
    """Say whether a forwarded part begins here: a separator, or a sender with a subject right below."""
    text = lines[place].text
    said = bare(text)
    if len(said) < 60 and _SEPARATOR.search(said):  # noqa: PLR2004 - a separator says nothing else
        return True
    below = lines[place : place + _HEADER_LINES]
    return _SENDER.match(text) is not None and any(_SUBJECT.match(line.text) for line in below)


def _said(lines: Sequence[Line]) -> str:
    """Return the person's comment, above their signature."""
    return cut("\n".join(line.text for line in _unsigned(lines) if line.text), _COMMENT_LIMIT)


def _unsigned(lines: Sequence[Line]) -> list[Line]:
    signed = next((place for place, line in enumerate(lines) if _signs(line)), len(lines))
    return list(lines[:signed])


def _signs(line: Line) -> bool:
    text = line.text.strip()
    return text in {"--", "-- ", "—"} or text.startswith("-- ") or words.SIGN_OFF.fullmatch(bare(text)) is not None


def _own_links(lines: Sequence[Line], title: str) -> list[Block]:
    """Return what the person links to by hand: that is what they mean, whatever follows."""
    found = []
    for line in _unsigned(lines):
        for link in line.links:
            hidden = unwrap(link.address)
            usable = hidden is not None and not is_home(hidden.address)
            if usable and use_of(link.text, link.address, hidden=hidden.address if hidden else "") in {
                Use.CONTENT,
                Use.BUTTON,
            }:
                named = link.text if not is_button(link.text) and not link.text.startswith("http") else title
                found.append(Block(named, titled=link))
    return found


def _forwarded_blocks(lines: Sequence[Line], title: str, context: Context) -> list[Block]:
    content = content_of(lines)
    blocks = blocks_of(content, context.clicks)
    if len(blocks) == 1:
        text = [line.text for line in content if line.text and not is_button(line.text)]
        return [replace(blocks[0], title=title or blocks[0].title, lines=text)]
    return blocks


def _text_only(title: str, lines: Sequence[Line]) -> Block:
    return Block(title, [line.text for line in content_of(lines) if line.text])
