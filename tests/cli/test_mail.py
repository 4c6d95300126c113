"""`veille mail` as a newcomer runs it."""

import stat

import dkim
import pytest
from click.testing import CliRunner

from veille.cli.main import cli
from veille.digest.mail.dkim import load_key


@pytest.fixture
def home(tmp_path):
    (tmp_path / "veille.toml").write_text(
        '[cluster]\nname = "Pôle"\ncontact = "anne@pole.example.fr"\n'
        '[site]\nurl = "https://veille.pole.example.fr"\n[mail]\nsender = "veille@pole.example.fr"\n',
        encoding="utf-8",
    )
    return tmp_path


def veille(home, *args):
    return CliRunner().invoke(cli, ["--home", str(home), *args], catch_exceptions=True)


def test_a_key_is_made_for_its_owner_only_and_never_replaced(home):
    done = veille(home, "mail", "key")
    assert done.exit_code == 0, done.output
    path = home / "var" / "dkim.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    made = load_key(path, selector="veille", domain="pole.example.fr")
    assert made.record in done.output
    assert 'dkim_key = "var/dkim.pem"' in done.output
    before = path.read_bytes()
    again = veille(home, "mail", "key")
    assert again.exit_code != 0
    assert path.read_bytes() == before


def test_doctor_says_what_to_publish(home, monkeypatch):
    monkeypatch.setattr("veille.net.dns_records.txt_records", lambda name: ())
    veille(home, "mail", "key")
    with (home / "veille.toml").open("a", encoding="utf-8") as stream:
        stream.write('dkim_key = "var/dkim.pem"\n')
    told = veille(home, "mail", "doctor")
    assert told.exit_code == 0, told.output
    assert "TXT veille._domainkey.pole.example.fr" in told.output
    assert "TXT _dmarc.pole.example.fr" in told.output


def test_doctor_fails_on_a_key_that_is_not_ours(home, monkeypatch):
    monkeypatch.setattr("veille.net.dns_records.txt_records", lambda name: ["v=DKIM1; k=rsa; p=AAAA"])
    veille(home, "mail", "key")
    with (home / "veille.toml").open("a", encoding="utf-8") as stream:
        stream.write('dkim_key = "var/dkim.pem"\n')
    assert veille(home, "mail", "doctor").exit_code == 2


def test_the_record_printed_is_one_that_verifiers_read(home):
    veille(home, "mail", "key")
    made = load_key(home / "var" / "dkim.pem", selector="veille", domain="pole.example.fr")
    public, size, *_ = dkim.load_pk_from_dns(
        b"veille._domainkey.pole.example.fr.", lambda name, timeout=5: made.record.encode()
    )
    assert size == 2048
    assert public


def test_returns_are_read_from_the_command_line(home, tmp_path_factory):
    veille(home, "init")
    mail = tmp_path_factory.mktemp("retours") / "absence.eml"
    mail.write_bytes(b"From: anne@x.example\nTo: retours@pole.example.fr\nAuto-Submitted: auto-replied\n\nAbsente")
    told = veille(home, "mail", "bounces", str(mail))
    assert told.exit_code == 0, told.output
    assert "1 retours nouveaux" in told.output
    assert "0 retours nouveaux" in veille(home, "mail", "bounces", str(mail)).output
    assert veille(home, "mail", "bounces").exit_code != 0
