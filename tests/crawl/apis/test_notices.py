"""Notices of public procurement: real TED, eForms and BOAMP files, and small ones of ours."""

from collections import Counter
from datetime import date

import pytest

from tests.shared import shared
from veille.crawl.apis.notice import NoticeKind
from veille.crawl.apis.notices import read_notices
from veille.errors import ParseError
from veille.model import CallStatus, ParsedEntry

URL = "https://avis.exemple/1"
UBL = (
    'xmlns="urn:oasis:names:specification:ubl:schema:xsd:ContractNotice-2" '
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)


def entries(body: bytes | str) -> tuple[ParsedEntry, ...]:
    return read_notices(body.encode() if isinstance(body, str) else body, url=URL).feed.entries


def real(folder: str) -> list[tuple[str, ParsedEntry]]:
    files = sorted(shared("corpus", "payloads", folder).glob("*.xml"))
    return [(file.stem, entry) for file in files for entry in entries(file.read_bytes())]


@pytest.mark.shared
def test_every_real_ted_notice_is_read() -> None:
    found = real("ted")
    assert len(found) == 60
    kinds = Counter(entry.categories[0] for _, entry in found)
    assert kinds == {NoticeKind.CALL: 31, NoticeKind.AWARD: 23, NoticeKind.INFORMATION: 4, NoticeKind.CHANGE: 2}
    for name, entry in found:
        assert entry.guid == f"ted:{name}"
        assert entry.link is not None
        assert name in entry.link
        assert entry.facts.cpv
        assert entry.facts.nuts
        assert entry.facts.financer
        assert entry.facts.reference == name
        assert entry.facts.contact
        over = entry.categories[0] in {NoticeKind.AWARD, NoticeKind.CHANGE}
        assert entry.facts.status is (CallStatus.CLOSED if over else None)
        assert (entry.facts.deadline is not None) == (entry.categories[0] == NoticeKind.CALL)


@pytest.mark.shared
def test_every_real_eforms_notice_is_read() -> None:
    found = dict(real("eforms"))
    assert len(found) == 6
    assert all(entry.facts.reference and entry.facts.contact for entry in found.values())
    call = found["2024-OJS017-00047522"]
    assert call.link == "https://ted.europa.eu/fr/notice/-/detail/47522-2024"
    assert (call.facts.deadline, call.facts.cpv, call.facts.nuts) == (
        date(2024, 2, 28),
        ("90511100", "90511400"),
        ("FRJ12",),
    )
    assert "Lot 2 :" in call.text
    # a restricted procedure closes for candidates first
    assert found["2024-OJS044-00129266"].facts.deadline == date(2024, 4, 18)
    awards = [found["2024-OJS065-00191534"], found["2024-OJS197-00607986"]]
    assert all(entry.title.startswith("Avis d'attribution : ") and not entry.facts.deadline for entry in awards)
    assert "Attributaires : " in awards[0].text


@pytest.mark.shared
def test_every_real_boamp_notice_is_read() -> None:
    found = dict(real("boamp"))
    assert {name: entry.categories[0] for name, entry in found.items()} == {
        name: NoticeKind.AWARD if "attribution" in name else NoticeKind.CALL for name in found
    }
    call = found["test-pub-2"]
    assert call.guid == "boamp:16-181902"
    assert (call.facts.deadline, call.facts.amount, call.facts.nuts) == (date(2017, 1, 30), 50_000.0, ("FR824",))
    assert call.facts.cpv == ("71240000", "79311000", "71335000")
    award = found["test-attribution-2"]
    assert (award.facts.amount, award.facts.deadline) == (38_820.0, None)
    assert "Attributaires : " in award.text


def boamp(nature: str, status: str = "INITIAL", more: str = "") -> str:
    kind = f"<TYPE_AVIS><NATURE><{nature}/></NATURE><STATUT><{status}/></STATUT></TYPE_AVIS>"
    return (
        f"<ANNONCE><GESTION><REFERENCE><IDWEB>27-12</IDWEB>{kind}</REFERENCE>"
        f"<INDEXATION><RESUME_OBJET>Fours &amp; étuves</RESUME_OBJET></INDEXATION></GESTION><DONNEES>{more}"
        "<CONDITION_DELAI><RECEPT_OFFRES>2027-03-01T12:00:00+01:00</RECEPT_OFFRES></CONDITION_DELAI></DONNEES></ANNONCE>"
    )


