"""Mails of 40 lines a second on one core: drawn, encoded, signed and read back, beside the usual stack and the limit.

python benchmarks/digest.py [--mails 2000] [--readers 80000]; the last line is one JSON object. The usual stack draws
each mail by Jinja, inlines its CSS, lets `email.message` encode it and dkimpy sign it. The limit is what no signed mail
goes below: one RSA-2048 signature and one SHA-256 of the same body. With --readers, that many mails are composed,
one after the other as a sender does, and what is measured is the memory that they take.
"""

import argparse
import hashlib
import json
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import dkim
from jinja2 import DictLoader, Environment, select_autoescape

from veille.config.digests import Definition, load_digest
from veille.config.instance import shipped
from veille.digest.composing import Composer
from veille.digest.mail.dkim import DkimKey, Signer, load_key, new_key_pem
from veille.digest.rendering.templates import compile_templates, inline_page
from veille.model import Bulletin, Line, Section
from veille.tokens import Keys

SENT = datetime(2026, 11, 27, 6, 30, tzinfo=UTC)
DAY = date(2026, 11, 27)
LINES = 40
#: Mails whose bodies the limit is measured on.
KEPT = 300
#: Items that an issue draws from, and different reasons why one is there.
ITEMS, REASONS = 300, 30
#: Kind, title, lines, and which of the items may stand there: their type decides it.
SECTIONS = (("seize", "À saisir", 20, range(130)),
            ("deadlines", "Échéances proches", 6, range(130, 180)),
            ("understand", "À comprendre", 10, range(180, 260)),
            ("network", "Vie du réseau", 4, range(260, 300)))  # fmt: skip


def frame_of(definition: Definition, keys: Keys) -> dict[str, Any]:
    """Return what all mails of the issue share."""
    return {
        "digest": "hebdo",
        "period": "2026-W48",
        "title": "La veille de la semaine",
        "day": DAY.isoformat(),
        "cluster": "Pôle Nutrition & Santé",
        "postal_address": "12 rue des Puys, 63000 Clermont-Ferrand",
        "contact": "veille@pole.example.fr",
        "notice": "",
        "sender": "veille@pole.example.fr",
        "reply_to": "veille@pole.example.fr",
        "return_path": "retours@pole.example.fr",
        "feedback_id": "2026-W48:hebdo:pole:veille",
        "site_url": "https://veille.pole.example.fr",
        "list_id": "hebdo.pole.example.fr",
        "key_id": keys.newest,
        "templates": compile_templates(definition).as_data(),
    }


def bulletins(count: int) -> Iterator[Bulletin]:
    """Yield bulletins of 40 lines, each its own choice and its own reasons."""
    draw = random.Random(20261122)
    items = [_line(number) for number in range(ITEMS)]
    for number in range(count):
        sections = tuple(
            Section(
                kind=kind,
                title=title,
                lines=tuple(
                    replace(
                        items[one], reasons=(_reason(draw), "même filière que vous"), star=kind == "seize" and n < 3
                    )
                    for n, one in enumerate(draw.sample(among, size))
                ),
            )
            for kind, title, size, among in SECTIONS
        )
        yield Bulletin(
            subscriber_id=10_000 + number,
            member_id=number,
            organisation=f"Organisation {number}",
            first_name="",
            subject=f"3 appels ferment cette semaine ({number % 7})",
            preheader="Un appel à projets régional, deux marchés et un salon à Lyon",
            sections=sections,
        )


def _line(number: int) -> Line:
    return Line(
        item_id=number,
        item_version=1,
        title=f"Appel à projets n° {number} : ingrédients, sûreté sanitaire et santé des aînés en région",
        url=f"https://www.exemple.fr/appels-a-projets/ingredients-et-sante-{number}?utm=veille",
        facts=("AAP", "Auvergne-Rhône-Alpes", "≤ 300 k€"),
        deadline="mardi 8 décembre",
        verb="clôt",
        badge="J-11",
        sources=("Région Auvergne-Rhône-Alpes", "Aides-territoires"),
        published="20 nov. 2026",
        extract="Soutien aux projets collaboratifs de recherche portés par deux entreprises et un laboratoire.",
        eligibility="à vérifier",
        eligibility_note="votre effectif ?",
    )


def _reason(draw: random.Random) -> str:
    return f"votre besoin « sujet n° {draw.randrange(REASONS)} » est dans l'appel"


