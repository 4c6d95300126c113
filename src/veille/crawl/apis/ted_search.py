"""Notices of public procurement as the search API of TED v3 answers them: flat fields, no tree (pure).

Lists of a notice with several lots are not parallel: six values may stand beside one currency. They are never paired.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from veille.crawl.apis.notice import Lot, Notice, NoticeKind, notice_entry
from veille.crawl.apis.page import Page, page
from veille.crawl.apis.payload import day, euros, first, instant, read_json, records, table, text, texts
from veille.crawl.apis.queries import ted_body
from veille.crawl.entries import safe_link
from veille.model import Request

#: Code list « form-type » of the eForms SDK.
_FORMS = {
    "competition": NoticeKind.CALL,
    "result": NoticeKind.AWARD,
    "dir-awa-pre": NoticeKind.AWARD,
    "cont-modif": NoticeKind.CHANGE,
    "planning": NoticeKind.INFORMATION,
    "consultation": NoticeKind.INFORMATION,
}
#: What `notice-type` begins with, for notices before eForms.
_TYPES = (
    ("can-modif", NoticeKind.CHANGE),
    ("can", NoticeKind.AWARD),
    ("veat", NoticeKind.AWARD),
    ("cn", NoticeKind.CALL),
    ("pin-cfc", NoticeKind.CALL),
)
_NATURES = {"services": "services", "supplies": "fournitures", "works": "travaux", "combined": "mixte"}
#: ISO 639-3 → 639-1, the official languages of the Union.
_LANGUAGES = {
    "bul": "bg", "ces": "cs", "dan": "da", "deu": "de", "ell": "el", "eng": "en", "est": "et", "fin": "fi", "fra": "fr",
    "gle": "ga", "hrv": "hr", "hun": "hu", "ita": "it", "lav": "lv", "lit": "lt", "mlt": "mt", "nld": "nl", "pol": "pl",
    "por": "pt", "ron": "ro", "slk": "sk", "slv": "sl", "spa": "es", "swe": "sv",
}  # fmt: skip
#: ISO 3166 alpha-3 → the two letters of NUTS.
_COUNTRIES = {
    "AUT": "AT", "BEL": "BE", "BGR": "BG", "CHE": "CH", "CYP": "CY", "CZE": "CZ", "DEU": "DE", "DNK": "DK", "ESP": "ES",
    "EST": "EE", "FIN": "FI", "FRA": "FR", "GRC": "EL", "HRV": "HR", "HUN": "HU", "IRL": "IE", "ISL": "IS", "ITA": "IT",
    "LTU": "LT", "LUX": "LU", "LVA": "LV", "MLT": "MT", "NLD": "NL", "NOR": "NO", "POL": "PL", "PRT": "PT", "ROU": "RO",
    "SVK": "SK", "SVN": "SI", "SWE": "SE",
}  # fmt: skip
#: `place-of-performance` mixes NUTS codes with countries: three letters are a NUTS code for these only (NUTS 2021).
_NUTS = re.compile(r"[A-Z]{2}(?=[0-9A-Z]*[0-9])[0-9A-Z]{1,3}|FR[B-MY]|DE[A-G]|IT[CFGHI]|UK[C-N]")
#: An estimate below this stands for « not said »: buyers who must give one write 1.
_LEAST = 100
_NUMBER = re.compile(r"\d{1,9}-\d{4}")
_LOTS = 100


def read_ted(payload: bytes, *, asked: Request, options: Mapping[str, Any]) -> Page:
    """Read one page of a search; raises ParseError."""
    document = read_json(payload)
    listed = records(document, "notices", "TED")
    wanted = options.get("language", "fra")
    read = page(
        [_notice(one, wanted) for one in listed],
        notice_entry,
        when=lambda notice: notice.published,
        following=_following(document, listed, asked, options),
        title="TED",
    )
    if document.get("timedOut") is not True:
        return read
    remark = "TED n'a pas eu le temps de tout chercher : la suite est relue à la prochaine relève"
    return replace(read, feed=replace(read.feed, complete=False, remark=remark))


def _following(
    document: dict[str, Any], listed: list[dict[str, Any]], asked: Request, options: Mapping[str, Any]
) -> Request | None:
    token = document.get("iterationNextToken")
    usable = listed and isinstance(token, str) and token
    return replace(asked, body=ted_body(options, token)) if usable else None


def _notice(raw: dict[str, Any], wanted: str) -> Notice:
    number = text(raw.get("publication-number")).strip()
    spoken = [wanted, *(one.lower() for one in texts(raw.get("official-language"))), "eng"]
    title, language = _title(raw, spoken)
    described, written = _in(raw.get("description-proc"), spoken)
    lots, tongue = _in(raw.get("description-lot"), spoken)
    titles, _ = _in(raw.get("title-lot"), spoken)
    return Notice(
        id=f"ted:{number}" if number else "",
        kind=_kind(raw),
        title=title,
        link=_link(raw, number, wanted),
        published=instant(_iso(day(raw.get("publication-date")))),
        buyer=", ".join(_in(raw.get("buyer-name"), spoken)[0][:5]),
        description="\n".join(dict.fromkeys([*described, *lots][:_LOTS])),
        details=_details(raw, number),
        lots=tuple(Lot(number="", title=one) for one in dict.fromkeys(titles) if one != title),
        cpv=tuple(dict.fromkeys(texts(raw.get("classification-cpv")))),
        nuts=_places(raw),
        deadline=_deadline(raw),
        amount=_amount(raw),
        reference=number,
        language=_LANGUAGES.get(written or tongue or language, "fr"),
    )


def _kind(raw: dict[str, Any]) -> NoticeKind:
    form, kind = text(raw.get("form-type")), text(raw.get("notice-type"))
    begun = next((found for start, found in _TYPES if kind.startswith(start)), NoticeKind.INFORMATION)
    return _FORMS.get(form, begun)


def _in(value: Any, spoken: list[str]) -> tuple[list[str], str]:
    """Return the texts of a field in the first language of `spoken` it has, else in any, and which that is."""
    said = {key.lower(): found for key, one in table(value).items() if (found := texts(one))}
    chosen = next((one for one in spoken if one in said), next(iter(said), ""))
    return said.get(chosen, []), chosen


def _title(raw: dict[str, Any], spoken: list[str]) -> tuple[str, str]:
    """Return the buyer's own title where it is in the language wanted, else TED's: country, main code, own title."""
    own, language = _in(raw.get("title-proc"), spoken)
    if own and language == spoken[0]:
        return own[0], language
    composed, _ = _in(raw.get("notice-title"), spoken)
    return first([*composed, *own]) or "", language


def _link(raw: dict[str, Any], number: str, wanted: str) -> str | None:
    pages = table(table(raw.get("links")).get("html"))
    stated = first(text(pages.get(one)) for one in (wanted.upper(), "FRA", "ENG"))
    own = f"https://ted.europa.eu/fr/notice/-/detail/{number}" if _NUMBER.fullmatch(number) else None
    return safe_link(stated) or own


def _iso(read: date | None) -> str:
    return read.isoformat() if read else ""


def _details(raw: dict[str, Any], number: str) -> tuple[tuple[str, str], ...]:
    deadlines = _deadlines(raw)
    pairs = (
        ("Type de marché", _NATURES.get(text(raw.get("contract-nature-main-proc")), "")),
        ("Remises selon les lots", ", ".join(one.isoformat() for one in deadlines) if len(deadlines) > 1 else ""),
        ("Numéro au JOUE", number),
    )
    return tuple(pair for pair in pairs if pair[1])


def _places(raw: dict[str, Any]) -> tuple[str, ...]:
    """Return where it is performed as NUTS codes, else the country; else that of the buyer."""
    stated = [one.strip().upper() for one in texts(raw.get("place-of-performance"))]
    finer = tuple(dict.fromkeys(one for one in stated if _NUTS.fullmatch(one)))
    named = stated or texts(raw.get("buyer-country"))
    return finer or tuple(dict.fromkeys(_COUNTRIES[one] for one in named if one in _COUNTRIES))


def _deadlines(raw: dict[str, Any]) -> list[date]:
    """Return the last days for candidates, or else for tenders, of all lots, the earliest first."""
    for field in ("deadline-receipt-request-date-lot", "deadline-receipt-tender-date-lot"):
        found = {read for one in texts(raw.get(field)) if (read := day(one)) is not None}
        if found:
            return sorted(found)
    return []


def _deadline(raw: dict[str, Any]) -> date | None:
    return next(iter(_deadlines(raw)), None)


def _amount(raw: dict[str, Any]) -> float | None:
    """Return the estimate of the whole in euros; that of the only lot where there is one."""
    for kind in ("proc", "lot"):
        sums = texts(raw.get(f"estimated-value-{kind}"))
        if len(sums) == 1 and set(texts(raw.get(f"estimated-value-cur-{kind}"))) == {"EUR"}:
            estimate = euros(sums[0])
            return estimate if estimate is not None and estimate >= _LEAST else None
    return None
