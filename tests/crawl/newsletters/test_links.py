"""Links: what they are there for, where they lead, and what of them names their reader."""

import base64
import hashlib
import json
import zlib
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.crawl.newsletters.letters import READER
from veille.crawl.newsletters.links import Use, is_button, is_home, use_of
from veille.crawl.newsletters.tracking import names_recipient, personal_pairs, untracked
from veille.crawl.newsletters.unwrap import Hidden, unwrap

TARGET = "https://www.region.exemple/appels/industrie-verte?id=12"
AT = "https://region.exemple/a"


def coded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def squeezed(text: str) -> str:
    return base64.urlsafe_b64encode(zlib.compress(text.encode())).decode().rstrip("=")


def escaped(text: str = TARGET) -> str:
    return quote(text, safe="")


def proofpoint_2(text: str) -> str:
    return escaped(text).replace("_", "%5F").replace("-", "%2D").replace("%2F", "_").replace("%", "-")


MANDRILL = json.dumps({"s": "x", "v": 1, "p": json.dumps({"u": 1, "v": 1, "url": TARGET, "id": "9"})})
WRAPS = {
    "Outlook SafeLinks": f"https://eur03.safelinks.protection.outlook.com/?url={escaped()}&data=05%7C02%7C&sdata=a&reserved=0",
    "Proofpoint 1": f"https://urldefense.proofpoint.com/v1/url?u={escaped()}&k=abc",
    "Proofpoint 2": f"https://urldefense.proofpoint.com/v2/url?u={proofpoint_2(TARGET)}&d=DwMFaQ&c=x&r=y",
    "Proofpoint 3": f"https://urldefense.com/v3/__{TARGET}__;!!AbC123!xyz$",
    "Google": f"https://www.google.com/url?q={escaped()}&sa=D&source=editors",
    "Facebook": f"https://l.facebook.com/l.php?u={escaped()}&h=AT0",
    "Mailjet": f"http://x4tlp.mjt.lu/lnk/EAAAAYNqkEoAAA/1/NSvifgbS3M8GrhOf/{coded(TARGET)}",
    "Mailjet, with a suffix": f"http://x4tlp.mjt.lu/lnk/EAAAAYNqkEoAAA/1/NSvifgbS3M8GrhOf/{coded(TARGET)}?b=1",
    "Mandrill": f"https://mandrillapp.com/track/click/1/www.region.exemple?p={coded(MANDRILL)}",
    "Substack": f"https://substack.com/redirect/2/{coded(json.dumps({'e': TARGET, 'p': 1}))}.sig-na_ture",
    "Customer.io": f"https://e.customeriomail.com/e/c/{coded(json.dumps({'email_id': 'x', 'href': TARGET}))}/0a1b",
    "Mailgun": f"https://email.mg.region.exemple/c/{squeezed(f'h=abc&i=1&l={escaped()}&r=x')}",
    "Amazon SES": f"https://abc.r.eu-west-1.awstrack.me/L0/{escaped().replace('%3A', ':', 1)}/1/0100018f/x=383",
    "Cisco": f"https://secure-web.cisco.com/1abcDEF/{escaped()}",
    "Avanan": f"https://url.avanan.click/v2/___{TARGET}___.YXAx",
    "Barracuda": f"https://linkprotect.cudasvc.com/url?a={escaped()}&c=E,1,x",
    "Sophos": f"https://eu-west-1.protection.sophos.com?d=region.exemple&u={base64.b64encode(TARGET.encode()).decode()}&i=N",
    "Newsletter (WordPress)": f"https://asso.exemple/?nltr={coded(f'12;34;{TARGET};;ab12')}",
    "a click path with its target": f"https://www.asso.exemple/clic.php?l=8&url={escaped()}",
    "SafeLinks around Mailjet": "https://eur03.safelinks.protection.outlook.com/?url="
    + escaped(f"http://x4tlp.mjt.lu/lnk/EAAAA/1/NS/{coded(TARGET)}"),
}


@pytest.mark.parametrize("name", WRAPS)
def test_a_wrap_that_shows_its_target_is_taken_off(name: str) -> None:
    assert unwrap(WRAPS[name]) == Hidden(TARGET)


def test_proofpoint_gives_back_what_it_took_out() -> None:
    wrapped = f"https://urldefense.com/v3/__https://region.exemple/a?x=*&y=**A__;{coded('é' + 'àç')}!!AbC!xyz$"
    found = unwrap(wrapped)
    assert found is not None
    assert found.address == "https://region.exemple/a?x=é&y=àç"


