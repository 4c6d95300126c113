"""What members forward becomes suggestions: what they meant, what they said of it, who they are; each mail once."""

from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest

from tests.crawl.newsletters.letters import FOLDER, HOST, letters, mail, passed
from tests.crawl.newsletters.test_letters import read
from veille.model.letters import Suggested

MEMBER = "Luc Ferrand <luc@fonderie.exemple>"
FORWARDED = "<p>---------- Forwarded message ---------<br>De : x &lt;x@y.exemple&gt;<br>Subject: S</p>"
OPTIONS: dict[str, Any] = {"forwarded": True, "forwarders": ("fonderie.exemple",), "senders": ()}
ARTICLE = "https://www.region.exemple/appels/fonderies-2027"

OUTLOOK, GMAIL, THUNDERBIRD, APPLE = (
    (FOLDER / f"forward-{name}.html").read_text(encoding="utf-8")
    for name in ("outlook", "gmail", "thunderbird", "apple")
)
PLAIN = (FOLDER / "forward-plain.txt").read_text(encoding="utf-8")
FORWARDS = {
    "Outlook": (OUTLOOK, "Bonjour Maud,\nCet appel irait bien avec le projet four électrique."),
    "Gmail": (GMAIL, "À étudier ?"),
    "Thunderbird": (THUNDERBIRD, "Pour la veille."),
    "Apple Mail": (APPLE, "Vu ce matin."),
}


def forward(html: str = "", **fields: Any) -> bytes:
    return mail(
        html, **{"sender": MEMBER, "subject": "TR: Appel à projets fonderies", "message_id": "<f1@fonderie>", **fields}
    )


def suggested(*raw: bytes, **options: Any) -> tuple[Suggested, ...]:
    feed = read(*raw, **{**OPTIONS, **options})
    assert feed.entries == ()
    return feed.suggestions


@pytest.mark.parametrize("program", FORWARDS)
def test_a_forwarded_article_is_one_suggestion(program: str) -> None:
    html, comment = FORWARDS[program]
    (one,) = suggested(forward(html))
    assert (one.entry.title, one.entry.link) == ("Appel à projets fonderies", ARTICLE)
    assert "18 décembre" in one.entry.text
    assert one.comment == comment
    assert one.by == "luc@fonderie.exemple"


def test_a_plain_forward_is_one_suggestion() -> None:
    (one,) = suggested(forward(plain=PLAIN))
    assert (one.entry.title, one.entry.link) == ("Appel à projets fonderies", ARTICLE)
    assert "18 décembre" in one.entry.text
    assert one.comment == "Bonjour,\nIntéressant pour nous."


def test_a_message_attached_whole_is_read() -> None:
    inner = EmailMessage(policy=SMTP)
    inner["Subject"], inner["From"] = "Appel à projets fonderies", "lettre@region.exemple"
    inner.set_content(f"<p>Clôture le 18 décembre. <a href='{ARTICLE}'>Lire l'appel</a></p>", subtype="html")
    outer = EmailMessage(policy=SMTP)
    outer["Authentication-Results"] = passed("fonderie.exemple")
    outer["From"], outer["Subject"], outer["Message-ID"] = MEMBER, "À voir", "<f9@fonderie>"
    outer.set_content("En pièce jointe.\n")
    outer.add_attachment(inner)
    (one,) = suggested(outer.as_bytes())
    assert (one.entry.title, one.entry.link, one.comment) == ("Appel à projets fonderies", ARTICLE, "En pièce jointe.")


def test_what_the_person_links_to_is_what_they_mean() -> None:
    html = f"<p>Regardez <a href='{ARTICLE}'>cet appel sur les fours électriques</a> !</p>{GMAIL.partition('<br>')[2]}"
    html = html.replace("Lire l'appel", "Un autre lien").replace(f'href="{ARTICLE}"', 'href="https://autre.exemple/x"')
    (one,) = suggested(forward(html))
    assert (one.entry.title, one.entry.link) == ("cet appel sur les fours électriques", ARTICLE)


def test_a_bare_link_sent_to_the_box_is_a_suggestion() -> None:
    (one,) = suggested(forward(plain=f"{ARTICLE}\n", subject="Appel fonderies"))
    assert (one.entry.title, one.entry.link) == ("Appel fonderies", ARTICLE)


def test_a_forwarded_letter_gives_its_articles_but_not_too_many() -> None:
    letter = letters()["simplenews"]
    html = f"<p>Pour info</p>{FORWARDED}{letter.html()}"
    assert [one.entry.title for one in suggested(forward(html))] == [item.title for item in letter.items]
    many = "".join(
        f"<h2><a href='https://x.exemple/{n}'>Article numéro {n} du mois</a></h2><p>t</p>" for n in range(30)
    )
    assert len(suggested(forward(FORWARDED + many))) == 10


def test_a_mail_without_any_link_is_a_suggestion_of_its_text() -> None:
    text = "Bonjour,\n\nLe comité de filière réunira les fondeurs le 12 janvier.\n\nLuc"
    (one,) = suggested(forward(plain=text, subject="Comité de filière"))
    assert (one.entry.title, one.entry.link) == ("Comité de filière", None)
    assert "12 janvier" in one.entry.text


def test_nobody_else_suggests_anything() -> None:
    stranger = forward(GMAIL, sender="evil@evil.exemple")
    forged = forward(GMAIL, results=f"{HOST}; dkim=none; dmarc=fail header.from=fonderie.exemple")
    feed = read(stranger, forged, **OPTIONS)
    assert (feed.entries, feed.suggestions) == ((), ())
    assert feed.remark == (
        "2 messages ignorés : 1 expéditeur non admis (evil@evil.exemple), "
        "1 expéditeur non authentifié (luc@fonderie.exemple)"
    )


def test_the_inner_author_of_a_forward_needs_no_word_of_our_server() -> None:
    feed = read(forward(OUTLOOK), **OPTIONS)
    assert len(feed.suggestions) == 1
    assert feed.remark == "1 suggestion reçue"


def test_the_same_mail_has_the_same_identity() -> None:
    first, second = suggested(forward(GMAIL)), suggested(forward(GMAIL))
    assert [one.entry.guid for one in first] == [one.entry.guid for one in second]
    other = suggested(forward(GMAIL, message_id="<f2@fonderie>"))
    assert first[0].entry.guid != other[0].entry.guid


def test_letters_and_forwards_may_share_a_folder() -> None:
    letter = letters()["simplenews"]
    feed = read(letter.raw(), forward(GMAIL), **{**OPTIONS, "senders": ("region.exemple",)})
    assert [entry.title for entry in feed.entries] == [item.title for item in letter.items]
    assert len(feed.suggestions) == 1
