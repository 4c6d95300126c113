"""The register of companies: what « Recherche d'entreprises » (DINUM) or Sirene answers, as facts with words (pure).

The first joins Sirene (INSEE) with the accounts and labels that others publish, and needs no key. Fields: its own
OpenAPI description, and « Variables du répertoire Sirene » (INSEE) for the codes.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from veille.config.members_settings import Members
from veille.members.enriching import sirene
from veille.members.enriching.quoting import Proposal, Source
from veille.model import Request
from veille.text import fold

#: Results of a search by name: more namesakes than that are not told apart by a program.
RESULTS = 10
#: Staff bands of a very small company (0 to 9): with the category PME they make a micro-enterprise.
_SMALLEST = frozenset({"NN", "00", "01", "02", "03"})
_CATEGORIES = {"PME": "pme", "ETI": "eti", "GE": "ge"}
#: Legal categories (INSEE, « catégories juridiques », level III) → the name that calls use.
_FORMS = {
    "5202": "SNC", "5308": "SCA", "5498": "EURL", "5499": "SARL", "5599": "SA", "5699": "SA", "5710": "SAS",
    "5720": "SASU", "5800": "SE", "9220": "association", "9230": "association", "9260": "association",
    "9300": "fondation", "4110": "EPIC", "4120": "EPIC", "4140": "EPIC", "7410": "GIP", "5458": "SCOP", "5558": "SCOP",
    "5658": "SCOP",
}  # fmt: skip
#: Their first figures → kind of member: 72, 734 and 735 are local authorities, 7383 universities.
_KINDS = {"72": "collectivite", "734": "collectivite", "735": "collectivite", "7383": "labo", "92": "association"}
#: Labels that the register answers for → how a profile names them.
_LABELS = {
    "est_bio": "agriculture biologique", "est_rge": "RGE", "est_qualiopi": "Qualiopi",
    "est_patrimoine_vivant": "Entreprise du patrimoine vivant", "est_achats_responsables": "RFAR",
    "est_societe_mission": "société à mission", "est_ess": "économie sociale et solidaire",
}  # fmt: skip
#: Words around a company's own name.
_AROUND = re.compile(r"\b(sas|sasu|sarl|eurl|sa|sca|snc|scop|scic|ste|societe|ets|etablissements|groupe|holding|the)\b")
#: Years after which a turnover says nothing of today.
_STALE_YEARS = 3


@dataclass(frozen=True, slots=True)
class Company:
    """One legal unit as the register answers it."""

    siren: str
    name: str
    #: Every name that it goes by.
    names: tuple[str, ...]
    #: INSEE code of its seat, or empty.
    commune: str
    commune_name: str
    active: bool
    #: It asked not to be shown to everybody: nothing is taken but that it exists.
    hidden: bool
    fields: Mapping[str, Any]
    #: Our name of a field → how the answer prints it, where it differs.
    printed: Mapping[str, str]


def search(settings: Members, words: str, *, commune: str | None = None) -> Request:
    """Return what asks the register for a SIREN or a name, in a commune where one is known."""
    if settings.registry == "sirene":
        url = sirene.search_url(settings.registry_base, words, commune=commune, results=RESULTS)
        return Request(url=url, headers=((sirene.HEADER, sirene.KEY),))
    asked = {"q": words, "per_page": str(RESULTS)}
    if commune:
        asked["code_commune"] = commune
    return Request(url=f"{settings.registry_base.rstrip('/')}/search?{urlencode(asked)}")


def companies(text: str) -> list[Company]:
    """Read an answer; anything else than one is an empty list."""
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return []
    if not isinstance(answer, dict):
        return []
    results = answer.get("results")
    found = [_company(one, {}) for one in results if isinstance(one, dict)] if isinstance(results, list) else []
    found += [_company(one, sirene.PRINTED) for one in sirene.rows(answer)]
    return [one for one in found if one is not None]


def _company(row: dict[str, Any], printed: Mapping[str, str]) -> Company | None:
    siren, seat = row.get("siren"), row.get("siege")
    if not isinstance(siren, str) or not re.fullmatch(r"[0-9]{9}", siren):
        return None
    seat = seat if isinstance(seat, dict) else {}
    signs = seat.get("liste_enseignes")
    said = [row.get("nom_raison_sociale"), row.get("nom_complet"), row.get("sigle"), seat.get("nom_commercial")]
    names = [name for name in (*said, *(signs if isinstance(signs, list) else [])) if isinstance(name, str) and name]
    return Company(
        siren=siren,
        name=names[0] if names else siren,
        names=tuple(dict.fromkeys(names)),
        commune=_text(seat, "commune"),
        commune_name=_text(seat, "libelle_commune"),
        active=row.get("etat_administratif") != "C",
        hidden=row.get("statut_diffusion") == "P",
        fields=row,
        printed=printed,
    )


def same_name(wanted: str, company: Company) -> bool:
    """Tell whether a company goes by that name, but for its legal form."""
    return bool(bare := _bare(wanted)) and any(_bare(name) == bare for name in _spellings(company))


def _spellings(company: Company) -> Iterator[str]:
    """Yield its names; « NOM (SIGLE) » is both."""
    for name in company.names:
        yield name
        yield from (part for part in re.split(r"[()]", name) if part.strip())


def _bare(name: str) -> str:
    return " ".join(_AROUND.sub(" ", fold(name)).split())


def proposals(company: Company, source: Source, *, year: int) -> Iterator[Proposal]:
    """Yield what the register says of a company, each with the words of the answer that say it."""
    quoted = _Quoting(source, company.printed)
    if company.hidden:
        return
    yield from quoted.of("siren", company.siren, "siren", company.siren)
    yield from _activity(company, quoted)
    form = _text(company.fields, "nature_juridique")
    if form in _FORMS:
        yield from quoted.of("legal_form", _FORMS[form], "nature_juridique", form)
    yield from _size(company, form, quoted)
    if created := _text(company.fields, "date_creation"):
        yield from quoted.of("created", created, "date_creation", created)
    if company.commune:
        yield from quoted.of("commune", company.commune, "commune", company.commune)
    yield from _turnover(company, source, year)
    labels = company.fields.get("complements")
    for key, label in _LABELS.items():
        if isinstance(labels, dict) and labels.get(key) is True:
            yield from quoted.of("certifications", label, key, true=True)


@dataclass(frozen=True, slots=True)
class _Quoting:
    """Finds a field in the words of an answer."""

    source: Source
    #: As `Company.printed`.
    names: Mapping[str, str]

    def of(self, field: str, value: str, key: str, said: str = "", *, true: bool = False) -> Iterator[Proposal]:
        """Yield a proposal with `"key": "said"` as the answer prints it."""
        printed = "true" if true else re.escape(json.dumps(said, ensure_ascii=False))
        found = re.search(rf'"{re.escape(self.names.get(key, key))}"\s*:\s*{printed}', self.source.text)
        if found is not None:
            yield Proposal(field, value, found[0], self.source)


def _activity(company: Company, quoted: _Quoting) -> Iterator[Proposal]:
    """Yield the code by the nomenclature that calls use today, else by the one of 2025; never one without its name."""
    named = _text(company.fields, "nomenclature")
    if named:
        code = _text(company.fields, "activite_principale")
        yield from quoted.of("naf", code, "activite_principale", code)
        yield from quoted.of("naf_version", named, "nomenclature", named)
        return
    for key, version in (("activite_principale", "NAFRev2"), ("activite_principale_naf25", "NAF2025")):
        if code := _text(company.fields, key):
            yield from quoted.of("naf", code, key, code)
            yield from quoted.of("naf_version", version, key, code)
            return


def _size(company: Company, form: str, quoted: _Quoting) -> Iterator[Proposal]:
    kind = next((kind for start, kind in _KINDS.items() if form.startswith(start)), None)
    if kind is not None:
        yield from quoted.of("size", kind, "nature_juridique", form)
        return
    category, band = _text(company.fields, "categorie_entreprise"), _text(company.fields, "tranche_effectif_salarie")
    size = _CATEGORIES.get(category)
    if size == "pme" and band in _SMALLEST:
        yield from quoted.of("size", "tpe", "tranche_effectif_salarie", band)
    elif size is not None:
        yield from quoted.of("size", size, "categorie_entreprise", category)


def _turnover(company: Company, source: Source, year: int) -> Iterator[Proposal]:
    accounts = company.fields.get("finances")
    years = [key for key in accounts if re.fullmatch(r"20\d\d", key)] if isinstance(accounts, dict) else []
    if not isinstance(accounts, dict) or not years or int(max(years)) < year - _STALE_YEARS:
        return
    told = accounts[max(years)]
    turnover = told.get("ca") if isinstance(told, dict) else None
    if not isinstance(turnover, int | float) or isinstance(turnover, bool) or turnover <= 0:
        return
    found = re.search(rf'"{max(years)}"\s*:\s*\{{[^{{}}]*?"ca"\s*:\s*{re.escape(str(turnover))}', source.text)
    if found is not None:
        yield Proposal("turnover_eur", f"{turnover:.2f}".removesuffix(".00"), found[0], source)


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    return value if isinstance(value, str) else ""