@pytest.mark.parametrize(
    "link",
    [
        "https://region.us7.list-manage.com/track/click?u=6d1f&id=a1&e=0f9d3c77ab",
        "https://x.r.a.d.sendibm1.com/mk/cl/f/sh/7nVU1aA2nfsTSzF50/mP1yH95",
        "http://r.lettre.region.exemple/mk/cl/f/i0xDa1fCd8QJVz85Mv8vw2z",
        "https://eiihajh.r.bh.d.sendibt3.com/tr/cl/nDJ0fcTokLneR2gfMfeC9z4X3A",
        "https://u1234.ct.sendgrid.net/ls/click?upn=u001.aQ1wS2eD3rF4",
        "https://d2v8tf04.na1.hubspotlinks.com/Ctc/5F+113/d2v8tf04/VV",
        "https://info.region.exemple/e3t/Ctc/5F+113/d2v8tf04/VV",
        "https://click.e.region.exemple/?qs=0123456789abcdef0123456789abcdef",
        "https://region.createsend1.com/t/t-l-abc-x-y/",
        "https://click.mlsend.com/link/c/YT0yMDAw",
        "https://xyz.rs6.net/tn.jsp?f=001abc&c=d&ch=e",
        "https://region.exemple/?mailpoet_router&endpoint=track&action=click&data=WyI3Il0",
        "https://grappe.exemple/r/Fx1/m/98231",
        "https://t.news.region.exemple/r/?id=h5f1a2b3c,9d8e7f60,1a2b3c51",
        "https://lien.region.exemple/x/AbC123dEf456GhI789jKl",
    ],
)
def test_a_click_server_that_keeps_its_target_must_be_asked_and_is_personal(link: str) -> None:
    assert unwrap(link) == Hidden(link, opaque=True, personal=True)


@pytest.mark.parametrize(
    "link",
    [
        "https://www.region.exemple/actualites/appel-a-projets-industrie-verte-2026-decarbonation-des-pme",
        "https://www.legifrance.gouv.fr/jorf/id/JORFTEXT000049012345",
        "https://www.region.exemple/connexion?return=https%3A%2F%2Fwww.region.exemple%2F",
        "https://ec.europa.exemple/info/funding-tenders/opportunities/portal/screen/topic/HORIZON-CL6-2027-01",
        "https://news.region.exemple/lettre-45",
        "https://eur-lex.europa.eu/legal-content/FR/TXT/?uri=CELEX:32026R0956",
    ],
)
def test_a_plain_link_stays_as_it_is(link: str) -> None:
    assert unwrap(link) == Hidden(link)


def test_a_shortener_is_asked_but_names_nobody() -> None:
    assert unwrap("https://bit.ly/3xYz") == Hidden("https://bit.ly/3xYz", opaque=True)


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "mailto:a@b.fr",
        "tel:+33400000000",
        "#haut",
        "",
        "https://user:pass@region.exemple/",
        "https://region.exemple\\@evil.exemple/",
        "https://x.exemple/" + "a" * 9_000,
        "data:text/html,<script>",
    ],
)
def test_what_is_no_web_address_is_nothing(link: str) -> None:
    assert unwrap(link) is None


def test_a_wrap_around_no_web_address_is_not_taken_off() -> None:
    wrapped = f"https://www.google.com/url?q={quote('javascript:alert(1)')}"
    assert unwrap(wrapped) == Hidden(wrapped)


def test_wraps_without_end_and_bombs_end() -> None:
    link = TARGET
    for _ in range(40):
        link = f"https://www.google.com/url?q={quote(link, safe='')}"
    assert unwrap(link) is None
    bomb = base64.urlsafe_b64encode(zlib.compress(b"l=" + b"x" * 50_000_000)).decode()
    assert unwrap(f"https://email.x.exemple/c/{bomb}") is None
    nested = coded('{"url":' * 800)
    deep = f"https://x.exemple/c/{nested}"
    found = unwrap(deep)
    assert found is not None
    assert found.address == deep


@given(st.text(max_size=300))
def test_no_text_at_all_breaks_unwrapping(text: str) -> None:
    for link in (
        text,
        f"https://x.exemple/{text}",
        f"https://email.x.exemple/c/eJ{text}",
        f"https://x.exemple/?url={text}",
    ):
        found = unwrap(link)
        assert found is None or found.address.lower().startswith(("http://", "https://"))
        use_of(text, link)


