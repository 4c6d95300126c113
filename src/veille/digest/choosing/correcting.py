"""What a correction says: one line, what was wrong in whose words, and which edition it answers (pure)."""

from dataclasses import replace
from datetime import date

from veille.digest.choosing.wording import full_day, long_day
from veille.model import Bulletin, Drafted, Item, Line, Section, Selected

#: Characters of a title in a subject, so that the word « Erratum » and the start of the title show on a phone.
_SUBJECT = 90
#: Kind of the section that holds what is corrected: no digest has it.
KIND = "erratum"


def correction(original: Drafted, item_id: int, now: Item | None, says: str, *, sent: date, today: date) -> Drafted:
    """Return the correction for one reader of an item; raises LookupError where their bulletin did not hold it."""
    if original.bulletin is None:
        raise LookupError(f"subscriber {original.subscriber.id} got no bulletin")
    line = next((one for one in original.bulletin.lines if one.item_id == item_id), None)
    if line is None:
        raise LookupError(f"item {item_id} is not in the bulletin of subscriber {original.subscriber.id}")
    return Drafted(
        subscriber=original.subscriber,
        bulletin=_bulletin(original.bulletin, _line(line, now, says, sent, today), says, sent, today),
        selection=(
            Selected(item_id=item_id, item_version=line.item_version, section=KIND, rank=1, score=0.0, reasons=()),
        ),
    )


def _line(line: Line, now: Item | None, says: str, sent: date, today: date) -> Line:
    """Return the line as it was printed, without what may be wrong in it; the journal notes what holds now."""
    told = replace(
        line,
        facts=(),
        deadline="",
        verb="",
        badge="",
        change=says,
        reasons=(f"vous l'avez reçu dans l'édition du {long_day(sent, today)}",),
        extract="",
        eligibility="",
        eligibility_note="",
        recall="",
        star=False,
        comment="",
    )
    if now is None:
        return told
    return replace(told, item_version=now.version, closes=now.due.isoformat() if now.due else "")


def _bulletin(original: Bulletin, line: Line, says: str, sent: date, today: date) -> Bulletin:
    title = line.title if len(line.title) <= _SUBJECT else f"{line.title[:_SUBJECT].rpartition(' ')[0]}…"
    opening = f"Dans notre édition du {full_day(sent)}, une information était inexacte. La voici corrigée."
    return replace(
        original,
        subject=f"Erratum : {title}",
        preheader=says[:110] if len(says) >= 40 else f"{says} Correction de l'édition du {long_day(sent, today)}.",  # noqa: PLR2004 - as wording.preheader
        sections=(Section(kind=KIND, title="Ce qui est corrigé", lines=(line,)),),
        opening=opening,
        origin="",
    )
