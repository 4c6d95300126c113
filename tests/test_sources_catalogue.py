"""The shipped catalogue: real, published, balanced, and sensible as it ships and once a cluster chose."""

import csv
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.shared import shared
from veille.config import instance
from veille.config.choosing import Choice
from veille.config.gazetteer import load_gazetteer
from veille.config.instance import definitions
from veille.config.sources import load_sources
from veille.config.taxonomy import load_taxonomy
from veille.crawl.recipes import check_recipes
from veille.model import Family, Licence, Scheme

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "sources.yaml"
#: url, repository, path, revision, seen: where each address stands; what only « sources_found.csv » holds is not here.
PUBLISHED = ROOT / "tests" / "data" / "published_urls.csv"

#: Kinds whose address is a person's own, and published nowhere: such lines are examples, and off.
LOCAL = frozenset({"mailbox", "file"})
#: Types of what a cluster can answer.
CALLS = frozenset({"appel-a-projets", "ami", "subvention-aide", "pret-garantie", "concours-prix"})
REGIONS = ("01", "02", "03", "04", "06", "11", "24", "27", "28", "32", "44", "52", "53", "75", "76", "84", "93", "94")


@pytest.fixture(scope="module")
def catalogue():
    return load_sources(CATALOGUE).sources


@pytest.fixture(scope="module")
def published():
    with PUBLISHED.open(encoding="utf-8") as stream:
        return {row["url"]: row for row in csv.DictReader(stream)}


# ── form ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_every_source_begins_with_its_id(catalogue):
    text = CATALOGUE.read_text(encoding="utf-8")
    starts = [line for line in text.splitlines() if line.startswith("  - ")]
    assert len(starts) == len(catalogue)
    assert all(line.startswith("  - id: ") for line in starts)


def test_every_source_says_family_licence_language_and_where_it_was_seen(catalogue):
    text = CATALOGUE.read_text(encoding="utf-8")
    assert text.count("\n    licence: ") == len(catalogue)
    assert [s.id for s in catalogue if s.family is None or s.language is None] == []
    assert [s.id for s in catalogue if not s.seen_in and s.kind not in LOCAL] == []


def test_what_is_asked_every_day_says_so(catalogue):
    """A feed states its own rhythm; a page, a text or an API does not."""
    assert [s.id for s in catalogue if (s.every is None) != (s.kind == "feed")] == []


def test_terms_and_territories_exist(catalogue):
    folders = definitions(ROOT)
    taxonomy, gazetteer = load_taxonomy(folders), load_gazetteer(folders)
    assert {sector for s in catalogue for sector in s.sectors} <= set(taxonomy.of(Scheme.SECTOR))
    assert {s.type for s in catalogue if s.type} <= set(taxonomy.of(Scheme.TYPE))
    assert [s.id for s in catalogue if s.territory and gazetteer.name(s.territory) == s.territory] == []


def test_recipes_compile(catalogue):
    check_recipes(catalogue)


def test_it_loads_in_less_than_a_second():
    start = time.perf_counter()
    load_sources(CATALOGUE)
    assert time.perf_counter() - start < 1


# ── balance ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_it_holds_more_than_enough_sources(catalogue):
    assert len(catalogue) >= 120


def test_no_host_has_more_than_two(catalogue):
    hosts = Counter(urlsplit(s.url).hostname for s in catalogue)
    assert [(host, count) for host, count in hosts.items() if count > 2] == []


def test_the_trade_press_is_a_quarter_at_most(catalogue):
    assert sum(s.family is Family.TRADE_PRESS for s in catalogue) <= len(catalogue) / 4
    assert sum(s.licence is Licence.PRESS for s in catalogue) <= len(catalogue) / 4


def test_sixty_publish_calls_or_aids(catalogue):
    assert sum(s.type in CALLS for s in catalogue) >= 60


def test_every_family_is_there(catalogue):
    assert {s.family for s in catalogue} == set(Family)


