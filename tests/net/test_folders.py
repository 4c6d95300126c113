"""A watched folder: what is allowed is read, by itself and through no link; the rest is a sentence."""

import asyncio
import os
from pathlib import Path
from urllib.parse import quote

import pytest

from veille.model import Fetched, FetchFailed, FetchFault, FetchOutcome, Validators
from veille.net.bundle import Bundle, NamedFile, pack, unpack
from veille.net.folders import MOST_FILES, Folders
from veille.testing import FrozenClock


@pytest.fixture
def allowed(tmp_path: Path) -> Path:
    folder = tmp_path / "tableaux"
    folder.mkdir()
    (folder / "appels.csv").write_bytes(b"titre;lien\nUn;https://a.exemple/1\n")
    return folder


def url(path: Path) -> str:
    return "file://" + quote(str(path))


def fetch(allowed: Path, address: str, etag: str | None = None, **options: int) -> FetchOutcome:
    folders = Folders([allowed], FrozenClock(), max_bytes=options.get("max_bytes", 15_000_000))

    async def ask() -> FetchOutcome:
        outcome = await folders.fetch(address, Validators(etag=etag))
        await folders.aclose()
        return outcome

    return asyncio.run(ask())


def read(outcome: FetchOutcome) -> Bundle:
    assert isinstance(outcome, Fetched), outcome
    return unpack(outcome.body)


def names(outcome: FetchOutcome) -> list[str]:
    return [file.name for file in read(outcome).files]


def refused(outcome: FetchOutcome, fault: FetchFault = FetchFault.FOLDER_REFUSED) -> str:
    assert isinstance(outcome, FetchFailed)
    assert outcome.fault is fault
    return outcome.sentence


def test_the_tables_of_a_folder_come_as_one_body(allowed: Path) -> None:
    for name in ("b.xlsx", "c.OPML", ".caché.csv", "~$b.xlsx", "notes.txt", "z.csv.gz"):
        (allowed / name).write_bytes(b"x")
    (allowed / "sous.csv").mkdir()
    outcome = fetch(allowed, url(allowed))
    assert names(outcome) == ["appels.csv", "b.xlsx", "c.OPML"]
    assert read(outcome).remarks == ("« sous.csv » laissé de côté : c'est autre chose qu'un fichier",)
    assert names(fetch(allowed, url(allowed / "b.xlsx"))) == ["b.xlsx"]


def test_a_folder_in_which_nothing_changed_is_not_read_again(allowed: Path) -> None:
    first = fetch(allowed, url(allowed))
    assert isinstance(first, Fetched)
    again = fetch(allowed, url(allowed), first.headers["etag"])
    assert isinstance(again, Fetched)
    assert (again.status, again.body) == (304, b"")
    (allowed / "appels.csv").write_bytes(b"titre\nDeux\n")
    changed = fetch(allowed, url(allowed), first.headers["etag"])
    assert isinstance(changed, Fetched)
    assert changed.status == 200
    assert changed.headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize("where", ["..", "../secret", "../tableaux-autres", "sous/../../secret"])
def test_what_is_outside_is_refused_even_if_it_does_not_exist(allowed: Path, where: str) -> None:
    for name in ("secret", "tableaux-autres"):
        (allowed.parent / name).mkdir()
        (allowed.parent / name / "a.csv").write_bytes(b"titre\nSecret\n")
    sentence = refused(fetch(allowed, "file://" + str(allowed) + "/" + where))
    assert "fetch.allow_folders" in sentence
    assert refused(fetch(allowed, f"file://{allowed.parent}/absent")) == sentence
    assert refused(fetch(allowed, "file:///etc/passwd")) == sentence


def test_no_folder_is_allowed_by_default(allowed: Path) -> None:
    folders = Folders([], FrozenClock(), max_bytes=1_000)
    assert refused(asyncio.run(folders.fetch(url(allowed))))


@pytest.mark.parametrize(
    "address", ["file://ailleurs.exemple/tmp", "file:tableaux", "file:///a%00b", "file://", "file:////hôte/partage"]
)
def test_an_odd_address_is_refused(allowed: Path, address: str) -> None:
    assert refused(fetch(allowed, address))


