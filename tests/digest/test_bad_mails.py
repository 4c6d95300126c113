"""What hostile titles, texts, addresses and numbers do to a whole mail, from the item to the bytes that leave."""

import email
import email.policy
import gc
import json
import re
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from tests.bad_inputs import cases, value_of
from tests.digest.builders import FRIDAY, bulletin, digest, hebdo, item, match, member, subscriber
from veille.config.digests import Definition
from veille.config.settings import Cluster, Settings
from veille.config.settings import Mail as MailSettings
from veille.digest.choosing.bulletin import compose
from veille.digest.choosing.select import Offer
from veille.digest.composing import Composer, make_frame
from veille.digest.mail import encoding
from veille.digest.rendering import groups
from veille.errors import InputError
from veille.model import Bulletin, Scheme
from veille.tokens import Keys

SENT = datetime(2026, 11, 27, 6, 30, tzinfo=UTC)
SETTINGS = Settings(
    cluster=Cluster(id="pole", name="Pôle Nutrition & Santé", contact="equipe@pole.example.fr"),
    mail=MailSettings(sender="veille@pole.example.fr"),
)
NAMES = [
    "Date", "From", "To", "Reply-To", "Subject", "Message-ID", "List-Unsubscribe", "List-Id", "Auto-Submitted",
    "Precedence", "MIME-Version", "Content-Type", "Feedback-ID",
]  # fmt: skip
TITLES = [
    "Appel\r\nBcc: x@y.z\r\n\r\nici", "=?utf-8?q?a=0D=0ABcc:_x@y.z?=", "é" * 10_000, "mot " * 2_500, "\u202etxet\u2066",
    "a\u2028b\x00c\x0bd", "<script>alert(1)</script>{{ 4567*8911 }}", "\ud800", "", " \t\n", "a" * 10_000,
]  # fmt: skip


class Labels:
    def short(self, scheme: Scheme, term: str) -> str:
        return f"{scheme.value} {term}"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys") / "keys.json")


def composer_of(keys: Keys, definition: Definition | None = None) -> Composer:
    made = make_frame(definition or hebdo(), SETTINGS, FRIDAY, keys.newest, period="2026-W48")
    return Composer(made, keys)


@pytest.fixture(scope="module")
def composer(keys: Keys) -> Composer:
    return composer_of(keys)


def worded(*offers: Offer, organisation: str = "Phytalis") -> Bulletin:
    return compose(
        digest(),
        offers,
        member=member(organisation=organisation),
        subscriber=subscriber(),
        day=FRIDAY,
        zone=ZoneInfo("Europe/Paris"),
        labels=Labels(),
    )


def sent(composer: Composer, shown: Bulletin, address: str = "anne@phytalis.example.fr") -> EmailMessage:
    """Return the mail as the email package reads it, checked before as at approval."""
    mark = "<hebdo.2026-W48.1.abc@pole.example.fr>"
    composer.check(shown, email=address, message_id=mark, sent=SENT)
    raw = composer.mail(shown, email=address, message_id=mark, sent=SENT).raw
    return cast("EmailMessage", email.message_from_bytes(raw, policy=email.policy.default))


def parts(message: EmailMessage) -> tuple[str, str]:
    text, html = (cast("EmailMessage", part).get_content() for part in message.iter_parts())
    return text, html


@pytest.mark.parametrize("title", TITLES, ids=lambda title: ascii(title[:12]))
def test_a_hostile_title_is_one_short_line_of_text(composer: Composer, title: str):
    offer = Offer(item=item(title=title), match=match(), section="seize", star=True)
    message = sent(composer, worded(offer, organisation=title or "Phytalis"))
    assert message.keys() == NAMES
    assert len(message["Subject"]) <= 200
    text, html = parts(message)
    for shown in (text, html):
        assert not re.search("[\x00\x0b\u2028\u202a-\u202e\u2066-\u2069]|Bcc: x@y.z\n", shown)
        assert max(map(len, re.split(r"[\s>]", shown))) < 600
    assert "<script" not in html
    assert str(4567 * 8911) not in text + html


