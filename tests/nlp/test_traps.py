"""The traps of the taxonomy, and ours: a title that must, or must not, get a tag."""

from pathlib import Path

import pytest
import yaml

from veille.config.taxonomy import Trap, load_traps
from veille.model import Scheme, TextToTag

ROOT = Path(__file__).resolve().parents[2]
#: Ours beside those that ship: the word of a trade in an expression that is none of its business, and some that are.
OURS = [
    Trap(**{key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()})
    for entry in yaml.safe_load((ROOT / "tests" / "data" / "traps.yaml").read_text("utf-8"))["traps"]
]
TRAPS = (*load_traps([ROOT]), *OURS)


def test_there_are_at_least_as_many_traps_as_were_collected():
    assert len(TRAPS) >= 110


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.title)
def test_a_trap_is_not_fallen_into(tagger, trap):
    [tagged] = tagger.tag([TextToTag(id="t", title=trap.title, text="")])
    sectors = [tag.term for tag in tagged.of(Scheme.SECTOR)]
    types = [tag.term for tag in tagged.of(Scheme.TYPE)]
    assert set(trap.sectors) <= set(sectors), sectors
    assert not set(trap.not_sectors) & set(sectors), sectors
    assert set(trap.types) <= set(types[:1]), types
    assert not set(trap.not_types) & set(types), types
