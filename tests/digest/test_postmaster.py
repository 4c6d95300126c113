"""What a domain must publish, judged against a DNS of our own."""

import pytest

from veille.config.settings import Mail
from veille.digest.mail.dkim import DkimKey, Signer, load_key, new_key_pem
from veille.digest.mail.postmaster import Record, Verdict, examine

DOMAIN = "pole.example.fr"
MAIL = Mail(sender=f"veille@{DOMAIN}")


@pytest.fixture(scope="module")
def key(tmp_path_factory) -> DkimKey:
    path = tmp_path_factory.mktemp("postmaster") / "dkim.pem"
    path.write_bytes(new_key_pem())
    return load_key(path, selector="veille", domain=DOMAIN)


def found(records: dict[str, list[str]], key: DkimKey | None = None, mail: Mail = MAIL) -> dict[str, Record]:
    signer = Signer((key,)) if key else None
    checks = examine(mail, signer, "relais.example.fr", "anne@pole.example.fr", lambda name: records.get(name, []))
    return {record.purpose: record for record in checks}


def test_a_domain_that_publishes_everything_is_fine(key):
    records = {
        DOMAIN: ["google-site-verification=x", "v=spf1 a:relais.example.fr -all"],
        key.host: [key.record.replace("; ", ";").replace("p=", "p= ")],
        f"_dmarc.{DOMAIN}": ["v=DMARC1; p=reject"],
    }
    assert {one.verdict for one in found(records, key).values()} == {Verdict.RIGHT}


def test_the_policy_of_the_domain_above_counts_for_a_part_of_it(key):
    record = found({"_dmarc.example.fr": ["v=DMARC1; p=quarantine"]}, key)["DMARC"]
    assert (record.verdict, record.host) == (Verdict.RIGHT, "_dmarc.example.fr")
    own = {f"_dmarc.{DOMAIN}": ["v=DMARC1; p=jamais"], "_dmarc.example.fr": ["v=DMARC1; p=none"]}
    assert found(own, key)["DMARC"].verdict is Verdict.WRONG, "its own goes first"
    assert found({"_dmarc.fr": ["v=DMARC1; p=none"]}, key)["DMARC"].verdict is Verdict.MISSING


def test_what_is_missing_is_given_to_copy(key):
    checks = found({}, key)
    assert {one.verdict for one in checks.values()} == {Verdict.MISSING}
    assert checks["SPF"].wanted == "v=spf1 a:relais.example.fr ~all"
    assert checks["DKIM"].host == "veille._domainkey.pole.example.fr"
    assert checks["DKIM"].wanted == key.record
    assert checks["DMARC"].wanted == "v=DMARC1; p=none; rua=mailto:anne@pole.example.fr"


@pytest.mark.parametrize(
    ("records", "purpose", "said"),
    [
        ({DOMAIN: ["v=spf1 a ~all", "v=spf1 mx ~all"]}, "SPF", "plusieurs"),
        ({DOMAIN: ["v=spf1 a:relais.example.fr +all"]}, "SPF", "monde entier"),
        ({f"_dmarc.{DOMAIN}": ["v=DMARC1; p=peut-être"]}, "DMARC", "illisible"),
        ({f"veille._domainkey.{DOMAIN}": ["v=DKIM1; k=rsa; p=AAAA"]}, "DKIM", "n'est pas celle"),
    ],
)
def test_what_is_wrong_is_said(key, records, purpose, said):
    record = found(records, key)[purpose]
    assert record.verdict is Verdict.WRONG
    assert said in record.sentence


def test_a_policy_that_does_not_name_the_relay_is_left_to_its_owner(key):
    record = found({DOMAIN: ["v=spf1 include:_spf.autre.example -all"]}, key)["SPF"]
    assert record.verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("host", "include"),
    [("smtp.tem.scaleway.com", "include:_spf.tem.scaleway.com"), ("ssl0.ovh.net", "include:mx.ovh.com")],
)
def test_a_relay_that_we_know_is_named_as_it_asks(host, include):
    (record,) = (one for one in examine(MAIL, None, host, "", lambda _: []) if one.purpose == "SPF")
    assert record.wanted == f"v=spf1 {include} ~all"
    (record,) = (
        one for one in examine(MAIL, None, host, "", lambda _: [f"v=spf1 mx {include} -all"]) if one.purpose == "SPF"
    )
    assert record.verdict is Verdict.RIGHT


def test_a_silent_dns_proves_nothing(key):
    checks = {one.purpose: one for one in examine(MAIL, Signer((key,)), "", "", lambda _: None)}
    assert {one.verdict for one in checks.values()} == {Verdict.UNKNOWN}
    assert "include:VOTRE-RELAIS" in checks["SPF"].wanted


def test_spf_is_judged_on_the_domain_of_returned_mails():
    mail = Mail(sender=f"veille@{DOMAIN}", return_path="retours@rebonds.example.fr")
    assert found({}, mail=mail)["SPF"].host == "rebonds.example.fr"