@pytest.mark.parametrize("case", cases("email", classes={"header"}))
def test_what_no_header_may_hold_is_in_no_header(composer: Composer, case: dict[str, object]):
    hostile = str(value_of(case))
    offer = Offer(item=item(title=hostile), match=match(), section="seize")
    assert sent(composer, worded(offer, organisation=hostile)).keys() == NAMES


@pytest.mark.parametrize(
    "address",
    [
        '"Dupont, Jean" <evil@x.y>', '"a b"@exemple.fr', "a@b@exemple.fr", "a@exemple.fr, b@exemple.fr", "é@exemple.fr",
        "a@exémple.fr", "a@exemple.fr\r\nRCPT TO:<b@c.fr>", "", "@exemple.fr", "a@", "a@localhost", f"{'a' * 65}@b.fr",
        "a\u202e@exemple.fr", "a@[127.0.0.1]", "<a@exemple.fr>", "a@exemple.fr\x00",
    ],
    ids=ascii,
)  # fmt: skip
def test_no_mail_is_made_for_what_is_not_one_plain_address(composer: Composer, address: str):
    with pytest.raises(InputError, match="adresse refusée"):
        sent(composer, bulletin(), address)


HTML_IN_TEXT = (
    'Soutien <img src="https://x.y/p.gif"> aux <style>p{background:url(https://x.y)}</style> projets. '
    '<a href="data:text/html,x">data:</a> <iframe src=//x.y></iframe> Dépôt des dossiers en ligne.'
)


def test_markup_in_an_item_is_shown_as_text(composer: Composer):
    offers = [
        Offer(item=item(text=HTML_IN_TEXT, title="<b>Titre</b>"), match=match(), section=section)
        for section in ("understand", "seize")
    ]
    _, html = parts(sent(composer, worded(*offers)))
    body = html.partition("<body")[2]
    assert "&lt;b&gt;Titre" in body
    assert not re.search(r"<(img|iframe|script|b)\b|<style(?![^<]*font-family)", body)
    assert not re.search(r"(?:href|src)=\"(?!https://exemple\.fr/|https://veille\.invalid/|mailto:)", body)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "https://x.y/\r\nBcc: a@b.c", "//x", None])
def test_an_item_without_a_web_address_has_no_link(composer: Composer, url: str | None):
    offer = Offer(item=item(url=url, title="Sans adresse"), match=match(), section="seize", star=True)
    _, html = parts(sent(composer, worded(offer)))
    assert html.count(">Sans adresse") == 2
    assert not re.search(r"javascript:|data:|//x", html)


def test_four_hundred_items_do_not_fit_and_the_page_on_the_web_is_linked(composer: Composer):
    assert not composer.fits(bulletin(lines=400))
    with pytest.raises(InputError, match="95 ko de HTML"):
        sent(composer, bulletin(lines=400))
    assert composer.fits(bulletin(lines=40))
    _, html = parts(sent(composer, bulletin(lines=40)))
    assert re.search(r'href="https://veille\.invalid/m/bulletin/[^"]+"[^>]*>Voir en ligne<', html)
    assert len(html.encode()) < 80_000


def readers(count: int) -> Iterator[Bulletin]:
    for number in range(count):
        lines = bulletin(lines=3).sections[0]
        yield bulletin(number, sections=(lines,), organisation=f"Membre {number}", preheader=f"Pour le membre {number}")


def held() -> int:
    encoding._encoded.cache_clear()  # bound by itself, and not full yet
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def test_memory_does_not_grow_with_the_readers(keys: Keys, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(groups, "KEPT", 50)
    many = composer_of(keys)
    tracemalloc.start()
    for number, shown in enumerate(readers(600)):
        many.fits(shown)
        if number == 199:
            before = held()
    grown = held() - before
    tracemalloc.stop()
    assert grown < 20_000, "bytes for 400 more readers"


def test_readers_share_the_words_of_an_item():
    stored = [json.dumps(bulletin(number).as_data()) for number in (1, 2)]
    first, second = (Bulletin.from_data(json.loads(one)) for one in stored)
    assert (first, second) == (bulletin(1), bulletin(2))
    assert first.lines[0].title is second.lines[0].title
    assert first.lines[0].reasons[0] is second.lines[0].reasons[0]
