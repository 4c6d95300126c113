import ipaddress

import pytest

from veille.config.settings import load_settings, settings_with_env
from veille.errors import ConfigError


@pytest.fixture
def load(tmp_path):
    def load(text: str = "", env: dict[str, str] | None = None):
        (tmp_path / "veille.toml").write_text(text, encoding="utf-8")
        return load_settings(tmp_path, env or {})

    return load


def test_defaults_need_no_file(tmp_path):
    settings = load_settings(tmp_path, {})
    assert settings.fetch.host_delay == 1.0
    assert settings.database == f"sqlite:///{tmp_path / 'var/veille.sqlite'}"


def test_environment_wins_over_the_file(load):
    settings = load(
        "[fetch]\nhost_delay = 3\n", {"VEILLE_FETCH_HOST_DELAY": "0", "VEILLE_FETCH_ALLOW": "127.0.0.0/8, ::1/128"}
    )
    assert settings.fetch.host_delay == 0
    assert settings.fetch.allow == (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[fecth]\n", r"veille\.toml, ligne 1, clé « fecth » : clé inconnue « fecth » — vouliez-vous « fetch » \?"),
        ("[fetch]\nallow = []\nalow = []\n", r"ligne 3, clé « fetch\.alow » : clé inconnue"),
        ("[fetch]\nhost_delay = -1\n", r"ligne 2, clé « fetch\.host_delay » : valeur -1 hors limites — limite : ≥ 0"),
        ("[fetch]\nhost_delay = inf\n", r"nombre fini attendu"),
        ("[fetch]\nconcurrency = 0\n", r"hors limites — limite : ≥ 1"),
        ("[cluster]\ntimezone = 'Europe/Pariss'\n", r"ligne 2, clé « cluster\.timezone » : .* fuseau inconnu"),
        ("[fetch]\nallow = ['zz']\n", r"ligne 2, clé « fetch\.allow\.0 » : réseau attendu"),
        ("[mail\n", r"TOML illisible"),
        ("[site]\nurl = 'nimporte'\n", r"ligne 2, clé « site\.url »"),
    ],
)
def test_an_error_names_file_line_key_cause_and_cure(load, text, message):
    with pytest.raises(ConfigError, match=message):
        load(text)


def test_an_error_from_the_environment_names_the_variable(load):
    with pytest.raises(ConfigError, match=r"variable d'environnement VEILLE_FETCH_HOST_DELAY"):
        load(env={"VEILLE_FETCH_HOST_DELAY": "vite"})


def test_secrets_are_never_printed(load):
    settings = load("database_url = 'postgresql://u:s3cret@h/db'\n[mail]\nurl = 'smtp://u:s3cret@h'\n")
    assert "s3cret" not in repr(settings)
    assert "s3cret" not in str(settings.redacted())
    assert settings.database == "postgresql+psycopg://u:s3cret@h/db"


def test_the_documented_variables_exist():
    assert {"VEILLE_FETCH_ALLOW", "VEILLE_FETCH_HOST_DELAY", "VEILLE_MAIL_URL", "VEILLE_DATABASE_URL"} <= set(
        settings_with_env()
    )
