"""What was judged for a draft is kept: an edit judges it no second time, and never trusts what is of other things."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.digest.builders import item, match, store_items
from tests.digest.house import House
from tests.digest.test_retouching import Counting, crowded, stored, whole
from veille.digest.judged import Recollection
from veille.model import Eligibility, Item, Match, Member, Reason, Verdict
from veille.protocols import Judge
from veille.testing import JudgeOfAll

__all__ = ["crowded"]


@pytest.fixture
def keeping(crowded: House, tmp_path: Path) -> House:
    crowded.desk = replace(crowded.desk, recollection=Recollection(tmp_path / "judged"))
    return crowded


def test_edits_that_judge_nothing_give_what_a_whole_draft_gives(keeping: House) -> None:
    (built,) = keeping.digests.build("hebdo")
    hand = keeping.digests.curation
    shown = [line.item_id for one in built.drafted for line in one.selection]
    most = max(set(shown), key=shown.count)
    for edit in (
        lambda: hand.drop(most, by="C"),
        lambda: hand.undo(most, by="C"),
        lambda: hand.pin(most, by="C"),
        lambda: hand.common([most], by="C"),
    ):
        Counting.looked = set()
        edit()
        assert Counting.looked == set()
        assert stored(keeping, built) == whole(keeping, built)


def test_what_came_since_is_judged_anew_and_a_draft_made_anew_too(keeping: House) -> None:
    keeping.digests.build("hebdo")
    Counting.looked = set()
    keeping.digests.build("hebdo")  # the program may have changed, not its version
    assert len(Counting.looked) >= 40
    store_items(keeping.database, [item(90, sector="textile", deadline="2027-02-15")])
    Counting.looked = set()
    keeping.digests.curation.note(25, "Un mot.", by="Claire")
    assert Counting.looked


@pytest.mark.parametrize("damage", [b"", b"x", b"\0" * 5_000])
def test_a_damaged_file_is_judged_again(keeping: House, tmp_path: Path, damage: bytes) -> None:
    (built,) = keeping.digests.build("hebdo")
    (file,) = (tmp_path / "judged").iterdir()
    file.write_bytes(file.read_bytes()[:70] + damage)
    keeping.digests.curation.drop(built.drafted[0].selection[0].item_id, by="Claire")
    assert stored(keeping, built) == whole(keeping, built)


def test_a_disk_that_takes_nothing_stops_no_draft(
    keeping: House, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "judged").write_text("a file where the folder should be", encoding="utf-8")
    (built,) = keeping.digests.build("hebdo")
    assert built.drafted
    assert "jugements non gardés" in caplog.text


def test_what_is_read_back_is_what_was_judged_and_nothing_of_a_person(tmp_path: Path) -> None:
    member, items = Member(id=1, organisation="Phytalis"), [item(1), item(2)]
    reader = replace(member, muted=("très privé",))
    yes = Eligibility(verdict=Verdict.CHECK, quote="« PME »", note="taille inconnue")
    asked: list[tuple[int, tuple[str, ...]]] = []

    def judge(one: Item, who: Member) -> Match:
        asked.append((one.id, who.muted))
        found = match(one.id, 0.1 + 0.2, who.id) if one.id == 1 else match(one.id, None, who.id, gate="gate:muted")
        why = (Reason(kind="need", text=f"votre besoin {who.muted}", weight=0.3),)
        return replace(found, eligibility=yes, reasons=why)

    def made(judged: Sequence[Item], _day: date = date(2026, 11, 25)) -> Judge:
        return JudgeOfAll(judged, judge)

    kept = Recollection(tmp_path)
    first = kept.recall("hebdo", "key", lambda: made(items), [member], anew=True)
    told = [(first(one, who), list(first.candidates(who))) for one in items for who in (member, reader)]
    kept.keep("hebdo", "key", first, [member])
    asked.clear()
    again = kept.recall("hebdo", "key", lambda: made(items), [member], anew=False)
    assert [(again(one, who), list(again.candidates(who))) for one in items for who in (member, reader)] == told
    assert all(muted for _, muted in asked)  # the reader's own, each time
    assert not again.learnt
    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o077 == 0
    assert "très privé" not in str(again.as_data())
    asked.clear()
    kept.recall("hebdo", "other key", lambda: made(items), [member], anew=False)(items[0], member)
    assert asked