def test_a_link_leads_nowhere(allowed: Path) -> None:
    outside = allowed.parent / "dehors"
    outside.mkdir()
    (outside / "secret.csv").write_bytes(b"titre\nSecret\n")
    (allowed / "lien.csv").symlink_to(outside / "secret.csv")
    (allowed / "dossier").symlink_to(outside)
    outcome = fetch(allowed, url(allowed))
    assert names(outcome) == ["appels.csv"]
    assert read(outcome).remarks == ("« lien.csv » laissé de côté : c'est un lien",)
    assert refused(fetch(allowed, url(allowed / "dossier")))
    assert refused(fetch(allowed, url(allowed / "lien.csv")))


def test_a_link_that_takes_a_folder_s_place_after_it_was_judged_leads_nowhere(
    allowed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (allowed / "sous").mkdir()
    outside = allowed.parent / "dehors"
    outside.mkdir()
    (outside / "secret.csv").write_bytes(b"titre\nSecret\n")
    before = os.open

    def swapped(path: object, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if path == "sous" and not (allowed / "sous").is_symlink():
            (allowed / "sous").rmdir()
            (allowed / "sous").symlink_to(outside)
        return before(path, flags, mode, dir_fd=dir_fd)  # type: ignore[arg-type]  # a path or a name

    monkeypatch.setattr(os, "open", swapped)
    assert "lien" in refused(fetch(allowed, url(allowed / "sous")), FetchFault.FOLDER)


def test_a_pipe_does_not_hold_the_pass_up(allowed: Path) -> None:
    os.mkfifo(allowed / "tube.csv")
    assert names(fetch(allowed, url(allowed))) == ["appels.csv"]


def test_an_absent_folder_and_a_file_that_nobody_may_read_are_said(allowed: Path) -> None:
    assert "illisible" in refused(fetch(allowed, url(allowed / "absent")), FetchFault.FOLDER)
    if os.geteuid() != 0:
        (allowed / "ferme.csv").write_bytes(b"x")
        (allowed / "ferme.csv").chmod(0)
        outcome = fetch(allowed, url(allowed))
        assert names(outcome) == ["appels.csv"]
        assert "« ferme.csv » illisible" in read(outcome).remarks[0]


def test_too_much_is_refused(allowed: Path) -> None:
    (allowed / "gros.csv").write_bytes(b"x" * 2_000)
    assert "dans ce dossier" in refused(fetch(allowed, url(allowed), max_bytes=1_500), FetchFault.TOO_BIG)
    for number in range(MOST_FILES):
        (allowed / f"{number}.csv").write_bytes(b"")
    assert str(MOST_FILES) in refused(fetch(allowed, url(allowed)), FetchFault.TOO_BIG)


def test_a_name_in_no_character_set_is_read_and_printed(allowed: Path) -> None:
    (allowed / os.fsdecode(b"caf\xe9\n.csv")).write_bytes(b"titre\nUn\n")
    (allowed / os.fsdecode(b"\xff.csv")).symlink_to("x")
    found = read(fetch(allowed, url(allowed)))
    assert len(found.files) == 2
    assert found.remarks == ("« ?.csv » laissé de côté : c'est un lien",)


def test_a_file_that_is_being_written_is_read_again(allowed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = os.fdopen

    def growing(file: int, *args: object) -> object:
        with (allowed / "appels.csv").open("ab") as stream:
            stream.write(b"Deux;\n")
        return before(file, *args)  # type: ignore[call-overload]  # as called

    monkeypatch.setattr(os, "fdopen", growing)
    outcome = fetch(allowed, url(allowed))
    assert isinstance(outcome, Fetched)
    assert "etag" not in outcome.headers


def test_a_bundle_comes_out_as_it_went_in() -> None:
    bundle = Bundle((NamedFile("a\n.csv", b"\n{}\n"), NamedFile("b.csv", b"")), ("é\ud800",))
    assert unpack(pack(bundle)) == bundle
    for odd in (b"", b"{}\n", b"[]\n", b'{"files": [{"name": "a", "size": 9}], "remarks": []}\nx'):
        with pytest.raises((ValueError, KeyError, TypeError)):
            unpack(odd)
