"""A pack in an instance: completes, never overwrites, twice is once; and what it brings is collected and tagged."""

import json
import shutil
from pathlib import Path

import pytest

from tests.inside import inside
from veille.config import instance, packing
from veille.config.catalogue import check_sources
from veille.config.choosing import Choice, switched
from veille.config.packing import install, merge
from veille.config.packs import find_pack, load_pack, pack_names
from veille.config.sources import load_sources
from veille.config.taxonomy import load_taxonomy
from veille.demo.server import ReplayServer
from veille.errors import ConfigError, InputError
from veille.files import write_atomically
from veille.model import Scheme

OWN = (
    "version: 1\nsources:\n  # ── Presse\n"
    "  - id: forge\n    title: La forge\n    kind: feed\n    url: {url}\n    language: fr\n"
    "    territory: country:fr\n    licence: presse\n    family: presse-professionnelle\n    seen_in: carnet de 2026\n"
)
PACK = "version: 1\ntitle: Chaudronnerie\nsentence: Pour les chaudronniers.\ncatalogue: [culture-demarches]\n"
AXES = (
    "version: 1\nscheme: axis\nterms:\n"
    "- id: cuves\n  label: Cuves et échangeurs\n  sentence: Les cuves.\n  broader: industrie-du-futur\n"
    "  cues: [tôle, cuve, cintrage, roulage, piquage, bride, virole, calorifuge, échangeur, autoclave]\n"
    "- id: hors-sujet\n  label: Hors sujet\n  cues: [football]\n"
)
FEED = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>La forge</title>
<item><guid>1</guid><title>Une cuve de 300 tonnes quitte l'atelier</title><link>https://forge.example/1</link>
<pubDate>Fri, 20 Nov 2026 08:00:00 GMT</pubDate><description>Le cintrage a duré un mois.</description></item>
<item><guid>2</guid><title>Football : le derby finit sans but</title><link>https://forge.example/2</link>
<pubDate>Fri, 20 Nov 2026 09:00:00 GMT</pubDate><description>Le public attendait mieux.</description></item>
</channel></rss>"""


@pytest.fixture
def own(tmp_path):
    def write(url="https://forge.example/rss", pack=PACK, axes=AXES, name="chaudronnerie"):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        (folder / "pack.yaml").write_text(pack, encoding="utf-8")
        (folder / "sources.yaml").write_text(OWN.format(url=url), encoding="utf-8")
        (folder / "axes.yaml").write_text(axes, encoding="utf-8")
        (folder / "digests/hebdo").mkdir(parents=True, exist_ok=True)
        (folder / "digests/hebdo/digest.yaml").write_text("version: 1\ntitle: La tôle\n", encoding="utf-8")
        return load_pack(folder)

    return write


@pytest.fixture
def home(tmp_path):
    instance.create(tmp_path / "grappe")
    return tmp_path / "grappe"


def verdicts(changes):
    return {change.path: change.verdict for change in changes}


def sources(home):
    return {source.id: source for source in load_sources(home / "sources.yaml").sources}


# ── what comes ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_pack_brings_its_sources_axes_and_digest_and_switches_the_catalogue_on(home, own):
    before = sources(home)
    assert verdicts(install(home, own())) == {
        "sources.yaml": "1 source ajoutée, 1 du catalogue allumée",
        "pipelines/taxonomy/axes-chaudronnerie.yaml": "créé",
        "digests/hebdo/digest.yaml": "créé",
    }
    after = sources(home)
    assert set(after) - set(before) == {"forge"}
    assert not before["culture-demarches"].enabled
    assert after["culture-demarches"].enabled
    assert "# ── Pack « chaudronnerie » : Chaudronnerie" in (home / "sources.yaml").read_text(encoding="utf-8")
    assert "cuves" in load_taxonomy(instance.definitions(home)).of(Scheme.AXIS)


@pytest.mark.parametrize("relative", [False, True])
def test_twice_is_once(home, own, relative, monkeypatch):
    if relative:
        monkeypatch.chdir(home.parent)
        home = Path(home.name)
    install(home, own())
    text = (home / "sources.yaml").read_bytes()
    assert verdicts(install(home, own())) == {
        "sources.yaml": "gardé : les sources du pack y sont déjà",
        "pipelines/taxonomy/axes-chaudronnerie.yaml": "à jour",
        "digests/hebdo/digest.yaml": "à jour",
    }
    assert (home / "sources.yaml").read_bytes() == text
    assert json.loads((home / "var/shipped/packs.json").read_bytes()) == [str(own().folder)]


def test_every_shipped_pack_goes_into_one_instance(home):
    packs = [load_pack(find_pack(name)) for name in pack_names()]
    for pack in packs:
        install(home, pack)
    found = {source.url: source for source in check_sources(home).sources}
    wanted = {source.url for pack in packs for source in pack.usable}
    assert [url for url in wanted if not found[url].enabled] == []
    text = (home / "sources.yaml").read_bytes()
    for pack in packs:
        install(home, pack)
    assert (home / "sources.yaml").read_bytes() == text


def test_the_first_pack_s_digest_wins_whatever_comes_after(home):
    first, second = (load_pack(find_pack(name)) for name in ("bois", "cosmetique"))
    assert verdicts(install(home, first))["digests/hebdo/digest.yaml"] == "créé"
    for _ in range(2):
        assert verdicts(install(home, second))["digests/hebdo/digest.yaml"].startswith("gardé")
    assert verdicts(install(home, first))["digests/hebdo/digest.yaml"] == "à jour"
    assert "bois" in (home / "digests/hebdo/digest.yaml").read_text(encoding="utf-8")


# ── what is there stays ──────────────────────────────────────────────────────────────────────────────────────────────
def test_what_a_person_wrote_stays_comments_too(home, own):
    text = (home / "sources.yaml").read_text(encoding="utf-8")
    (home / "sources.yaml").write_text(text + "# ma note\n", encoding="utf-8")
    override = home / "digests/hebdo/digest.yaml"
    override.parent.mkdir()
    override.write_text("version: 1\ntitle: Le mien\n", encoding="utf-8")
    assert verdicts(install(home, own()))["digests/hebdo/digest.yaml"] == "gardé : l'instance a déjà le sien"
    assert "# ma note" in (home / "sources.yaml").read_text(encoding="utf-8")
    assert override.read_text(encoding="utf-8") == "version: 1\ntitle: Le mien\n"


def test_a_source_at_the_same_address_is_switched_on_not_repeated(home, own):
    line = OWN.format(url="https://forge.example/rss").replace("id: forge", "id: ma-forge") + "    enabled: false\n"
    (home / "sources.yaml").write_text(line, encoding="utf-8")
    install(home, own())
    assert "forge" not in sources(home)
    assert sources(home)["ma-forge"].enabled


def test_a_source_that_a_person_switched_off_stays_off(home, own):
    install(home, own())
    text = (home / "sources.yaml").read_text(encoding="utf-8")
    text = switched(text, {"culture-demarches": False})
    (home / "sources.yaml").write_text(
        text.replace("    seen_in: carnet", "    enabled: false\n    seen_in: carnet"), encoding="utf-8"
    )
    change = verdicts(install(home, own()))["sources.yaml"]
    assert change == "gardé : les sources du pack y sont déjà, dont 2 que vous avez éteintes"
    assert not sources(home)["forge"].enabled
    assert not sources(home)["culture-demarches"].enabled


def test_an_id_taken_by_another_address_is_an_error_before_anything_is_written(home, own):
    text = OWN.format(url="https://ailleurs.example/rss")
    (home / "sources.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"ligne 4.*« forge » du pack chaudronnerie est déjà pris.*autre identifiant"):
        install(home, own())
    assert (home / "sources.yaml").read_text(encoding="utf-8") == text
    assert not (home / "pipelines/taxonomy/axes-chaudronnerie.yaml").exists()
    assert not (home / "var/shipped/packs.json").exists()


def test_an_address_that_a_person_corrected_stays(home, own):
    install(home, own())
    text = (home / "sources.yaml").read_text(encoding="utf-8")
    (home / "sources.yaml").write_text(text.replace("forge.example/rss", "forge.example/nouveau"), encoding="utf-8")
    install(home, own())
    assert sources(home)["forge"].url == "https://forge.example/nouveau"


@pytest.mark.parametrize("text", ["version: 1\nsources: []\n", "version: 1\nsources: [ ]\ndefaults:\n  language: en\n"])
def test_an_empty_list_is_begun(home, own, text):
    (home / "sources.yaml").write_text(text, encoding="utf-8")
    install(home, own())
    assert set(sources(home)) == {"culture-demarches", "forge"}
    assert sources(home)["forge"].language == "fr"


def test_a_list_on_one_line_cannot_be_completed_and_says_so(home, own):
    text = "version: 1\nsources: [{id: a, title: A, kind: feed, url: 'https://a.example/rss'}]\n"
    (home / "sources.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"ne peut pas être complétée.*une clé par ligne"):
        install(home, own())
    assert (home / "sources.yaml").read_text(encoding="utf-8") == text


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_of_another_system_is_completed_too(home, own, mark, end):
    text = mark + OWN.format(url="https://a.example/rss").replace("id: forge", "id: a").rstrip("\n").replace("\n", end)
    (home / "sources.yaml").write_bytes(text.encode())
    install(home, own())
    install(home, own())
    assert set(sources(home)) == {"a", "culture-demarches", "forge"}


def test_keys_after_the_list_stay_after_it(own):
    before = "version: 1\nsources:\n  - id: a\n    title: A\n    kind: feed\n    url: https://a.example/rss\n"
    text = f"{before}defaults:\n  language: en\n"
    merged = merge(text, own(), Path("sources.yaml"))
    assert merged.added == 2
    assert merged.text.endswith("defaults:\n  language: en\n")


def test_two_searches_of_one_address_are_two_sources(home, own):
    address = "https://api.ted.europa.eu/v3/notices/search"
    line = OWN.format(url=address).replace("kind: feed", "kind: api\n    api: ted")
    (home / "sources.yaml").write_text(f"{line}    options: {{query: buyer-country IN (FRA)}}\n", encoding="utf-8")
    folder = own(pack=PACK.replace("catalogue: [culture-demarches]\n", "")).folder
    mine = f"{line.replace('id: forge', 'id: ted-cuves')}    options: {{query: classification-cpv IN (44600000)}}\n"
    (folder / "sources.yaml").write_text(mine, encoding="utf-8")
    install(home, load_pack(folder))
    assert [source.options["query"] for source in sources(home).values()] == [
        "buyer-country IN (FRA)", "classification-cpv IN (44600000)",
    ]  # fmt: skip


def test_axes_that_another_file_of_the_instance_has_are_refused(home, own):
    install(home, own())
    with pytest.raises(ConfigError, match=r"axe « cuves » déjà pris.*axes-chaudronnerie\.yaml, ligne 4"):
        install(home, own(name="autre"))
    words = AXES.replace("id: cuves", "id: bacs")
    with pytest.raises(ConfigError, match="déjà donné"):
        install(home, own(name="autre", axes=words))


# ── later ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_upgrade_and_a_new_choice_keep_the_packs_lines(home, own):
    install(home, own())
    assert verdicts(instance.upgrade(home))["sources.yaml"] == "à jour"
    instance.create(home, choice=Choice(("eau",)))
    assert {"forge", "aides-territoires"} <= set(sources(home))
    assert sources(home)["forge"].enabled
    assert sources(home)["culture-demarches"].enabled


def test_a_newer_pack_replaces_axes_nobody_edited_and_keeps_the_others(home, own):
    install(home, own())
    newer = AXES.replace("autoclave", "chaudière")
    assert verdicts(install(home, own(axes=newer)))["pipelines/taxonomy/axes-chaudronnerie.yaml"] == "mis à jour"
    target = home / "pipelines/taxonomy/axes-chaudronnerie.yaml"
    target.write_text(newer + "# à nous\n", encoding="utf-8")
    change = verdicts(install(home, own()))["pipelines/taxonomy/axes-chaudronnerie.yaml"]
    assert change == "gardé : l'instance a déjà le sien"
    assert target.read_text(encoding="utf-8").endswith("# à nous\n")


@pytest.mark.parametrize("last", range(7))
def test_cut_short_anywhere_doing_it_again_ends_it(home, own, monkeypatch, last):
    pack, done = own(), []

    def write(path, content):
        if len(done) == last:
            raise OSError(28, "no space left on device", str(path))
        done.append(path)
        write_atomically(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(packing, "write_atomically", write)
        with pytest.raises(InputError, match="vérifiez les droits"):
            install(home, pack)
    instance.upgrade(home)
    install(home, pack)
    assert sources(home)["forge"].enabled
    assert sources(home)["culture-demarches"].enabled
    assert verdicts(install(home, pack)) == {
        "sources.yaml": "gardé : les sources du pack y sont déjà",
        "pipelines/taxonomy/axes-chaudronnerie.yaml": "à jour",
        "digests/hebdo/digest.yaml": "à jour",
    }


def test_a_pack_whose_folder_went_away_is_named_with_what_to_do(home, own):
    pack = own()
    install(home, pack)
    shutil.rmtree(pack.folder)
    with pytest.raises(InputError, match=r"chaudronnerie.*n'est plus là.*packs\.json"):
        instance.upgrade(home)


@pytest.mark.parametrize("damage", ["[1, 2]", "{", "null", "\xff"])
def test_a_damaged_memory_forgets_the_packs_and_breaks_nothing(home, own, damage):
    (home / "var/shipped/packs.json").write_text(damage, encoding="latin-1")
    install(home, own())
    assert "forge" in sources(home)


# ── the program ──────────────────────────────────────────────────────────────────────────────────────────────────────
def test_init_with_packs_then_check_crawl_and_tag(tmp_path, own):
    home = tmp_path / "grappe"
    with ReplayServer({"/rss": ("application/rss+xml", FEED.encode())}) as server:
        own(url=f"{server.url}/rss", pack=PACK.replace("catalogue: [culture-demarches]\n", ""))
        made = inside("init", home, "--pack", "bois", "--pack", "chaudronnerie", cwd=tmp_path)
        assert made.returncode == 0, made.stderr
        assert "pack bois : Bois et forêt" in made.stdout
        assert "axes : Cuves et échangeurs, et « hors sujet »" in made.stdout
        assert inside("--home", home, "sources", "check").returncode == 0
        crawled = inside("--home", home, "crawl", "forge", env={"VEILLE_FETCH_ALLOW": "127.0.0.0/8"})
        assert crawled.returncode == 0, crawled.stderr
    assert inside("--home", home, "tag").returncode == 0
    shown = [inside("--home", home, "items", "show", number).stdout for number in (1, 2)]
    assert sum("axe : Cuves et échangeurs — « cuve » (titre)" in card for card in shown) == 1
    assert sum("axe : Hors sujet — « Football » (titre)" in card for card in shown) == 1


def test_an_unknown_pack_stops_before_anything_is_made(tmp_path):
    made = inside("init", tmp_path / "grappe", "--pack", "boi")
    assert made.returncode == 2
    assert "vouliez-vous « bois »" in made.stderr
    assert not (tmp_path / "grappe").exists()


def test_packs_list_and_check(tmp_path, own):
    listed = [json.loads(line) for line in inside("packs", "list", "--json").stdout.splitlines()]
    assert [row["name"] for row in listed] == pack_names()
    assert all(row["usable"] >= 25 for row in listed)
    assert "Cosmétique" in inside("packs", "list").stdout
    own()
    checked = inside("packs", "check", "chaudronnerie", cwd=tmp_path)
    assert checked.returncode == 0
    assert "presse professionnelle : 1" in checked.stdout
    assert "aucune erreur" in checked.stdout
