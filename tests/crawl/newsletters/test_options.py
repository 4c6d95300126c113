"""What sources.yaml and the settings accept of a mailbox, and what they say of the rest; no secret is ever shown."""

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from veille.config.settings import load_settings
from veille.config.sources import load_sources
from veille.crawl.newsletters.asking import mailbox_request
from veille.errors import ConfigError
from veille.model import Source
from veille.net.mailpack import asked_of

GOOD = 'senders: ["region.exemple"], authserv_id: mx.pole.exemple'
SOURCES = """version: 1
sources:
  - id: lettres
    title: Lettres
    kind: mailbox
    url: "{url}"
    options: {{ {options} }}
"""


def load(folder: Path, url: str = "imaps://veille@imap.exemple/Lettres", options: str = GOOD) -> Source:
    path = folder / "sources.yaml"
    path.write_text(SOURCES.format(url=url, options=options), encoding="utf-8")
    return load_sources(path).sources[0]


@pytest.mark.parametrize(
    "url",
    [
        "imaps://veille@imap.exemple/Lettres",
        "imaps://veille%40pole.exemple@imap.exemple:993/Lettres/R%C3%A9gion",
        "imaps://veille@pole.exemple@imap.exemple/INBOX",
        "imaps://veille@imap.exemple/Mes%20lettres",
        "maildir:///var/mail/veille",
    ],
)
def test_an_address_of_a_mailbox(url: str, tmp_path: Path) -> None:
    assert load(tmp_path, url).url == url


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("imaps://imap.exemple/Lettres", "imaps://nom@serveur/Dossier"),
        ("imaps://veille@imap.exemple/Lettres?x=1", "imaps://nom@serveur/Dossier"),
        ("imaps://veille@imap.exemple:99999/Lettres", "imaps://nom@serveur/Dossier"),
        ("imaps://veille@imap.exemple/A%0d%0aB", "caractère de contrôle"),
        ("imaps://veille@imap.exemple/Mes lettres", "%20"),
        ("imap://veille@imap.exemple/Lettres", "imaps://"),
        ("https://veille@imap.exemple/Lettres", "imaps://"),
    ],
)
def test_an_address_that_is_refused(url: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=words):
        load(tmp_path, url)


@pytest.mark.parametrize("url", ["imaps://veille:s3cr3t@imap.exemple/L", "imaps://a%40b:s3cr3t@imap.exemple/L"])
def test_a_password_in_an_address_is_refused_with_the_cure_and_not_repeated(url: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        load(tmp_path, url)
    assert "VEILLE_MAILBOX_LETTRES_PASSWORD" in str(refused.value)
    assert "s3cr3t" not in str(refused.value)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("", "« senders » manque"),
        ('senders: ["region.exemple"]', "« authserv_id »"),
        ('senders: ["region exemple"], authserv_id: x', "ni une adresse ni un domaine"),
        (f"{GOOD}, trust: folder", "« authserv_id »"),
        (f"{GOOD}, forwarded: true", "« forwarders »"),
        (f'{GOOD}, forwarders: ["membre.exemple"]', "« forwarders »"),
        (f"{GOOD}, days: 0", "options.days"),
        (f"{GOOD}, senderz: 1", "options.senderz"),
        (f"{GOOD}, account: Les Lettres", "options.account"),
    ],
)
def test_options_that_are_refused(options: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=words):
        load(tmp_path, options=options)


def test_what_a_mailbox_is_asked() -> None:
    source = Source(
        id="b",
        title="B",
        kind="mailbox",
        url="imaps://v@h/L",
        options={"senders": ("Region.exemple",), "forwarders": ("membre.exemple",), "days": 30, "account": "boite"},
    )
    asked = asked_of(mailbox_request(source, source.url))
    assert (asked.account, asked.senders, asked.days) == ("boite", ("region.exemple", "membre.exemple"), 30)


def test_accounts_stand_in_the_environment(tmp_path: Path) -> None:
    env = {
        "VEILLE_MAILBOX_LETTRES_HOST": "imap.exemple",
        "VEILLE_MAILBOX_LETTRES_PASSWORD": "s3cr3t",
        "VEILLE_MAILBOX_LA_BOITE_CLIENT_ID": "app",
        "VEILLE_MAILBOX_LA_BOITE_TOKEN_URL": "https://login.exemple/token",
    }
    settings = load_settings(tmp_path, env)
    assert settings.mailboxes["lettres"].password.get_secret_value() == "s3cr3t"
    assert settings.mailboxes["la-boite"].usable
    assert "s3cr3t" not in repr(settings)
    assert "s3cr3t" not in repr(settings.redacted())


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "veille.toml").write_text('[mailboxes.lettres]\nhost = "a.exemple"\n', encoding="utf-8")
    settings = load_settings(tmp_path, {"VEILLE_MAILBOX_LETTRES_HOST": "b.exemple"})
    assert settings.mailboxes["lettres"].host == "b.exemple"


@pytest.mark.parametrize(
    ("env", "text", "words"),
    [
        ({"VEILLE_MAILBOX_LETTRES_PASSWRD": "s3cr3t"}, "", "VEILLE_MAILBOX_NOM_PASSWORD"),
        ({"VEILLE_MAILBOX_PASSWORD": "s3cr3t"}, "", "ne nomme aucun réglage"),
        ({}, '[mailboxes.lettres]\npasword = "s3cr3t"\n', "vouliez-vous « password »"),
        ({}, '[mailboxes."Les lettres"]\nhost = "a"\n', "mailboxes"),
        ({}, "mailboxes = 3\n", "mailboxes"),
    ],
)
def test_accounts_that_are_refused(env: dict[str, str], text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "veille.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=words) as refused:
        load_settings(tmp_path, env)
    assert "s3cr3t" not in str(refused.value)


def test_check_warns_of_what_believes_too_much(veille: Callable[..., CompletedProcess[str]], tmp_path: Path) -> None:
    load(tmp_path, options='senders: ["gmail.com"], trust: folder')
    done = veille("--home", tmp_path, "sources", "check")
    assert done.returncode == 0, done.stderr
    assert "expéditeurs non vérifiés (trust: folder) : lettres" in done.stdout
    assert "« gmail.com » est à tout le monde" in done.stdout
    assert "boîte « lettres » sans serveur, mot de passe ou jeton (VEILLE_MAILBOX_LETTRES_…) : lettres" in done.stdout
    env = {"VEILLE_MAILBOX_LETTRES_HOST": "imap.exemple", "VEILLE_MAILBOX_LETTRES_PASSWORD": "x"}
    assert "sans serveur" not in veille("--home", tmp_path, "sources", "check", env=env).stdout
