"""From sources.yaml to the store: an API is asked page by page, its facts are kept, a refusal is a state."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.crawl.site import Page, Request, Site, serve
from veille.config.api_options import EXPERIMENTAL_APIS
from veille.config.catalogue import check_sources
from veille.config.mapping import SEVERAL, SINGLE
from veille.config.settings import Fetch
from veille.config.sources import load_sources
from veille.crawl.apis.asking import first_request
from veille.crawl.apis.readers import APIS
from veille.crawl.runner import FeedCrawler
from veille.engine.direct import DirectEngine
from veille.errors import ConfigError
from veille.model import CallStatus, CrawlReport, Source, SourceHealth, StructuredFacts
from veille.net.fetcher import GuardedFetcher
from veille.net.keys import Keyed
from veille.protocols import CrawlOptions
from veille.storage.db import Database
from veille.storage.ledger import SqlLedger
from veille.storage.source_store import SqlSourceStore
from veille.storage.tag_store import SqlTagStore
from veille.testing import FrozenClock

FILE = """
version: 1
sources:
  - id: aides
    title: Aides
    kind: api
    api: aides-territoires
    url: "BASE/api/aids/"
  - id: portail
    title: Portail
    kind: api
    api: opendatasoft
    url: "BASE/api/explore/v2.1/catalog/datasets/aides/records?where=a%3D1"
    mapping: {title: titre, deadline: cloture, text: [chapo, "join(' : ', ['Publics', qui])"]}
  - id: libre
    title: Libre
    kind: json
    url: "BASE/calls.json"
    pages: 2
    mapping:
      items: data
      next: next
      title: name
"""


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as site:
        yield site


def load(tmp_path: Path, text: str) -> tuple[Source, ...]:
    path = tmp_path / "sources.yaml"
    path.write_text(text, encoding="utf-8")
    return load_sources(path).sources


def crawl(
    database: Database, sources: tuple[Source, ...], keys: Mapping[str, str] | None = None
) -> tuple[dict[str, CrawlReport], SqlSourceStore]:
    clock = FrozenClock()
    store = SqlSourceStore(database)
    web = GuardedFetcher(Fetch(allow=("127.0.0.0/8",)), contact="x", clock=clock)  # type: ignore[arg-type]  # parsed by pydantic
    crawler = FeedCrawler(
        sources=sources,
        store=store,
        fetcher=Keyed(web, keys or {}, clock),
        engine=DirectEngine(SqlLedger(database, clock), clock),
        clock=clock,
        host_delay=0,
    )
    return {report.id: report for report in crawler.crawl(CrawlOptions(force=True))}, store


def answers(document: Any) -> Page:
    return Page(json.dumps(document).encode(), headers={"Content-Type": "application/json"})


def test_three_kinds_of_api_from_the_file_to_the_store(site: Site, tmp_path: Path, sqlite_database: Database) -> None:
    def aids(request: Request) -> Page:
        last = request.path.endswith("page=2")
        name = "Four deux" if last else "Four un"
        aid = {"id": name, "url": f"/aides/{name[5:]}/", "name": name, "submission_deadline": "2027-02-28"}
        following = None if last else site.url("/api/aids/?page=2")
        return answers({"results": [{**aid, "is_call_for_project": True}], "next": following})

    site.pages = {
        "/api/aids/?order_by=publication_date&itemsPerPage=100": aids,
        "/api/aids/?page=2": aids,
        "/api/explore/v2.1/catalog/datasets/aides/records?where=a%3D1&limit=100": answers(
            {"total_count": 1, "results": [{"titre": "Étuve", "cloture": "2027-03-31", "qui": "artisans"}]}
        ),
        "/calls.json": answers({"data": [{"name": "Un"}], "next": "/calls.json?p=2"}),
        "/calls.json?p=2": answers({"data": [{"name": "Deux"}], "next": "/calls.json?p=3"}),
    }
    reports, store = crawl(sqlite_database, load(tmp_path, FILE.replace("BASE", site.base)))
    assert {name: (report.state, report.new) for name, report in reports.items()} == {
        "aides": (SourceHealth.OK, 2),
        "portail": (SourceHealth.OK, 1),
        "libre": (SourceHealth.OK, 2),
    }
    assert {one.title for one in store.export()} == {"Four un", "Four deux", "Étuve", "Un", "Deux"}
    facts = {known.title: known.facts for known in store.known("aides").values()}
    assert facts["Four un"] == StructuredFacts(deadline=facts["Four deux"].deadline, call=True)
    assert str(facts["Four un"].deadline) == "2027-02-28"
    tags = SqlTagStore(sqlite_database)
    told = {text.title: text.facts for _, _, text in tags.texts("p@1", tags.waiting("p@1"))}
    assert told["Four un"] == facts["Four un"], "the tagger is told what the API states"
    assert str(told["Étuve"].deadline) == "2027-03-31"
    assert not site.asked("/calls.json?p=3"), "the cap of sources.yaml holds"
    assert site.asked("/calls.json")[0].headers["accept"].startswith("application/json")


def test_an_api_that_answers_something_else_is_a_state_of_its_source(
    site: Site, tmp_path: Path, sqlite_database: Database
) -> None:
    site.pages = {"/calls.json": answers({"message": "clé absente"})}
    libre = load(tmp_path, FILE.replace("BASE", site.base))[2:]
    reports, store = crawl(sqlite_database, libre)
    assert reports["libre"].state is SourceHealth.INVALID
    assert "« data »" in reports["libre"].sentence
    assert not list(store.export())


ASKED = """
version: 1
sources:
  - id: ted
    title: TED
    kind: api
    api: ted
    url: "BASE/v3/notices/search"
    options: {query: "buyer-country IN (FRA)"}
  - id: keyed
    title: Keyed
    kind: json
    url: "BASE/search"
    mapping: {items: hits, title: name, status: state, audiences: "who[]", amount_max: most, rate: share}
    request:
      headers: {X-Key: "${VEILLE_KEY_TEST}"}
      body: {q: four}
      paging: {by: page, name: page, size: 1, total: count}
  - id: territoires
    title: Aides
    kind: api
    api: aides-territoires
    url: "BASE/api/aids/"
