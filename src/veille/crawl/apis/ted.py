"""TED notices of the forms before eForms (TED_EXPORT, schemas R2.0.8 and R2.0.9; pure)."""

import re
from typing import Any

from veille.crawl.apis.notice import Lot, Notice, NoticeKind
from veille.crawl.apis.payload import day, euros, first, instant
from veille.crawl.apis.xmltree import child, children, codes, said, say, within
from veille.crawl.entries import safe_link

#: TD_DOCUMENT_TYPE (TED code list « Document type »): what may be answered, and what closes.
_CALLS = frozenset({"3", "4", "5", "A", "C", "D", "E", "H", "I", "M", "O", "Y"})
_AWARDS = frozenset({"7", "J", "R", "V"})
_CHANGES = frozenset({"K"})
#: Estimated, then awarded totals.
_TOTALS = ("PROCUREMENT_TOTAL", "ESTIMATED_TOTAL", "GLOBAL")
#: Letters of a NUTS code that names a whole country.
_COUNTRY = 2
_NATURES = {"1": "travaux", "2": "fournitures", "4": "services"}
_PROCEDURES = {
    "1": "procédure ouverte",
    "2": "procédure restreinte",
    "3": "procédure restreinte accélérée",
    "4": "procédure négociée",
    "6": "procédure négociée accélérée",
    "C": "dialogue compétitif",
    "G": "partenariat d'innovation",
}
_REACHED = ("E_MAIL", "PHONE")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")


def ted_notice(export: Any) -> Notice:
    """Read one TED_EXPORT element."""
    coded = child(export, "CODED_DATA_SECTION")
    data, codified = child(coded, "NOTICE_DATA"), child(coded, "CODIF_DATA")
    form = _form(export)
    number = export.get("DOC_ID", "").strip() or said(child(data, "NO_DOC_OJS"))
    document_type = next(iter(codes(children(codified, "TD_DOCUMENT_TYPE"))), "")
    return Notice(
        id=f"ted:{number}" if number else "",
        kind=_kind(document_type),
        title=_title(form),
        link=safe_link(first(say(_french(children(data, "URI_LIST/URI_DOC"))))),
        published=instant(_COMPACT.sub(r"\1-\2-\3", said(child(coded, "REF_OJS/DATE_PUB")))),
        buyer=_buyer(export, form),
        description=_description(form),
        details=_details(codified),
        lots=tuple(_lots(form)),
        places=tuple(say(within(form, "MAIN_SITE", "LOCATION")))[:5] if form is not None else (),
        winners=tuple(_winners(form)),
        cpv=codes(children(data, "ORIGINAL_CPV")),
        nuts=_nuts(data),
        deadline=day(said(child(codified, "DT_DATE_FOR_SUBMISSION"))),
        amount=_amount(data),
        contact=_contact(form),
        reference=number,
        language=form.get("LG", "FR").lower() if form is not None else "fr",
    )


def _kind(code: str) -> NoticeKind:
    if code in _CALLS:
        return NoticeKind.CALL
    if code in _AWARDS:
        return NoticeKind.AWARD
    return NoticeKind.CHANGE if code in _CHANGES else NoticeKind.INFORMATION


def _form(export: Any) -> Any | None:
    """Return the form in French, else in its original language, else the first."""
    section = child(export, "FORM_SECTION")
    forms = [] if section is None else list(section)
    for wanted, value in (("LG", "FR"), ("CATEGORY", "ORIGINAL")):
        for form in forms:
            if form.get(wanted) == value:
                return form
    return next(iter(forms), None)


def _french(elements: list[Any]) -> list[Any]:
    """Put what is in French first."""
    return sorted(elements, key=lambda one: one.get("LG") != "FR")


def _title(form: Any | None) -> str:
    """Return the title of the contract: that of the first object, before those of lots."""
    if form is None:
        return ""
    titles = say(within(form, "OBJECT_CONTRACT", "OBJECT_CONTEST"))
    found = next(iter(within(form, "TITLE", "TITLE_CONTRACT", "TITLE_DESIGN_CONTACT")), None)
    return said(found).replace("\n", " ") or next((title[:200] for title in titles), "")


def _buyer(export: Any, form: Any | None) -> str:
    named = say(_french(children(export, "TRANSLATION_SECTION/ML_AA_NAMES/AA_NAME")))
    return next(iter(named or (say(within(form, "OFFICIALNAME")) if form is not None else [])), "")


def _contact(form: Any | None) -> str:
    """Return where the buyer may be reached: the first address of the form is its own."""
    if form is None:
        return ""
    return ", ".join(next(iter(say(within(form, name))), "") for name in _REACHED).strip(", ")


def _description(form: Any | None) -> str:
    """Return the short description of the whole, which stands before those of lots."""
    if form is None:
        return ""
    return said(next(iter(within(form, "SHORT_DESCR", "SHORT_CONTRACT_DESCRIPTION")), None))


def _details(codified: Any | None) -> tuple[tuple[str, str], ...]:
    named = (("Type de marché", "NC_CONTRACT_NATURE", _NATURES), ("Procédure", "PR_PROC", _PROCEDURES))
    found = [(label, table.get(code, "")) for label, tag, table in named for code in codes(children(codified, tag))]
    return tuple(pair for pair in found if pair[1])


def _lots(form: Any | None) -> list[Lot]:
    """Return the lots of a divided contract; an undivided one has a single object, described already."""
    if form is None:
        return []
    objects = list(within(form, "OBJECT_DESCR", "F17_ANNEX_B"))
    numbered = [one for one in objects if child(one, "LOT_NO") is not None or child(one, "LOT_NUMBER") is not None]
    return [
        Lot(
            number=said(child(one, "LOT_NO")) or said(child(one, "LOT_NUMBER")),
            title=(said(child(one, "TITLE")) or said(child(one, "LOT_TITLE"))).replace("\n", " "),
            description=said(child(one, "SHORT_DESCR")) or said(child(one, "LOT_DESCRIPTION")),
        )
        for one in numbered
    ]


def _winners(form: Any | None) -> list[str]:
    if form is None:
        return []
    holders = within(form, "ADDRESS_CONTRACTOR", "ADDRESS_WINNER", "ECONOMIC_OPERATOR_NAME_ADDRESS", "CONTRACTOR_NAME")
    return [name for holder in holders for name in say(within(holder, "OFFICIALNAME"))][:20]


def _nuts(data: Any | None) -> tuple[str, ...]:
    """Return where it is performed; where that is only the country, where the buyer is, if it says more."""
    performed = codes(children(data, "PERFORMANCE_NUTS")) or codes(children(data, "ORIGINAL_NUTS"))
    buyer = codes(children(data, "CA_CE_NUTS"))
    finer = [code for code in performed if len(code) > _COUNTRY]
    return performed if finer else tuple(code for code in buyer if len(code) > _COUNTRY) or performed or buyer


def _amount(data: Any | None) -> float | None:
    """Return the total in euros: awarded before estimated."""
    if data is None:
        return None
    for wanted in _TOTALS:
        for value in within(data, "VALUE"):
            holder = next((one for one in (value, value.getparent().getparent()) if one.get("TYPE") == wanted), None)
            if holder is not None and value.get("CURRENCY") == "EUR":
                return euros(said(value))
    return None
