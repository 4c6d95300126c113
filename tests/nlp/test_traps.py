"""The traps of the taxonomy, and ours: a title that must, or must not, get a tag."""

from pathlib import Path

import pytest

from veille.config.taxonomy import load_traps
from veille.model import Scheme, TextToTag

TRAPS = load_traps([Path(__file__).resolve().parents[2]])


def test_there_are_at_least_as_many_traps_as_were_collected():
    assert len(TRAPS) >= 47


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.title)
def test_a_trap_is_not_fallen_into(tagger, trap):
    [tagged] = tagger.tag([TextToTag(id="t", title=trap.title, text="")])
    sectors = [tag.term for tag in tagged.of(Scheme.SECTOR)]
    types = [tag.term for tag in tagged.of(Scheme.TYPE)]
    assert set(trap.sectors) <= set(sectors), sectors
    assert not set(trap.not_sectors) & set(sectors), sectors
    assert set(trap.types) <= set(types[:1]), types
    assert not set(trap.not_types) & set(types), types