"""


def test_apis_that_want_a_body_a_key_or_a_token_from_the_file_to_the_store(
    site: Site, tmp_path: Path, sqlite_database: Database
) -> None:
    def notices(request: Request) -> Page:
        last = "iterationNextToken" in json.loads(request.body)
        number = "2-2026" if last else "1-2026"
        found = {"publication-number": number, "title-proc": {"fra": f"Fours {number}"}, "form-type": "competition"}
        return answers({"notices": [found], "iterationNextToken": None if last else "t2"})

    def hits(request: Request) -> Page:
        if request.headers.get("x-key") != "s3cret":
            return Page(status=401)
        page = json.loads(request.body)["page"]
        hit = {"name": f"Étuve {page}", "state": "Permanent", "who": ["Communes"], "most": "5 000", "share": "40 %"}
        return answers({"hits": [hit], "count": 2})

    def aids(request: Request) -> Page:
        return answers({"results": [{"id": 1, "name": f"Avec {request.headers.get('authorization')}"}], "next": None})

    site.pages = {
        "/v3/notices/search": notices,
        "/search": hits,
        "/api/connexion/": lambda request: answers({"token": "jwt-" + request.headers["x-auth-token"]}),
        "/api/aids/?order_by=publication_date&itemsPerPage=100": aids,
    }
    sources = load(tmp_path, ASKED.replace("BASE", site.base))
    keys = {"VEILLE_KEY_TEST": "s3cret", "VEILLE_KEY_AIDES_TERRITOIRES": "abc"}
    reports, store = crawl(sqlite_database, sources, keys)
    assert {name: (report.state, report.new) for name, report in reports.items()} == {
        "ted": (SourceHealth.OK, 2),
        "keyed": (SourceHealth.OK, 2),
        "territoires": (SourceHealth.OK, 1),
    }
    assert {one.title for one in store.export()} == {
        "Fours 1-2026", "Fours 2-2026", "Étuve 1", "Étuve 2", "Avec Bearer jwt-abc"
    }  # fmt: skip
    (facts, *_) = (known.facts for known in store.known("keyed").values())
    assert facts == StructuredFacts(
        status=CallStatus.ROLLING, audiences=("Communes",), amount_max=5_000.0, rate=40.0
    )  # fmt: skip


def test_a_list_in_no_order_of_age_is_read_whole_at_each_visit(
    site: Site, tmp_path: Path, sqlite_database: Database
) -> None:
    text = """
version: 1
sources:
  - id: WHICH
    title: T
    kind: json
    url: "BASE/list"
    options: {whole: WHOLE}
    mapping: {items: data, title: name, deadline: until, id: name}
    request: {paging: {by: page, name: page, size: 1, total: count}}