@pytest.mark.parametrize(
    ("nature", "status", "title", "open_call"),
    [
        ("APPEL_OFFRE", "INITIAL", "Fours & étuves", True),
        ("APPEL_OFFRE", "RECTIFICATIF", "Fours & étuves", True),
        ("APPEL_OFFRE", "ANNULATION", "Marché annulé : Fours & étuves", False),
        ("ATTRIBUTION", "INITIAL", "Avis d'attribution : Fours & étuves", False),
        ("MODIFICATION", "INITIAL", "Avis d'attribution modifié : Fours & étuves", False),
        ("PRE_INFORMATION", "INITIAL", "Avis d'information : Fours & étuves", False),
        ("NOUVEAU_GENRE", "INITIAL", "Avis d'information : Fours & étuves", False),
    ],
)
def test_only_what_says_that_it_is_a_call_is_one(nature: str, status: str, title: str, open_call: bool) -> None:
    (entry,) = entries(boamp(nature, status))
    assert entry.title == title
    assert (entry.facts.deadline == date(2027, 3, 1)) == open_call


def test_a_file_of_several_notices_gives_them_all() -> None:
    assert len(entries(f"<PARUTION><ANNONCES>{boamp('APPEL_OFFRE') * 3}</ANNONCES></PARUTION>")) == 3


def test_an_award_inside_a_call_does_not_make_it_one() -> None:
    kind = "<REFERENCE><TYPE_AVIS><NATURE><ATTRIBUTION/></NATURE></TYPE_AVIS></REFERENCE>"
    earlier = f"<MARCHE><ANNONCE_ANTERIEUR>{kind}</ANNONCE_ANTERIEUR></MARCHE>"
    (entry,) = entries(boamp("APPEL_OFFRE", more=earlier))
    assert entry.facts.deadline == date(2027, 3, 1)


def test_lots_of_an_eforms_notice_may_close_on_different_days() -> None:
    def lot(number: int, end: str) -> str:
        period = (
            f"<cac:TenderSubmissionDeadlinePeriod><cbc:EndDate>{end}</cbc:EndDate></cac:TenderSubmissionDeadlinePeriod>"
        )
        project = f"<cac:ProcurementProject><cbc:Name>Four {number}</cbc:Name></cac:ProcurementProject>"
        process = f"<cac:TenderingProcess>{period}</cac:TenderingProcess>"
        return (
            f"<cac:ProcurementProjectLot><cbc:ID>LOT-000{number}</cbc:ID>{process}{project}</cac:ProcurementProjectLot>"
        )

    body = (
        f'<ContractNotice {UBL}><cbc:NoticeTypeCode listName="competition">cn-standard</cbc:NoticeTypeCode>'
        '<cac:ProcurementProject><cbc:Name languageID="ENG">Ovens</cbc:Name><cbc:Name languageID="FRA">Fours</cbc:Name>'
        '<cac:RequestedTenderTotal><cbc:EstimatedOverallContractAmount currencyID="EUR">90000'
        "</cbc:EstimatedOverallContractAmount>"
        "</cac:RequestedTenderTotal></cac:ProcurementProject>"
        f"{lot(1, '2027-04-02+02:00')}{lot(2, '2027-03-01+01:00')}</ContractNotice>"
    )
    (entry,) = entries(body)
    assert (entry.title, entry.facts.deadline, entry.facts.amount) == ("Fours", date(2027, 3, 1), 90_000.0)
    assert "Lot 1 : Four 1" in entry.text
    assert "Remises selon les lots : 2027-03-01, 2027-04-02" in entry.text


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>403</body></html>",
        b"<ANNONCE><GESTION>",
        b"",
        b"{}",
        b'<?xml version="1.0"?><!DOCTYPE ANNONCE [<!ENTITY a "b">]><ANNONCE>&a;</ANNONCE>',
        b'<!DOCTYPE ANNONCE SYSTEM "http://127.0.0.1:9/x.dtd"><ANNONCE/>',
        b'<?xml version="1.0" encoding="x-none"?><ANNONCE/>',
        b"<a>" * 5_000 + b"</a>" * 5_000,
        b"<ANNONCE/>",
    ],
)
def test_what_is_no_notice_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        entries(body)


def test_an_external_entity_is_never_read(tmp_path: object) -> None:
    body = '<!DOCTYPE ANNONCE [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + boamp("APPEL_OFFRE", more="<A>&x;</A>")
    with pytest.raises(ParseError, match="DOCTYPE"):
        entries(body)
