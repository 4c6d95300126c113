"""From a frozen issue to the bytes of each mail: the same at each try."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from veille.addresses import parse_address
from veille.config.brand import load_logo
from veille.config.digests import HTML, Definition
from veille.config.settings import Settings
from veille.digest.choosing import wording
from veille.digest.mail.dkim import Signer
from veille.digest.mail.encoding import image_part
from veille.digest.mail.message import Letter, build, make_message_id
from veille.digest.mail.reading_back import read_again
from veille.digest.relays.known import for_relay, host_of
from veille.digest.rendering.context import Frame, ItemLinks, Links, Page
from veille.digest.rendering.encoding import Encoded
from veille.digest.rendering.inspecting import MAX_BYTES
from veille.digest.rendering.render import renderer_for
from veille.digest.rendering.sandbox import Rendered
from veille.digest.rendering.templates import compile_templates, compiled_from
from veille.errors import InputError, TemplateError
from veille.links import LinkMaker, return_address
from veille.model import Bulletin, Line, OutgoingMail
from veille.tokens import Keys

#: Bytes of HTML left to the word of the week and to a notice, which come after the items were chosen.
_TO_COME = 2_000


def make_frame(definition: Definition, settings: Settings, day: date, key_id: str, *, period: str) -> dict[str, Any]:
    """Return what every mail of an issue shares, as plain data to be frozen with it."""
    sender = parse_address(settings.mail.sender)
    return {
        "digest": definition.name,
        "period": period,
        "title": definition.digest.title,
        "day": day.isoformat(),
        "cluster": settings.cluster.name,
        # Printed after the cluster's name, with which addresses often begin.
        "postal_address": settings.cluster.postal_address.removeprefix(settings.cluster.name).lstrip(" ,;·–-\n"),
        "contact": settings.cluster.contact,
        "notice": "",
        "sender": sender,
        "reply_to": settings.mail.reply_to or settings.cluster.contact,
        "return_path": settings.mail.return_path,
        "feedback_id": f"{period}:{definition.name}:{settings.cluster.id}:veille",
        "relay_host": host_of(settings.mail.url.get_secret_value()),
        "count_links": settings.site.count_links,
        "site_url": settings.site.url.rstrip("/"),
        "list_id": f"{definition.list_name}.{sender.rpartition('@')[2]}",
        "key_id": key_id,
        "templates": compile_templates(definition, settings.brand).as_data(),
        "footer": settings.brand.footer,
        "logo": _carried_logo(settings),
    }


def _carried_logo(settings: Settings) -> dict[str, Any] | None:
    """Return the logo that mails carry, as plain data."""
    if settings.brand.logo is None:
        return None
    logo = load_logo(settings.home / settings.brand.logo)
    data = base64.b64encode(logo.raw).decode()
    return {"kind": logo.kind, "data": data, "width": logo.width, "height": logo.height}


class Composer:
    """Draws and assembles the mails of one issue; close it to end its child process."""

    def __init__(self, frame: Mapping[str, Any], keys: Keys, signer: Signer | None = None) -> None:
        self._frame = frame
        self._keys = keys
        self._signer = signer
        logo = frame.get("logo") or {}
        day = date.fromisoformat(frame["day"])
        self._item_links: dict[int, str] = {}
        self._links = LinkMaker(keys, frame["site_url"], day, frame["key_id"])
        self._shown = Frame(
            title=frame["title"],
            day=wording.full_day(day),
            cluster=frame["cluster"],
            postal_address=frame["postal_address"],
            contact=frame["contact"],
            notice=frame["notice"],
            word=frame.get("word", ""),
            footer=frame.get("footer", ""),
            logo_width=logo.get("width", 0),
            logo_height=logo.get("height", 0),
            counted=bool(frame.get("count_links")),
        )
        self._logo = f"data:image/{logo['kind']};base64,{logo['data']}" if logo else ""
        self._image = image_part("logo", logo["kind"], base64.b64decode(logo["data"])) if logo else b""
        self._renderer = renderer_for(compiled_from(frame["templates"]))
        #: Bytes of HTML of the heaviest bulletin that fitted.
        self.heaviest = 0

    def close(self) -> None:
        """End the child process, if any."""
        self._renderer.close()

    def render(self, bulletin: Bulletin) -> Rendered:
        """Draw one bulletin to be looked at, its logo inside; raises TemplateError naming template and line."""
        drawn = self._renderer.render(self.page(bulletin))
        return replace(drawn, html=drawn.html.replace('src="cid:logo"', f'src="{self._logo}"')) if self._logo else drawn

    def page(self, bulletin: Bulletin) -> Page:
        """Return what the templates are given."""
        frame, reader, make = self._frame, bulletin.subscriber_id, self._links
        links = Links(
            unsubscribe=make.unsubscribe(reader),
            preferences=make.preferences(reader),
            bulletin=make.bulletin(reader, frame.get("digest", ""), frame.get("period", "")),
            calendar=make.calendar(reader),
            opinions=ItemLinks(make.opinions(reader)),
        )
        return Page(bulletin=self._counted(bulletin), frame=self._shown, links=links)

    def _counted(self, bulletin: Bulletin) -> Bulletin:
        """Lead the links of items through our counter, where the issue has one: by item, the same for everybody."""
        if not self._shown.counted:
            return bulletin
        sections = tuple(
            replace(section, lines=tuple(replace(line, url=self._item_link(line)) for line in section.lines))
            for section in bulletin.sections
        )
        return replace(bulletin, sections=sections)

    def _item_link(self, line: Line) -> str | None:
        """Return the counted link of one line, signed once an issue."""
        if line.url is None:
            return None
        known = self._item_links.get(line.item_id)
        if known is None:
            known = self._links.item(self._frame["digest"], self._frame["period"], line.item_id)
            self._item_links[line.item_id] = known
        return known

    def mail(
        self, bulletin: Bulletin, *, email: str, message_id: str, sent: datetime, approved: str = ""
    ) -> OutgoingMail:
        """Return the final bytes of one mail; raises InputError for what no mail may carry.

        `approved` is the SHA-256 of the drawing that was approved: where it is another, TemplateError, nothing leaves.
        """
        page = self.page(bulletin)
        drawn = self._renderer.encode(page)
        mail = self._assemble(page, drawn, email=email, message_id=message_id, sent=sent)
        if approved and _seen(drawn, mail) != approved:
            raise TemplateError(
                f"le mail de {bulletin.organisation} n'est plus celui qui a été approuvé",
                template=self._frame["templates"]["entries"][HTML],
                cure="le programme ou ses clés ont changé depuis : « veille digest reopen », relisez, puis approuvez",
            )
        return mail

    def _assemble(self, page: Page, drawn: Encoded, *, email: str, message_id: str, sent: datetime) -> OutgoingMail:
        frame, unsubscribe = self._frame, page.links.unsubscribe
        token = unsubscribe.rpartition("/")[2]
        letter = Letter(
            sender=frame["sender"],
            sender_name=frame["cluster"],
            recipient=email,
            reply_to=frame["reply_to"],
            subject=frame.get("prefix", "") + drawn.subject,
            body=drawn.body,
            image=self._image,
            message_id=message_id,
            date=sent,
            list_name=f"{frame['title']} ({frame['cluster']})",
            list_id=frame["list_id"],
            unsubscribe_url=unsubscribe,
            unsubscribe_mailto=f"{frame['reply_to'] or frame['sender']}?subject=desinscription%20{token}",
            return_path=return_address(self._keys, frame.get("return_path", ""), page.bulletin.subscriber_id),
            feedback_id=frame.get("feedback_id", ""),
            for_relay=for_relay(frame.get("relay_host", ""), message_id),
            in_reply_to=self._answers(page.bulletin.subscriber_id),
        )
        return build(letter, self._signer)

    def fits(self, bulletin: Bulletin) -> bool:
        """Tell whether mail clients show the whole of it, with what approval may still add to it."""
        size = self._renderer.encode(self.page(bulletin)).html_size
        fits = size <= MAX_BYTES - _TO_COME
        self.heaviest = max(self.heaviest, size) if fits else self.heaviest
        return fits

    def check(self, bulletin: Bulletin, *, email: str, message_id: str, sent: datetime) -> str:
        """Return the SHA-256 of the drawing, or refuse what must not leave: InputError naming reader and fault."""
        page = self.page(bulletin)
        drawn = self._renderer.encode(page)
        found = self._renderer.problems(page, drawn) + (
            [f"plus de {MAX_BYTES // 1_000} ko de HTML : Gmail couperait"] if drawn.too_big else []
        )
        if found:
            raise InputError(
                f"bulletin de {bulletin.organisation} ({email}) : {' ; '.join(found)}",
                cure="corrigez le gabarit, puis refaites l'édition avec « veille digest build »",
            )
        mail = self._assemble(page, drawn, email=email, message_id=message_id, sent=sent)
        read_again(mail.raw, mail.recipient)
        return _seen(drawn, mail)

    def _answers(self, subscriber_id: int) -> str:
        """Return the Message-ID of the mail that this one corrects, or nothing."""
        told = self._frame.get("answers")
        return make_message_id(**told, subscriber_id=subscriber_id) if told else ""


def _seen(drawn: Encoded, mail: OutgoingMail) -> str:
    """Hash what a reader sees of a mail: its subject, and the body, which is hashed for its signature already."""
    return hashlib.sha256(f"{drawn.subject}\0{mail.body_sha256}".encode("utf-8", "replace")).hexdigest()
