"""National notices of the BOAMP in its two light forms, FNSimple and MAPA, as JSON (pure)."""

from typing import Any

from veille.crawl.apis.notice import Lot, Notice, NoticeKind
from veille.crawl.apis.payload import euros, first, table, tables, text, texts

#: The parts of a form that hold its subject, the first one wins.
_STAGES = ("initial", "attribution", "rectificatif", "annulation", "exAnte", "preInformation")


def simple_notice(form: dict[str, Any]) -> Notice:
    """Read one notice, below its « FNSimple » or « MAPA »."""
    stage = next((table(form[name]) for name in _STAGES if isinstance(form.get(name), dict)), {})
    buyer, nature = table(form.get("organisme")), table(stage.get("natureMarche"))
    subject, procedure = table(stage.get("description")), table(stage.get("procedure"))
    contact = table(stage.get("communication"))
    return Notice(
        id="",
        kind=NoticeKind.AWARD if "attribution" in form and "initial" not in form else NoticeKind.CALL,
        title=_said(nature, "intitule") or _said(subject, "objet"),
        buyer=_said(buyer, "nomOfficiel") or _said(buyer, "acheteurPublic"),
        description=_said(nature, "description") or _said(subject, "objet"),
        details=_details(nature, procedure, stage),
        lots=tuple(_lots(stage, nature)),
        places=tuple(_places(nature)),
        winners=tuple(_winners(stage)),
        cpv=tuple(_classified(nature, stage)),
        nuts=tuple(texts(table(nature.get("lieuExecution")).get("codeNuts"))),
        amount=_amount(stage),
        contact=", ".join([*texts(contact.get("adresseMailContact")), *texts(contact.get("telContact"))])
        or _said(table(buyer.get("coord")), "mel"),
    )


def _said(holder: dict[str, Any], name: str) -> str:
    return first(texts(holder.get(name))) or ""


def _details(nature: dict[str, Any], procedure: dict[str, Any], stage: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    months = text(nature.get("dureeMois")) or text(table(stage.get("duree")).get("nbMois"))
    more = table(stage.get("informComplementaire"))
    pairs = (
        ("Durée", f"{months} mois" if months else ""),
        ("Conditions", _said(procedure, "capaciteExercice")),
        ("Capacités techniques", _said(procedure, "capaciteTech")),
        ("Informations complémentaires", _said(more, "autresInformComplementaire")),
        ("Résultat", _said(stage, "attributionMarche")),
    )
    return tuple(pair for pair in pairs if pair[1])


def _lots(stage: dict[str, Any], nature: dict[str, Any]) -> list[Lot]:
    listed = tables(table(stage.get("lots")).get("lot")) or tables(nature.get("lotsMarche"))
    return [
        Lot(
            number=_said(lot, "numero") or _said(lot, "num") or str(place),
            title=_said(lot, "intitule"),
            description=_said(lot, "description"),
        )
        for place, lot in enumerate(listed, 1)
    ]


def _places(nature: dict[str, Any]) -> list[str]:
    place = nature.get("lieuExecution")
    return texts(place) or texts(table(place).get("libelle"))


def _classified(nature: dict[str, Any], stage: dict[str, Any]) -> list[str]:
    """Return the CPV codes: that of the whole, then those of lots."""
    lots = tables(table(stage.get("lots")).get("lot")) or tables(nature.get("lotsMarche"))
    return [code for one in (nature, *lots) for code in _codes(table(one.get("codeCPV")))]


def _codes(coded: dict[str, Any]) -> list[str]:
    main = texts(table(coded.get("objetPrincipal")).get("classPrincipale"))
    others = [code for one in tables(coded.get("objetSecondaire")) for code in texts(one.get("classPrincipale"))]
    return [*main, *others]


def _winners(stage: dict[str, Any]) -> list[str]:
    found = []
    for result in tables(table(table(stage.get("attribution")).get("resultat")).get("attribue")):
        found += texts(table(result.get("titulaire")).get("PersonneMorale"))
    return found[:20]


def _amount(stage: dict[str, Any]) -> float | None:
    """Return what was awarded, where there is one award, in euros."""
    awarded = tables(table(table(stage.get("attribution")).get("resultat")).get("attribue"))
    sums = [table(one.get("montant")) for one in awarded]
    if len(sums) != 1 or sums[0].get("@devise", "EUR") != "EUR":
        return None
    return euros(sums[0].get("valeur"))
