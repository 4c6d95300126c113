"""The packs that ship are whole and real; a pack of one's own is checked with file and line."""

import shutil
from collections import Counter
from urllib.parse import urlsplit

import pytest

from veille.config.digests import load_digest
from veille.config.instance import shipped
from veille.config.packs import AXES, DIGESTS, find_pack, load_pack, pack_names, remarks
from veille.config.sources import load_sources, question
from veille.config.taxonomy import FOLDER, OFF_TOPIC, load_taxonomy
from veille.errors import ConfigError, InputError
from veille.model import Family, Licence, Scheme

PACKS = pack_names()


@pytest.fixture(scope="module", params=PACKS)
def pack(request):
    return load_pack(find_pack(request.param))


@pytest.fixture(scope="module")
def every_pack():
    return [load_pack(find_pack(name)) for name in PACKS]


# ── those that ship ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_six_professions_have_one():
    assert PACKS == [
        "bois", "cosmetique", "eco-activites", "mecanique-industrie", "numerique-immersif", "nutrition-sante",
    ]  # fmt: skip


def test_a_pack_has_the_sources_and_the_families_of_a_watch(pack):
    assert len([source for source in pack.own if source.enabled]) >= 12
    sure = [source for source in pack.usable if not source.experimental]
    assert len(sure) >= 25
    assert {source.family for source in sure} >= set(Family) - {Family.INSTITUTION}
    assert not [line for line in remarks(pack) if "visez" in line]


def test_every_address_says_where_it_was_published(pack):
    vague = [source.id for source in pack.own if not any(character.isdigit() for character in source.seen_in or "")]
    assert vague == []
    assert {urlsplit(source.url).scheme for source in pack.own} <= {"https", "http"}
    assert {source.licence for source in pack.own} <= {Licence.PUBLIC, Licence.PRESS}


def test_what_is_asked_every_day_says_so(pack):
    assert [source.id for source in pack.own if (source.every is None) != (source.kind == "feed")] == []


def test_a_query_that_nobody_played_is_on_trial(pack):
    sure = {source.id for source in pack.own if source.kind == "api" and not source.experimental}
    assert {name.partition("-")[0] for name in sure} <= {"ted", "rappelconso"}


def test_axes_are_six_to_ten_with_off_topic_beside_them(pack):
    assert 6 <= len(pack.axes) <= 10
    for axis in pack.axes:
        assert axis.label
        assert axis.sentence.endswith(".")
        assert axis.negatives
        assert axis.broader in load_taxonomy([shipped()]).of(Scheme.SECTOR)
    assert OFF_TOPIC in load_taxonomy([shipped()], extra=[pack.folder / AXES]).of(Scheme.AXIS)


def test_its_digest_keeps_what_it_does_not_change(pack):
    changed = load_digest([pack.folder / DIGESTS, shipped() / DIGESTS], "hebdo")
    plain = load_digest([shipped() / DIGESTS], "hebdo")
    assert pack.digests == ("hebdo",)
    assert changed.digest.title != plain.digest.title
    assert changed.digest.sections == plain.digest.sections
    assert changed.trusted


def test_one_id_is_one_address_and_one_address_one_id(every_pack):
    """Two packs may bring one source; it must then be the same line, or the second could not be added."""
    lines = {(source.id, question(source.url, source.options)) for pack in every_pack for source in pack.own}
    assert [name for name, count in Counter(name for name, _ in lines).items() if count > 1] == []
    assert [asked for asked, count in Counter(asked for _, asked in lines).items() if count > 1] == []


def test_the_axes_of_all_packs_go_together(every_pack, tmp_path):
    folder = tmp_path / FOLDER
    folder.mkdir(parents=True)
    for pack in every_pack:
        shutil.copyfile(pack.folder / AXES, folder / f"axes-{pack.name}.yaml")
    axes = load_taxonomy([tmp_path, shipped()]).of(Scheme.AXIS)
    assert len(axes) == sum(len(pack.axes) for pack in every_pack) + 1


