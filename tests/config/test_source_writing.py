"""Sources are added and switched in a text that a person wrote: nothing else in it changes."""

import json
import multiprocessing
import os
from pathlib import Path

import pytest

from veille.config.source_writing import NewSource, add_sources, block, switch_sources
from veille.config.sources import load_sources
from veille.errors import ConfigError, InputError

FIELDS = {"id": "neuve", "title": "Une « source » : la #1", "kind": "feed", "url": "https://neuve.exemple/rss?a=1&b=2"}
NEW = NewSource(FIELDS)
FILES = {
    "two spaces": "version: 1\nsources:\n  - id: une\n    title: Une\n    kind: feed\n    url: https://une.exemple/\n",
    "no space": "version: 1\nsources:\n- id: une\n  title: Une\n  kind: feed\n  url: https://une.exemple/\n",
    "no last line end": "version: 1\nsources:\n- id: une\n  title: Une\n  kind: feed\n  url: https://une.exemple/",
    "flow items": "version: 1\nsources:\n- {id: une, title: Une, kind: feed, url: 'https://une.exemple/'}\n",
    "flow list": "version: 1\nsources: [{id: une, title: Une, kind: feed, url: 'https://une.exemple/'}]\n",
    "json": json.dumps(
        {"version": 1, "sources": [{"id": "une", "title": "Une", "kind": "feed", "url": "https://une.exemple/"}]}
    ),
    "not last": (
        "sources:\n  - id: une # ici\n    title: Une\n    kind: feed\n    url: https://une.exemple/ # là\n"
        "\n# la suite\nversion: 1\n"
    ),
    "comments": (
        "# tête\nversion: 1\n\nsources:\n  - id: une\n    title: >-\n      Une\n      longue\n    kind: feed\n"
        "    url: https://une.exemple/   # là\n  # fin\n\n"
    ),
    "windows": (
        "version: 1\r\nsources:\r\n"  # as Notepad writes it
        "- id: une\r\n  title: Une\r\n  kind: feed\r\n  url: https://une.exemple/\r\n"
    ),
    "mark": "\ufeffversion: 1\nsources:\n  - id: une\n    title: Ünë\n    kind: feed\n    url: https://une.exemple/\n",
    "block at end": (
        "version: 1\nsources:\n- id: une\n  url: https://une.exemple/\n  kind: feed\n  title: |\n    Une\n\n\n# fin\n"
    ),
}


@pytest.fixture(params=FILES, ids=lambda name: name.replace(" ", "-"))
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "sources.yaml"
    path.write_bytes(FILES[request.param].encode())
    return path


def lines(text: str) -> list[str]:
    return text.splitlines()


def test_a_source_is_added_after_the_others_and_no_line_changes(file: Path) -> None:
    before = file.read_bytes().decode()
    add_sources(file, [NEW])
    assert [source.id for source in load_sources(file).sources] == ["une", "neuve"]
    assert load_sources(file).sources[1].title == FIELDS["title"]
    after = file.read_bytes().decode()
    if "[" not in before:
        left = iter(after.splitlines())
        assert all(line in left for line in before.splitlines())
        assert len(after.splitlines()) == len(before.splitlines()) + len(FIELDS)
    assert ("\r\n" in after) == ("\r\n" in before)
    assert "\r" not in after.replace("\r\n", "")


def test_switching_off_and_on_again_gives_back_what_was_meant(file: Path) -> None:
    before, before_text = load_sources(file).sources[0], file.read_text(encoding="utf-8")
    assert switch_sources(file, ["une"], enabled=False) == ["une"]
    assert not load_sources(file).sources[0].enabled
    assert switch_sources(file, ["une"], enabled=False) == []
    assert switch_sources(file, ["une"], enabled=True) == ["une"]
    again = load_sources(file).sources[0]
    assert (again.title, again.url, again.enabled) == (before.title, before.url, True)
    text = file.read_text(encoding="utf-8")
    assert all(
        comment in text for comment in ("# tête", "# fin", "# là", "# ici", "# la suite") if comment in before_text
    )


