"""What one line of a bulletin says of an item."""

from pathlib import Path

from veille.config.gazetteer import load_gazetteer
from veille.config.taxonomy import load_taxonomy
from veille.digest.choosing.labels import ShortLabels
from veille.digest.choosing.wording import facts
from veille.model import Origin, Scheme, Tag

from .builders import item

_ROOT = Path(__file__).parents[2]


def test_the_zone_aimed_at_is_said_in_french_after_the_territory_and_one_in_passing_is_not() -> None:
    labels = ShortLabels(load_taxonomy([_ROOT]), load_gazetteer([_ROOT]))
    tags = (
        Tag(scheme=Scheme.TERRITORY, term="fr:region:27", score=0.9, origin=Origin.CUE),
        Tag(scheme=Scheme.ZONE, term="x:zonage:qpv", score=0.9, origin=Origin.CUE, scope="mentioned"),
        Tag(scheme=Scheme.ZONE, term="x:massif:jura", score=0.9, origin=Origin.CUE),
    )
    said = facts(item(tags=tags), labels)
    assert said[:2] == ("Bourgogne-Franche-Comté", "massif du Jura")
    assert not [words for words in said if "quartiers" in words]