# ── one's own ────────────────────────────────────────────────────────────────────────────────────────────────────────
PACK = "version: 1\ntitle: Chaudronnerie\nsentence: Pour les chaudronniers.\nsectors: [industrie-du-futur]\n"
SOURCE = (
    "version: 1\nsources:\n"
    "  - id: forge\n    title: La forge\n    kind: feed\n    url: https://forge.example/rss\n    language: fr\n"
    "    territory: country:fr\n    licence: presse\n    family: presse-professionnelle\n    seen_in: carnet de 2026\n"
)
CUES = "[tôle, cuve, cintrage, roulage, piquage, bride, virole, calorifuge, échangeur, autoclave]"
TERMS = (
    "version: 1\nscheme: axis\nterms:\n"
    f"- id: cuves\n  label: Cuves\n  sentence: Les cuves.\n  broader: industrie-du-futur\n  cues: {CUES}\n"
    "- id: hors-sujet\n  label: Hors sujet\n  cues: [football]\n"
)


@pytest.fixture
def folder(tmp_path):
    def write(pack=PACK, sources=SOURCE, axes=TERMS, **digests):
        place = tmp_path / "chaudronnerie"
        place.mkdir()
        for name, text in (("pack.yaml", pack), ("sources.yaml", sources), ("axes.yaml", axes)):
            if text:
                (place / name).write_text(text, encoding="utf-8")
        for name, text in digests.items():
            (place / DIGESTS / name).mkdir(parents=True)
            (place / DIGESTS / name / "digest.yaml").write_text(text, encoding="utf-8")
        return place

    return write


def test_a_folder_of_one_s_own_is_a_pack(folder):
    place = folder(hebdo="version: 1\ntitle: La tôle\n")
    pack = load_pack(find_pack(str(place)))
    assert (pack.name, pack.title) == ("chaudronnerie", "Chaudronnerie")
    assert [source.id for source in pack.own] == ["forge"]
    assert [axis.id for axis in pack.axes] == ["cuves"]
    assert pack.digests == ("hebdo",)
    assert remarks(pack) == [
        "1 sources utilisables : visez-en 25",
        "familles servies : presse-professionnelle ; visez-en 5",
        "1 axes : de 6 à 10 se lisent d'un coup d'œil",
    ]


def test_a_pack_may_be_axes_alone_or_sources_alone(folder):
    assert load_pack(folder(sources="")).own == ()


def test_a_source_that_is_off_is_not_usable(folder):
    pack = load_pack(folder(sources=SOURCE + "    enabled: false\n"))
    assert pack.usable == ()
    assert "éteintes, non comptées : forge" in remarks(pack)


#: What is changed (old, new; old at its end where empty), where that is found, and what is said of it.
MISTAKES = [
    ("pack", "", "catalog: []\n", "pack.yaml, ligne 5", "inconnue.*catalogue"),
    ("pack", "title: Chaudronnerie\n", "", "pack.yaml", "title"),
    (
        "pack",
        "industrie-du-futur",
        "industrie-futur",
        "pack.yaml, ligne 4",
        "« industrie-futur ».*« industrie-du-futur »",
    ),
    ("pack", "", "catalogue:\n  - ademe-entreprise\n", "pack.yaml, ligne 6", "« ademe-entreprises »"),
    ("pack", "", "catalogue: [anr-appels, anr-appels]\n", "pack.yaml, ligne 5", "nommée deux fois.*retirez"),
    ("sources", "https://forge.example/rss", "https://anr.fr/rss/?aap", "sources.yaml, ligne 3", "« anr-appels »"),
    ("sources", "id: forge", "id: anr-appels", "sources.yaml, ligne 3", "déjà pris.*changez-le"),
    ("sources", "    family: presse-professionnelle\n", "", "sources.yaml, ligne 3", "ajoutez « family »"),
    ("sources", "country:fr", "country:zz", "sources.yaml, ligne 3", "territoire inconnu"),
    ("sources", "", "defaults:\n  language: fr\n", "sources.yaml, ligne 12", "pas de défauts"),
    ("axes", "industrie-du-futur", "industrie", "axes.yaml, ligne 7", "industrie"),
    ("axes", ", autoclave", "", "axes.yaml, ligne 4", "trop maigre.*il y en a 9"),
    ("axes", "  sentence: Les cuves.\n", "", "axes.yaml, ligne 4", "trop maigre.*une phrase"),
    ("axes", "scheme: axis", "scheme: sector", "axes.yaml, ligne 2", "pas des axes"),
    ("axes", TERMS, "version: 1\ntraps: []\n", "axes.yaml", "pas des axes"),
    ("axes", "id: hors-sujet", "id: ailleurs", "axes.yaml, ligne 9", "« ailleurs » sans filière"),
]


