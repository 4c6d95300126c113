"""A person may say that an item is for a zone."""

from pathlib import Path

import pytest

from veille.config.gazetteer import load_gazetteer
from veille.config.taxonomy import load_taxonomy
from veille.curation.deciding import Vocabulary, read_tag
from veille.errors import InputError
from veille.model import Scheme

_ROOT = Path(__file__).parents[2]
_KNOWN = Vocabulary(load_taxonomy([_ROOT]), load_gazetteer([_ROOT]))


@pytest.mark.parametrize("said", ["zone:massif du Jura", "zone:Massif du Jura", "zone:x:massif:jura"])
def test_a_zone_is_named_by_its_french_name_or_its_id(said: str) -> None:
    name = read_tag(said, _KNOWN)
    assert name == (Scheme.ZONE, "x:massif:jura")
    assert _KNOWN.label(name) == "massif du Jura"


def test_an_unknown_zone_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(InputError, match=r"x:massif:jura|massif du Jura"):
        read_tag("zone:massif du Jara", _KNOWN)