def ours(composer: Composer, many: list[Bulletin], kept: list[bytes]) -> int:
    """Compose through the program, one mail after the other as a sender does; keep some, return their bytes."""
    size = 0
    for one in many:
        mail = composer.mail(one, email=f"p{one.subscriber_id}@exemple.fr", message_id=_mark(one), sent=SENT)
        size += len(mail.raw)
        if len(kept) < KEPT:
            kept.append(mail.raw)
    return size


def _mark(one: Bulletin) -> str:
    return f"<hebdo.2026-W48.{one.subscriber_id}.abcdef@pole.example.fr>"


class Usual:
    """Jinja, css-inline, email.message and dkimpy on every mail."""

    def __init__(self, definition: Definition, composer: Composer, pem: bytes) -> None:
        env = Environment(
            loader=DictLoader(dict(definition.sources)),
            autoescape=select_autoescape(["html.jinja"]),
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._html, self._text = (env.get_template(definition.entry(f"body.{k}.jinja")) for k in ("html", "txt"))
        self._composer, self._pem = composer, pem

    def mail(self, one: Bulletin) -> bytes:
        """Return one signed mail."""
        context = self._composer.page(one).as_context()
        mail = EmailMessage(policy=SMTP)
        mail["From"], mail["To"] = "veille@pole.example.fr", f"p{one.subscriber_id}@exemple.fr"
        mail["Subject"], mail["Message-ID"] = one.subject, _mark(one)
        mail.set_content(self._text.render(context), cte="quoted-printable")
        mail.add_alternative(inline_page(self._html.render(context)), subtype="html", cte="quoted-printable")
        raw = mail.as_bytes()
        return bytes(dkim.sign(raw, b"veille", b"pole.example.fr", self._pem)) + raw


def per_second(work: Callable[[], int]) -> float:
    """Return mails a second of processor time."""
    start = time.process_time()
    done = work()
    return done / (time.process_time() - start)


def memory(readers: int) -> dict[str, Any]:
    """Return what composing that many mails takes, from a bulletin to bytes that nobody keeps."""
    definition = load_digest([shipped() / "digests"], "hebdo")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "dkim.pem")
        path.write_bytes(new_key_pem())
        keys = Keys(Path(folder, "keys.json"))
        signer = Signer((load_key(path, selector="veille", domain="pole.example.fr"),))
        composer = Composer(frame_of(definition, keys), keys, signer)
        start, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for one in bulletins(readers):
            composer.mail(one, email=f"p{one.subscriber_id}@exemple.fr", message_id=_mark(one), sent=SENT)
    return {
        "readers": readers,
        "lines": LINES,
        "cpu_seconds_bulletins_included": round(time.process_time() - start, 1),
        "mb_before": before // 1024,
        "mb_at_most": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=2000)
    parser.add_argument("--readers", type=int, default=0)
    given = parser.parse_args()
    if given.readers:
        print(json.dumps(memory(given.readers)))
        return
    count: int = given.mails
    definition = load_digest([shipped() / "digests"], "hebdo")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "dkim.pem")
        path.write_bytes(new_key_pem())
        key = load_key(path, selector="veille", domain="pole.example.fr")
        keys = Keys(Path(folder, "keys.json"))
        composer = Composer(frame_of(definition, keys), keys, Signer((key,)))
        many = list(bulletins(count))
        kept: list[bytes] = []
        sizes: list[int] = []
        speed = per_second(lambda: len(sizes.append(ours(composer, many, kept)) or many))
        pem = path.read_bytes()
    usual = Usual(definition, composer, pem)
    few = many[: max(20, count // 40)]
    peer = per_second(lambda: len([usual.mail(one) for one in few]))
    bodies = [raw.partition(b"\r\n\r\n")[2] for raw in kept]
    limit = per_second(lambda: len([_signed(key, body) for body in bodies]))
    result = {
        "mails": count,
        "lines": LINES,
        "bytes_of_a_mail": round(sizes[0] / count),
        "html_bytes": len(composer.render(many[0]).html.encode()),
        "mails_per_cpu_second": round(speed),
        "usual_stack": round(peer, 1),
        "limit": round(limit),
        "times_the_usual_stack": round(speed / peer, 1),
        "share_of_the_limit": round(speed / limit, 2),
    }
    composer.close()
    print(f"{count} mails: {speed:.0f}/s of processor time, usual stack {peer:.0f}/s, limit {limit:.0f}/s")
    print(json.dumps(result))


def _signed(key: DkimKey, body: bytes) -> bytes:
    return key.sign(hashlib.sha256(body).digest())


if __name__ == "__main__":
    main()