@pytest.mark.parametrize(("part", "old", "new", "where", "said"), MISTAKES)
def test_each_mistake_has_its_file_its_line_and_its_cure(folder, part, old, new, where, said):
    text = {"pack": PACK, "sources": SOURCE, "axes": TERMS}[part]
    with pytest.raises(ConfigError, match=said) as caught:
        load_pack(folder(**{part: text.replace(old, new) if old else text + new}))
    assert where in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("hebdo", "version: 1\ntitel: La tôle\n", "ligne 2.*titel.*title"),
        ("autre", "version: 1\ntitle: A\n", "sections"),
    ],
)
def test_a_digest_that_cannot_be_drawn_is_refused(folder, name, text, said):
    with pytest.raises(ConfigError, match=said):
        load_pack(folder(**{name: text}))


def test_a_folder_among_a_digest_s_files_is_refused(folder):
    place = folder(hebdo="version: 1\n")
    (place / DIGESTS / "hebdo" / "images").mkdir()
    with pytest.raises(InputError, match="n'a que des fichiers"):
        load_pack(place)


@pytest.mark.parametrize("text", ["[]", "\ufeff", "a: &a [*a]", "version: 2"])
def test_a_pack_file_that_is_none_is_refused_with_its_place(folder, text):
    with pytest.raises(ConfigError, match=r"pack\.yaml"):
        load_pack(folder(pack=text))


def test_axes_without_off_topic_are_refused(folder):
    with pytest.raises(ConfigError, match="« hors sujet » manque aux axes"):
        load_pack(folder(axes=TERMS.split("- id: hors-sujet", maxsplit=1)[0]))


def test_an_unknown_pack_names_the_nearest_and_a_folder_says_what_it_lacks(tmp_path):
    with pytest.raises(InputError, match="vouliez-vous « cosmetique »"):
        find_pack("cosmetiques")
    with pytest.raises(InputError, match="packs livrés : bois, cosmetique"):
        find_pack("zzzzzzzz")
    with pytest.raises(InputError, match=r"il y manque pack\.yaml"):
        find_pack(str(tmp_path))


def test_a_folder_s_name_is_the_pack_s_and_must_be_plain(tmp_path):
    place = tmp_path / "Mon Pack"
    place.mkdir()
    (place / "pack.yaml").write_text(PACK, encoding="utf-8")
    with pytest.raises(InputError, match="minuscules, chiffres et tirets"):
        load_pack(find_pack(str(place)))


def test_the_catalogue_s_lines_that_packs_switch_on_live_once(every_pack):
    known = {source.url for source in load_sources(shipped() / "sources.yaml").sources if source.kind == "feed"}
    assert [source.id for pack in every_pack for source in pack.own if source.url in known] == []


def test_public_procurement_is_served_by_a_search_that_was_played(pack):
    searches = [source for source in pack.own if source.family is Family.PROCUREMENT and not source.experimental]
    assert [source.id.partition("-")[0] for source in searches] == ["ted"]
    assert all("classification-cpv IN (" in source.options["query"] for source in searches)
