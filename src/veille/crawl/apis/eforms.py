"""TED notices since 2023: eForms in UBL 2.3 (ContractNotice, ContractAwardNotice, PriorInformationNotice; pure)."""

from datetime import date
from typing import Any

from veille.crawl.apis.notice import Lot, Notice, NoticeKind
from veille.crawl.apis.payload import day, euros, instant
from veille.crawl.apis.xmltree import child, children, said, say, within

ROOTS = frozenset({"ContractNotice", "ContractAwardNotice", "PriorInformationNotice"})
#: Code lists of NoticeTypeCode (eForms SDK « notice-type »): competition may be answered, the others not.
_KINDS = {
    "competition": NoticeKind.CALL,
    "result": NoticeKind.AWARD,
    "dir-awa-pre": NoticeKind.AWARD,
    "cont-modif": NoticeKind.CHANGE,
}
_NATURES = {"services": "services", "supplies": "fournitures", "works": "travaux", "combined": "mixte"}
_PROCEDURES = {
    "open": "procédure ouverte",
    "restricted": "procédure restreinte",
    "neg-w-call": "procédure négociée avec mise en concurrence",
    "neg-wo-call": "procédure négociée sans mise en concurrence",
    "comp-dial": "dialogue compétitif",
    "innovation": "partenariat d'innovation",
    "oth-single": "procédure en une étape",
    "oth-mult": "procédure en plusieurs étapes",
}
#: ISO 639-2 of the languages of neighbouring buyers.
_LANGUAGES = {"FRA": "fr", "ENG": "en", "DEU": "de", "NLD": "nl", "SPA": "es", "ITA": "it"}
_REACHED = ("ElectronicMail", "Telephone")
#: What must reach the buyer first, in the two kinds of procedure.
_PERIODS = (
    "ParticipationRequestReceptionPeriod",
    "TenderSubmissionDeadlinePeriod",
    "InterestExpressionReceptionPeriod",
)


def eforms_notice(root: Any) -> Notice:
    """Read one notice."""
    project = child(root, "ProcurementProject")
    published = next(iter(within(root, "NoticePublicationID")), None)
    number = said(published)
    lots = children(root, "ProcurementProjectLot")
    deadlines = sorted(_deadlines(root))
    return Notice(
        id=f"ted:{number}" if number else said(child(root, "ID")),
        kind=_kind(root),
        title=_french(children(project, "Name")),
        link=_link(number),
        published=instant(
            (said(next(iter(within(root, "PublicationDate")), None)) or said(child(root, "IssueDate")))[:10]
        ),
        buyer=_buyer(root),
        description=_french(children(project, "Description")),
        details=_details(root, project, deadlines),
        lots=tuple(_lot(lot) for lot in lots) if len(lots) > 1 else (),
        places=tuple(_places(project)),
        winners=tuple(_winners(root)),
        cpv=_classified(root),
        nuts=_nuts(root),
        deadline=deadlines[0] if deadlines else None,
        amount=_amount(root, project),
        contact=_contact(root),
        reference=number,
        language=_LANGUAGES.get(said(child(root, "NoticeLanguageCode")), "fr"),
    )


def _kind(root: Any) -> NoticeKind:
    code = child(root, "NoticeTypeCode")
    return _KINDS.get(code.get("listName", ""), NoticeKind.INFORMATION) if code is not None else NoticeKind.INFORMATION


def _french(elements: list[Any]) -> str:
    """Return the French text among several languages, else the first."""
    french = [one for one in elements if one.get("languageID") == "FRA"]
    return said(next(iter(french or elements), None))


def _link(number: str) -> str | None:
    """Return the page of a notice on TED from « 00041387-2024 »."""
    serial, _, year = number.partition("-")
    if not (serial.isascii() and serial.isdigit() and year.isascii() and year.isdigit()):
        return None
    return f"https://ted.europa.eu/fr/notice/-/detail/{serial.lstrip('0')[:12]}-{year[:4]}"