"""

    def pages(second: str) -> None:
        untils = {"1": "2027-01-31", "2": second}
        site.pages = {
            f"/list?page={page}": answers({"data": [{"name": f"Aide {page}", "until": until}], "count": 2})
            for page, until in untils.items()
        }

    for name, whole, seen in (("a", "true", "2027-03-31"), ("b", "false", "2027-02-28")):
        lines = text.replace("WHICH", name).replace("WHOLE", whole).replace("BASE", site.base)
        sources = load(tmp_path, lines)
        pages("2027-02-28")
        crawl(sqlite_database, sources)
        pages("2027-03-31")
        site.pages["/list?page=1"] = answers({"data": [{"name": "Aide 1", "until": "2027-01-31"}], "count": 2, "x": 1})
        _, store = crawl(sqlite_database, sources)
        deadlines = {known.title: str(known.facts.deadline) for known in store.known(name).values()}
        assert deadlines == {"Aide 1": "2027-01-31", "Aide 2": seen}


def test_a_missing_key_is_a_state_with_its_name_and_no_request(
    site: Site, tmp_path: Path, sqlite_database: Database
) -> None:
    keyed = load(tmp_path, ASKED.replace("BASE", site.base))[1:2]
    reports, _ = crawl(sqlite_database, keyed)
    assert reports["keyed"].state is SourceHealth.BLOCKED
    assert "VEILLE_KEY_TEST" in reports["keyed"].sentence
    assert not site.requests


HEAD = "version: 1\nsources:\n  - {id: a, title: A, url: 'https://a.exemple/x', "


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("kind: api}", "dites laquelle"),
        ("kind: feed, api: tee}", "kind: api"),
        ("kind: api, api: inconnue}", "valeurs admises"),
        ("kind: json}", "« mapping » va avec"),
        ("kind: api, api: tee, mapping: {title: t}}", "« mapping » va avec"),
        ("kind: api, api: opendatasoft}", "« mapping » va avec"),
        ("kind: json, mapping: {text: t}}", "« title » manque"),
        ("kind: json, mapping: {title: 'a['}}", "expression incorrecte"),
        ("kind: json, mapping: {titel: t}}", "clé inconnue « titel »"),
        ("kind: json, mapping: {title: t, text: [1]}}", "« text » attend"),
    ],
)
def test_a_source_that_could_not_be_read_is_refused_at_load(tmp_path: Path, line: str, cause: str) -> None:
    with pytest.raises(ConfigError, match=cause):
        load(tmp_path, HEAD + line)


def test_a_source_never_checked_on_real_answers_is_named(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text(
        f"{HEAD}kind: json, mapping: {{title: t}}, experimental: true}}", encoding="utf-8"
    )
    assert any("expérimentales" in remark and ": a" in remark for remark in check_sources(tmp_path).remarks)


def test_the_keys_that_are_not_there_are_named_before_any_visit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    off = "  - {id: off, title: O, kind: api, api: les-aides, url: 'https://b.exemple', enabled: false}"
    (tmp_path / "sources.yaml").write_text(ASKED.replace("BASE", "https://a.exemple") + off, encoding="utf-8")
    monkeypatch.delenv("VEILLE_KEY_TEST", raising=False)
    monkeypatch.setenv("VEILLE_KEY_AIDES_TERRITOIRES", " ")
    told = [remark for remark in check_sources(tmp_path).remarks if remark.startswith("clé absente")]
    assert told == [
        "clé absente : la variable VEILLE_KEY_TEST n'est pas définie ici ; sans elle, aucune relève : keyed",
        (
            "clé absente : la variable VEILLE_KEY_AIDES_TERRITOIRES n'est pas définie ici ; sans elle, le service peut"
            " refuser : territoires"
        ),
    ]
    monkeypatch.setenv("VEILLE_KEY_TEST", "s3cret")
    assert not [
        remark for remark in check_sources(tmp_path).remarks if "VEILLE_KEY_TEST" in remark or "s3cret" in remark
    ]


def test_every_api_that_can_be_written_can_be_read(tmp_path: Path) -> None:
    more = {"opendatasoft": ", mapping: {title: t}", "ted": ", options: {query: 'CY=FRA'}"}
    for api in APIS:
        (source,) = load(tmp_path, f"{HEAD}kind: api, api: {api}{more.get(api, '')}}}")
        assert source.options["api"] == api
        assert source.experimental == (api in EXPERIMENTAL_APIS)
        asked = first_request(source, source.url)
        assert asked.url.startswith(source.url)


DOCS = sorted((Path(__file__).resolve().parents[3] / "docs" / "reference" / "sources").glob("api*.md"))


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.stem)
def test_every_example_of_the_documentation_can_be_loaded(tmp_path: Path, page: Path) -> None:
    blocks = re.findall(r"^```yaml\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert blocks
    for block in blocks:
        assert load(tmp_path, block)


def test_the_documentation_names_every_api_and_every_key() -> None:
    pages = "\n".join(page.read_text(encoding="utf-8") for page in DOCS)
    assert {name for name in (*APIS, *SINGLE, *SEVERAL) if f"`{name}`" not in pages} == set()