@pytest.mark.parametrize(
    ("text", "link", "use"),
    [
        ("Se désabonner", AT, Use.PRIVATE),
        ("unsubscribe from this list", AT, Use.PRIVATE),
        ("Gérer mes préférences", AT, Use.PRIVATE),
        ("Modifier votre profil", AT, Use.PRIVATE),
        ("Confirmer mon inscription", AT, Use.PRIVATE),
        ("Je confirme", AT, Use.PRIVATE),
        ("Mentions légales", AT, Use.PRIVATE),
        ("Ici", "https://region.exemple/newsletter/unsubscribe?id=3", Use.PRIVATE),
        ("Ici", "https://x.sendibm1.com/mk/un/sh/abc", Use.PRIVATE),
        ("Ici", "https://region.exemple/inscription/confirm", Use.PRIVATE),
        ("Voir en ligne", AT, Use.IDLE),
        ("Voir cet e-mail dans votre navigateur", AT, Use.IDLE),
        ("consultez la version en ligne", AT, Use.IDLE),
        ("Partager sur LinkedIn", AT, Use.IDLE),
        ("", "https://www.linkedin.com/company/region", Use.IDLE),
        ("Assurez votre flotte", "https://ad.doubleclick.net/x", Use.IDLE),
        ("Lire la suite >", AT, Use.BUTTON),
        ("→ En savoir +", AT, Use.BUTTON),
        ("Je candidate", AT, Use.BUTTON),
        ("Télécharger le cahier des charges", AT, Use.BUTTON),
        ("Appel à projets Industrie verte", AT, Use.CONTENT),
        # titles that only begin like the words above
        ("Gérer vos déchets : une nouvelle aide", AT, Use.CONTENT),
        ("RGPD : le guide pour les PME", "https://region.exemple/actus/rgpd-guide", Use.CONTENT),
        ("Mon compte formation : ce qui change", AT, Use.CONTENT),
        ("Partager la valeur : une loi pour les entreprises de 11 à 49 salariés", AT, Use.CONTENT),
        ("Accueil des talents étrangers : la Région recrute", AT, Use.CONTENT),
        ("Découvrir les lauréats de la troisième vague du concours d'innovation", AT, Use.CONTENT),
    ],
)
def test_what_a_link_is_there_for(text: str, link: str, use: Use) -> None:
    assert use_of(text, link) is use


def test_what_a_wrap_hides_is_judged_too() -> None:
    assert use_of("Ici", AT, hidden="https://region.exemple/action/disable_email?token=x") is Use.PRIVATE
    assert use_of("Ici", AT, hidden="https://x.com/region") is Use.IDLE
    assert use_of("Ici", AT, hint="Unsubscribe") is Use.PRIVATE


def test_front_pages_and_buttons() -> None:
    assert [is_home(link) for link in ("https://region.exemple", "https://region.exemple/fr/", AT)] == [
        True,
        True,
        False,
    ]
    assert [is_button(text) for text in ("", "ici", "Prix de l'innovation")] == [True, True, False]


@pytest.mark.parametrize(
    ("link", "bare"),
    [
        (f"{AT}?utm_source=nl&utm_campaign=x&id=3", f"{AT}?id=3"),
        (f"{AT}?mc_cid=9c1e&mc_eid=0f9d3c77ab", AT),
        (f"{AT}?_hsenc=p2A&_hsmi=12", AT),
        (f"{AT}?elqTrackId=abc&elq=def", AT),
        (f"{AT}?email=veille%40pole.exemple", AT),
        (f"{AT}?who={quote(READER)}&page=2", f"{AT}?page=2"),
        (f"{AT}?who={coded(READER)}", AT),
        (f"{AT}?who=8d6e9a2b#utm_medium=mail", f"{AT}?who=8d6e9a2b"),
        (f"{AT}?uid=a9f3b2c1d0", AT),
        (f"{AT}?cid=12&uid=7", f"{AT}?cid=12&uid=7"),
        ("https://grappe.exemple/r/Fx1/m/98231", "https://grappe.exemple/r/Fx1"),
        (f"{AT}?q=bois&region=84#dates", f"{AT}?q=bois&region=84#dates"),
    ],
)
def test_marks_and_codes_are_taken_off(link: str, bare: str) -> None:
    assert untracked(link, (), {READER}) == bare


def test_a_hash_of_the_reader_is_taken_off() -> None:
    for name in ("md5", "sha1", "sha256"):
        assert untracked(f"{AT}?h={hashlib.new(name, READER.encode()).hexdigest()}", (), {READER}) == AT


def test_a_code_that_different_pages_share_is_the_reader_s() -> None:
    links = [f"https://region.exemple/{page}?k=9fA2b7Cc01dE&id={page}" for page in range(3)]
    shared = personal_pairs(links)
    assert shared == {("k", "9fA2b7Cc01dE")}
    assert untracked(links[1], shared) == "https://region.exemple/1?id=1"
    assert personal_pairs([f"{AT}?k=9fA2b7Cc01dE", f"{AT}?k=9fA2b7Cc01dE"]) == frozenset()
    assert personal_pairs([f"https://region.exemple/{page}?lang=fr" for page in range(3)]) == frozenset()


def test_a_reader_spelled_in_a_path_is_seen() -> None:
    assert names_recipient(f"https://x.exemple/u/{quote(READER)}/a", {READER})
    assert not names_recipient(AT, {READER})
