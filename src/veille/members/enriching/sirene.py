"""INSEE's own Sirene API (3.11): the same register for whoever has a key, read as its sibling is (pure).

Its answers are brought to the names of `register`, which remembers how each field is printed there, for quotations.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

#: The header that carries the key, and the variable it is read from when asking.
HEADER, KEY = "X-INSEE-Api-Key-Integration", "${VEILLE_KEY_SIRENE}"
#: Our name of a field → theirs.
PRINTED = {
    "activite_principale": "activitePrincipaleUniteLegale",
    "nomenclature": "nomenclatureActivitePrincipaleUniteLegale",
    "nature_juridique": "categorieJuridiqueUniteLegale",
    "categorie_entreprise": "categorieEntreprise",
    "tranche_effectif_salarie": "trancheEffectifsUniteLegale",
    "date_creation": "dateCreationUniteLegale",
    "commune": "codeCommuneEtablissement",
    "etat_administratif": "etatAdministratifUniteLegale",
    "statut_diffusion": "statutDiffusionUniteLegale",
    "nom_raison_sociale": "denominationUniteLegale",
    "nom_complet": "denominationUsuelle1UniteLegale",
    "sigle": "sigleUniteLegale",
}
#: Fields of the seat, not of the company.
_OF_SEAT = frozenset({"commune"})


def search_url(base: str, words: str, *, commune: str | None, results: int) -> str:
    """Return the address that searches seats for a SIREN or a name, in a commune where one is known."""
    if words.isdigit():
        asked = f"siren:{words}"
    else:
        quoted = words.replace("\\", " ").replace('"', " ")
        asked = f'denominationUniteLegale:"{quoted}"'
    asked += " AND etablissementSiege:true"
    if commune:
        asked += f" AND codeCommuneEtablissement:{commune}"
    return f"{base.rstrip('/')}/siret?{urlencode({'q': asked, 'nombre': str(results)})}"


def rows(answer: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the companies of an answer, by the names of `register`."""
    found = answer.get("etablissements")
    for seat in found if isinstance(found, list) else ():
        unit = seat.get("uniteLegale") if isinstance(seat, dict) else None
        where = seat.get("adresseEtablissement") if isinstance(seat, dict) else None
        if isinstance(unit, dict) and isinstance(where, dict):
            row = {ours: unit.get(theirs) for ours, theirs in PRINTED.items() if ours not in _OF_SEAT}
            place = {
                "commune": where.get(PRINTED["commune"]),
                "libelle_commune": where.get("libelleCommuneEtablissement"),
            }
            yield row | {"siren": seat.get("siren"), "siege": place}