def test_only_the_switched_line_changes(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    text = FILES["comments"] + (
        "  - id: deux\n    title: Deux\n    enabled: false   # éteinte\n    kind: feed\n    url: https://deux.exemple/\n"
    )
    path.write_text(text, encoding="utf-8")
    switch_sources(path, ["deux"], enabled=True)
    assert path.read_text(encoding="utf-8") == text.replace("enabled: false  ", "enabled: true  ")


@pytest.mark.parametrize("empty", ["sources: []\n", "sources: [] # aucune\n", "sources: []", "sources:\n  []\n"])
def test_the_first_source_of_an_empty_list(tmp_path: Path, empty: str) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text(f"version: 1\n{empty}", encoding="utf-8")
    add_sources(path, [NEW])
    assert [source.id for source in load_sources(path).sources] == ["neuve"]


@pytest.mark.parametrize("change", [{"id": "une"}, {"url": "https://une.exemple/"}])
def test_what_is_there_already_is_refused_and_nothing_written(file: Path, change: dict[str, str]) -> None:
    before = file.read_bytes()
    with pytest.raises(ConfigError, match="déjà"):
        add_sources(file, [NewSource({**FIELDS, **change})])
    assert file.read_bytes() == before


def test_an_unknown_id_is_refused_with_the_nearest(file: Path) -> None:
    with pytest.raises(ConfigError, match="une"):
        switch_sources(file, ["unne"], enabled=False)


def test_a_block_reads_like_the_rest_of_the_file() -> None:
    recipe = {"item": "li.appel", "title": "h3 > a", "expect": {"min_items": 3, "date_format": "%d/%m/%Y"}}
    written = block(
        NewSource(
            {"kind": "page", "url": "https://r.exemple/", "recipe": recipe, "title": "R", "id": "r",
             "sectors": ["bois"],
             "territory": "fr:region:84", "enabled": False},
            {"territory": "« Auvergne » dans\nle titre #1"},
        )
    )  # fmt: skip
    assert written == (
        '  - id: r\n    title: R\n    kind: page\n    url: "https://r.exemple/"\n    enabled: false\n'
        "    territory: fr:region:84  # « Auvergne » dans le titre 1\n    sectors: [bois]\n    recipe:\n"
        '      item: "li.appel"\n      title: "h3 > a"\n      expect: {min_items: 3, date_format: "%d/%m/%Y"}\n'
    )


@pytest.mark.parametrize(
    "title", ["no", "Oui: non", "- t", "'\"\\", "é\u2028a", "01000", "null", "{a}", "1e3", "😀", "a #b"]
)
def test_any_title_comes_back_as_it_was(tmp_path: Path, title: str) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text("version: 1\nsources: []\n", encoding="utf-8")
    add_sources(path, [NewSource({**FIELDS, "title": title})])
    assert load_sources(path).sources[0].title == title


def test_a_link_stays_a_link_and_the_file_keeps_its_mode(tmp_path: Path) -> None:
    real, link = tmp_path / "commun.yaml", tmp_path / "sources.yaml"
    real.write_text(FILES["two spaces"], encoding="utf-8")
    link.symlink_to(real)
    add_sources(link, [NEW])
    assert link.is_symlink()
    assert len(load_sources(real).sources) == 2


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text(FILES["two spaces"], encoding="utf-8")
    if os.geteuid() == 0:
        path.unlink()
        path.mkdir()
        with pytest.raises(InputError, match="dossier"):
            add_sources(path, [NEW])
        return
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="accès refusé"):
        add_sources(path, [NEW])


def _add(path: str, number: int) -> None:
    add_sources(Path(path), [NewSource({**FIELDS, "id": f"n{number}", "url": f"https://n{number}.exemple/"})])


def test_two_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text(FILES["two spaces"], encoding="utf-8")
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        pool.starmap(_add, [(str(path), number) for number in range(6)])
    assert len(load_sources(path).sources) == 7