@pytest.mark.parametrize("region", REGIONS)
def test_every_region_has_calls_of_its_own(catalogue, region):
    own = [s for s in catalogue if s.territory == f"fr:region:{region}" and s.type in CALLS]
    assert len({s.kind for s in own} - {"watch"}) >= 1, "more than pages whose text is compared"
    assert len(own) >= 3
    assert len([s for s in own if not s.sectors]) >= 2, "whatever the filière"


def test_the_six_water_agencies_are_there(catalogue):
    assert len([s for s in catalogue if s.id.startswith("eau-") and s.sectors == ("eau",)]) == 6


# ── publication ──────────────────────────────────────────────────────────────────────────────────────────────────────
def base(url: str) -> str:
    """The address without the filters that we add to an API's, or the file of a folder that is published."""
    return url.partition("?")[0]


def test_every_address_stands_in_a_list_of_published_ones(catalogue, published):
    """Letter for letter, but for the filters of an open dataset and the name of a file in a published folder."""
    with shared("corpus", "payloads", "reference", "sources_found.csv").open(encoding="utf-8") as stream:
        found = {row["url"] for row in csv.DictReader(stream)}
    known = found | set(published)
    unpublished = [
        s.url
        for s in catalogue
        if s.url not in known
        and s.kind not in LOCAL
        and not (s.kind == "api" and (base(s.url) in known or s.url.rpartition("/")[0] in published))
    ]
    assert unpublished == []
    assert [s.id for s in catalogue if s.kind in LOCAL and s.enabled] == []


def test_what_is_said_of_an_address_is_what_the_list_says(catalogue, published):
    for source in catalogue:
        row = published.get(source.url)
        if row is None:
            continue
        index = row["revision"].removeprefix("index:")
        where = f"{row['repository']}, {row['path']}" if row["repository"] else f"code public n° {index} "
        assert source.seen_in.startswith(where), source.id


def test_the_list_of_publications_holds_nothing_else(catalogue, published):
    used = {s.url for s in catalogue} | {base(s.url) for s in catalogue} | {s.url.rpartition("/")[0] for s in catalogue}
    assert set(published) <= used
    for url, row in published.items():
        assert row["revision"], url
        assert bool(row["repository"]) == bool(row["path"]) != row["revision"].startswith("index:"), url


# ── as it ships, and once chosen ─────────────────────────────────────────────────────────────────────────────────────
def test_as_it_ships_it_watches_the_nation_and_europe(catalogue):
    regional = [s for s in catalogue if (s.territory or "").startswith("fr:")]
    assert [s.id for s in regional if s.enabled] == []
    on = [s for s in catalogue if s.enabled]
    assert len(on) >= 80
    assert {s.family for s in on} == set(Family)


CLUSTERS = [
    ("nutrition", ("agroalimentaire",), ("fr:departement:63",), {"auvergne-rhone-alpes-aides", "agro-media"}, "84"),
    ("sante", ("sante", "numerique-confiance"), ("fr:region:53", "fr:region:52"), {"ars-bretagne", "inria"}, "53"),
    ("energie", ("energies",), ("fr:region:04",), {"reunion-appels", "reunion-departement", "h2-mobile"}, "04"),
]


@pytest.mark.parametrize(("name", "sectors", "territories", "expected", "region"), CLUSTERS)
def test_a_cluster_gets_its_nation_its_region_and_its_filieres(
    tmp_path, catalogue, name, sectors, territories, expected, region
):
    instance.create(tmp_path, cluster=name, choice=Choice(sectors, territories))
    chosen = load_sources(tmp_path / "sources.yaml").sources
    assert [s.id for s in chosen] == [s.id for s in catalogue]
    on = {s.id: s for s in chosen if s.enabled}
    assert expected | {"ademe-entreprises", "ue-eic", "bpifrance-appels"} <= set(on)
    assert len(on) >= 50
    assert {s.family for s in on.values()} == set(Family)
    assert [s.id for s in on.values() if s.kind in LOCAL] == []
    foreign = [s.id for s in on.values() if s.sectors and not set(s.sectors) & set(sectors)]
    assert foreign == []
    others = [s.id for s in on.values() if (s.territory or "").startswith("fr:region:")]
    wanted = {f"fr:region:{region}", *territories}
    assert [one for one in others if on[one].territory not in wanted] == []
