import pytest

from veille.config import instance
from veille.errors import InputError


def test_a_new_instance_has_its_own_files_and_layers_over_the_shipped_ones(tmp_path):
    home = tmp_path / "grappe"
    changes = instance.create(home)
    assert {change.path: change.verdict for change in changes} == {
        "veille.toml": "créé", "sources.yaml": "créé", ".gitignore": "créé",
    }  # fmt: skip
    assert instance.definitions(home) == (home.resolve(), instance.shipped())
    assert instance.find(home, "pipelines/taxonomy").is_relative_to(instance.shipped())
    (home / "pipelines/taxonomy").mkdir()
    assert instance.find(home, "pipelines/taxonomy").is_relative_to(home)


def test_init_never_overwrites(tmp_path):
    instance.create(tmp_path)
    (tmp_path / "sources.yaml").write_text("version: 1\nsources: []\n", encoding="utf-8")
    assert {change.verdict for change in instance.create(tmp_path)} == {"gardé"}
    assert (tmp_path / "sources.yaml").read_text(encoding="utf-8") == "version: 1\nsources: []\n"


def test_upgrade_replaces_what_was_not_edited(tmp_path):
    instance.create(tmp_path)
    for path in (tmp_path / "sources.yaml", tmp_path / "var/shipped/sources.yaml"):
        path.write_text("version: 1\nsources: []\n", encoding="utf-8")
    change = instance.upgrade(tmp_path)[0]
    assert change.verdict == "mis à jour"
    assert "+++ sources.yaml (livré)" in change.diff
    assert (tmp_path / "sources.yaml").read_bytes() == (instance.shipped() / "sources.yaml").read_bytes()


def test_upgrade_keeps_local_edits_and_shows_the_difference(tmp_path):
    instance.create(tmp_path)
    edited = (tmp_path / "sources.yaml").read_text(encoding="utf-8") + "# ma note\n"
    (tmp_path / "sources.yaml").write_text(edited, encoding="utf-8")
    override = tmp_path / "digests/hebdo/digest.yaml"
    override.parent.mkdir()
    override.write_text("title: Le mien\n", encoding="utf-8")
    changes = {change.path: change for change in instance.upgrade(tmp_path)}
    assert changes["sources.yaml"].verdict.startswith("gardé")
    assert "-# ma note" in changes["sources.yaml"].diff
    assert changes["digests/hebdo/digest.yaml"].verdict == "gardé : remplace la version livrée"
    assert (tmp_path / "sources.yaml").read_text(encoding="utf-8") == edited


def test_upgrade_of_a_folder_that_is_no_instance_says_the_cure(tmp_path):
    with pytest.raises(InputError, match="veille init"):
        instance.upgrade(tmp_path)


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path):
    (tmp_path / "fichier").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="choisissez un dossier"):
        instance.create(tmp_path / "fichier" / "grappe")