def _buyer(root: Any) -> str:
    named = say(children(root, "ContractingParty/Party/PartyIdentification/ID"))
    return next(iter(_companies(root, named)), "")


def _contact(root: Any) -> str:
    """Return where the buyer may be reached."""
    buyer = next(iter(say(children(root, "ContractingParty/Party/PartyIdentification/ID"))), "")
    companies = (one for one in within(root, "Company") if said(child(one, "PartyIdentification/ID")) == buyer)
    holders = [one for company in companies for one in children(company, "Contact")]
    return ", ".join(said(child(one, name)) for one in holders for name in _REACHED if said(child(one, name)))


def _companies(root: Any, ids: list[str]) -> list[str]:
    """Return the names of organisations, by their ids in the notice."""
    found = {}
    for company in within(root, "Company"):
        found[said(child(company, "PartyIdentification/ID"))] = _french(children(company, "PartyName/Name"))
    return [found[one] for one in ids if found.get(one)]


def _details(root: Any, project: Any | None, deadlines: list[date]) -> tuple[tuple[str, str], ...]:
    pairs = (
        ("Type de marché", _NATURES.get(said(child(project, "ProcurementTypeCode")), "")),
        ("Procédure", _PROCEDURES.get(said(child(root, "TenderingProcess/ProcedureCode")), "")),
        ("Remises selon les lots", ", ".join(one.isoformat() for one in deadlines) if len(deadlines) > 1 else ""),
    )
    return tuple(pair for pair in pairs if pair[1])


def _lot(lot: Any) -> Lot:
    project = child(lot, "ProcurementProject")
    number = said(child(lot, "ID")).removeprefix("LOT-").lstrip("0")
    return Lot(
        number=number, title=_french(children(project, "Name")), description=_french(children(project, "Description"))
    )


def _places(project: Any | None) -> list[str]:
    return say(children(project, "RealizedLocation/Address/CityName"))[:5]


def _winners(root: Any) -> list[str]:
    parties = [party for result in within(root, "NoticeResult") for party in children(result, "TenderingParty")]
    ids = [one for party in parties for one in say(children(party, "Tenderer/ID"))]
    return _companies(root, list(dict.fromkeys(ids)))[:20]


def _classified(root: Any) -> tuple[str, ...]:
    """Return the CPV codes: the main one of the whole, then the others, then those of lots."""
    found = [one for project in _projects(root) for one in within(project, "ItemClassificationCode")]
    return tuple(say([one for one in found if one.get("listName", "cpv") == "cpv"]))


def _projects(root: Any) -> list[Any]:
    return [*children(root, "ProcurementProject"), *children(root, "ProcurementProjectLot/ProcurementProject")]


def _nuts(root: Any) -> tuple[str, ...]:
    """Return where it is performed, else where the buyer is."""
    path = "RealizedLocation/Address/CountrySubentityCode"
    performed = [one for project in _projects(root) for one in say(children(project, path))]
    if performed:
        return tuple(dict.fromkeys(performed))
    buyer = next(iter(say(children(root, "ContractingParty/Party/PartyIdentification/ID"))), "")
    companies = (one for one in within(root, "Company") if said(child(one, "PartyIdentification/ID")) == buyer)
    return tuple(said(child(one, "PostalAddress/CountrySubentityCode")) for one in companies)


def _deadlines(root: Any) -> set[date]:
    """Return the last days for candidates, one a lot where they differ."""
    for period in _PERIODS:
        ends = (said(child(one, "EndDate")) for one in within(root, period))
        found = {read for end in ends if (read := day(end)) is not None}
        if found:
            return found
    return set()


def _amount(root: Any, project: Any | None) -> float | None:
    """Return the total in euros: awarded, else estimated."""
    awarded = [one for result in within(root, "NoticeResult") for one in children(result, "TotalAmount")]
    estimated = children(project, "RequestedTenderTotal/EstimatedOverallContractAmount")
    return next((euros(said(one)) for one in (*awarded, *estimated) if one.get("currencyID") == "EUR"), None)
