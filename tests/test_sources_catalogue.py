"""The shipped catalogue: published addresses only, with terms and territories that exist."""

import csv
from pathlib import Path

import pytest

from tests.shared import shared
from veille.config.gazetteer import load_gazetteer
from veille.config.instance import definitions
from veille.config.sources import load_sources
from veille.config.taxonomy import load_taxonomy
from veille.model import Scheme

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "sources.yaml"


@pytest.fixture(scope="module")
def catalogue():
    return load_sources(CATALOGUE).sources


def test_every_source_begins_with_its_id():
    text = CATALOGUE.read_text(encoding="utf-8")
    starts = [line for line in text.splitlines() if line.startswith("  - ")]
    assert len(starts) == len(load_sources(CATALOGUE).sources)
    assert all(line.startswith("  - id: ") for line in starts)


def test_addresses_were_published_as_feeds(catalogue):
    with shared("corpus", "payloads", "reference", "sources_found.csv").open(encoding="utf-8") as stream:
        published = {row["url"]: row["format"] for row in csv.DictReader(stream)}
    assert [source.url for source in catalogue if not published.get(source.url, "").startswith(("RSS", "Atom"))] == []


def test_every_source_says_where_its_address_was_seen(catalogue):
    assert [source.id for source in catalogue if not source.seen_in] == []


def test_terms_and_territories_exist(catalogue):
    folders = definitions(ROOT)
    taxonomy, gazetteer = load_taxonomy(folders), load_gazetteer(folders)
    sectors = {sector for source in catalogue for sector in source.sectors}
    types = {source.type for source in catalogue if source.type}
    assert sectors <= set(taxonomy.of(Scheme.SECTOR))
    assert types <= set(taxonomy.of(Scheme.TYPE))
    assert [s.id for s in catalogue if s.territory and gazetteer.name(s.territory) == s.territory] == []


def test_feeds_last_seen_long_ago_are_switched_off(catalogue):
    assert [source.id for source in catalogue if "2020" in (source.seen_in or "") and source.enabled] == []
