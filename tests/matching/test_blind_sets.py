"""Nineteen clusters judged by others: their form, and floors of what the program shows to their members."""

from functools import cache

import pytest
from benchmarks.grading import figures, summed
from benchmarks.relevance import as_read, bulletins

from tests.shared import shared
from veille.model import Scheme

from .network import DAY, FAULTS, REASONS, ROOT, Judged, Network, places, taxonomy

FOLDER = ROOT / "tests" / "data" / "judgements" / "network2"
NAMES = (
    "bois", "mobilite", "creation", "energie-numerique", "matiere", "mer-espace", "services", "sante-nutrition",
    "agri-eau", "textile-mode", "btp-construction", "aero-mecanique", "cosmetique-chimie", "logistique-ferroviaire",
    "tourisme-culture", "circulaire-dechets", "ess-silver", "photonique-electronique", "agroalimentaire-terroir",
)  # fmt: skip


@cache
def network(name: str) -> Network:
    shared("gold")
    return Network(FOLDER / name)


@cache
def told(name: str) -> dict[str, float | None]:
    chosen = network(name).members()
    drafted = bulletins(DAY, chosen, {})
    return summed([figures(as_read(drafted[judged.member.id]), judged) for judged in chosen])


@pytest.mark.parametrize("name", NAMES)
def test_a_set_holds_eight_members_and_says_known_things_of_known_items(name: str) -> None:
    rows, judged = network(name).rows, network(name).members()
    types = {term.id for term in taxonomy() if term.scheme is Scheme.TYPE}
    assert (len(judged), len(rows)) == (8, 150)
    assert {row["kind"] for row in rows.values()} <= types
    for one in judged:
        assert set(one.lines) <= set(rows), one.key
        assert all(line.kinds <= (REASONS if line.grade else FAULTS) for line in one.lines.values()), one.key
        code = f"fr:commune:{one.member.commune}"
        assert places().name(code) != code, one.key


@pytest.mark.parametrize("name", NAMES)
def test_real_texts_are_named_and_not_held(name: str) -> None:
    written = (FOLDER / name / "items.yaml").read_text(encoding="utf-8")
    named = [row for row in network(name).rows.values() if "ref" in row]
    assert len(named) >= 35
    assert [row["id"] for row in named if len(row["text"]) > 200 and row["text"][:200] in written] == []


@pytest.mark.parametrize(
    ("name", "ndcg10", "missed", "reason"),
    [
        ("bois", 0.76, 0.5, 0.86),
        ("mobilite", 0.72, 0.41, 0.98),
        ("creation", 0.74, 0.27, 0.98),
        ("energie-numerique", 0.7, 0.22, 0.89),
        ("matiere", 0.82, 0.5, 0.98),
        ("mer-espace", 0.76, 0.51, 0.86),
        ("services", 0.72, 0.37, 0.94),
        ("sante-nutrition", 0.6, 0.45, 0.85),
        ("agri-eau", 0.68, 0.44, 0.96),
        ("textile-mode", 0.71, 0.53, 0.93),
        ("btp-construction", 0.68, 0.48, 0.94),
        ("aero-mecanique", 0.63, 0.45, 0.9),
        ("cosmetique-chimie", 0.67, 0.4, 0.95),
        ("logistique-ferroviaire", 0.8, 0.42, 0.96),
        ("tourisme-culture", 0.71, 0.41, 0.91),
        ("circulaire-dechets", 0.63, 0.58, 0.88),
        ("ess-silver", 0.64, 0.54, 0.87),
        ("photonique-electronique", 0.63, 0.5, 0.84),
        ("agroalimentaire-terroir", 0.71, 0.44, 0.96),
    ],
)
def test_trades_written_by_others_keep_their_floor(name: str, ndcg10: float, missed: float, reason: float) -> None:
    assert (told(name)["ndcg10"] or 0) >= ndcg10
    assert (told(name)["missed_share"] or 0) <= missed
    assert (told(name)["reason_right"] or 0) >= reason
    assert (told(name)["embarrassing"] or 0) * 3 <= (told(name)["shown"] or 0)


def test_a_member_known_by_a_line_of_a_list_gets_a_full_bulletin() -> None:
    chosen: list[Judged] = [one for name in NAMES for one in network(name).members() if not one.member.activity]
    lines = [len(as_read(bulletins(DAY, [one], {})[one.member.id])) for one in chosen]
    assert len(chosen) >= 6
    assert sum(lines) / len(lines) >= 8
