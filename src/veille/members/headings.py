"""What the headings of a list of members mean: our names, those that people write, and what no profile keeps (pure)."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from veille.config.problems import nearest
from veille.errors import ConfigError
from veille.text import fold

#: A column that is left aside.
NONE = ""
#: French headings that people write → our columns; a list that has one is read, and told how.
_ALIASES = {
    "entreprise": "organisation",
    "societe": "organisation",
    "raison sociale": "organisation",
    "structure": "organisation",
    "nom de l organisation": "organisation",
    "taille": "size",
    "effectif": "staff",
    "effectifs": "staff",
    "chiffre d affaires": "turnover_eur",
    "ca": "turnover_eur",
    "forme juridique": "legal_form",
    "code insee": "commune",
    "insee": "commune",
    "ville": "commune",
    "filiere": "sectors",
    "filieres": "sectors",
    "secteur": "sectors",
    "secteurs": "sectors",
    "axe": "axes",
    "activite": "activity",
    "activites": "activity",
    "competences": "skills",
    "savoir faire": "skills",
    "besoin": "needs",
    "besoins": "needs",
    "apports": "contributions",
    "pays": "countries",
    "noms suivis": "follows",
    "suivis": "follows",
    "concurrents": "follows",
    "exclusions": "muted",
    "courriel": "email",
    "e mail": "email",
    "mail": "email",
    "adresse electronique": "email",
    "prenom": "first_name",
    "nom": "last_name",
    "nom de famille": "last_name",
    "rythme": "rhythm",
    "frequence": "rhythm",
    "code naf": "naf",
    "ape": "naf",
    "siret": "siren",
    "creation": "created",
    "date de creation": "created",
    "date creation": "created",
    "site": "website",
    "site web": "website",
    "site internet": "website",
    "certification": "certifications",
    "labels": "certifications",
    "langue": "languages",
    "langues": "languages",
    "base legale": "basis",
    "origine": "origin",
    "date d ajout": "added",
    "nom de l entreprise": "organisation",
    "nom entreprise": "organisation",
    "nom de la societe": "organisation",
    "nom de la structure": "organisation",
    "denomination": "organisation",
    "denomination sociale": "organisation",
    "adherent": "organisation",
    "adresse mail": "email",
    "adresse e mail": "email",
    "adresse email": "email",
    "adresse courriel": "email",
    "adresse de courriel": "email",
    "mail professionnel": "email",
    "email professionnel": "email",
    "e mail professionnel": "email",
    "prenom du contact": "first_name",
    "nom du contact": "last_name",
}
#: Folded headings of usual lists that a bulletin has no use for: what is not needed is not kept (GDPR art. 5 §1 c).
_ASIDE = frozenset({
    "telephone", "tel", "numero de telephone", "telephone fixe", "telephone portable", "telephone mobile", "portable",
    "mobile", "fixe", "fax", "standard", "fonction", "poste", "titre", "qualite", "civilite", "adresse",
    "adresse postale", "rue", "complement d adresse", "code postal", "cp", "departement", "region", "commentaire",
    "commentaires", "remarque", "remarques", "note", "notes", "linkedin", "cotisation", "numero d adherent",
})  # fmt: skip


def canonical(heading: str) -> str:
    """Return a heading as our names are written."""
    return fold(heading).replace(" ", "_")


def column(heading: str, known: Collection[str]) -> str:
    """Return the column that a heading names, by our name or by a usual French one; NONE for what is left aside."""
    name = canonical(heading)
    if name in known:
        return name
    return NONE if fold(heading) in _ASIDE else _ALIASES.get(fold(heading), name or heading)


def columns(
    cells: Sequence[str], known: Collection[str], required: Collection[str], path: Path, line: int
) -> tuple[str, ...]:
    """Return the column of each cell of a header; raises ConfigError that explains every heading that is none."""
    found = tuple(column(cell, known) for cell in cells)
    unknown = [cell for cell, name in zip(cells, found, strict=True) if name not in {*known, NONE} or not cell]
    if unknown:
        causes = " ; ".join(_unknown(cell, known) for cell in unknown)
        cure = f"renommez ou retirez ; colonnes admises : {', '.join(known)}"
        raise ConfigError(causes, file=path, line=line, cure=cure)
    for name in found:
        if name != NONE and found.count(name) > 1:
            raise ConfigError(f"colonne « {name} » en double", file=path, line=line, cure="gardez-en une seule")
    for name in required:
        if name not in found:
            raise ConfigError(f"colonne « {name} » absente", file=path, line=line, cure="elle est obligatoire")
    return found


def told(cells: Sequence[str], found: Sequence[str]) -> Iterator[str]:
    """Say which headings were read by another name, and which are left aside."""
    pairs = list(zip(cells, found, strict=True))
    said = [f"« {cell} » = {name}" for cell, name in pairs if name not in {NONE, canonical(cell)}]
    if said:
        yield f"colonnes lues : {', '.join(said)}"
    aside = [f"« {cell} »" for cell, name in pairs if name == NONE]
    if aside:
        yield f"colonnes laissées de côté, dont un bulletin n'a pas besoin : {', '.join(aside)}"


def _unknown(cell: str, known: Collection[str]) -> str:
    if not cell:
        return "colonne sans nom"
    names = _ALIASES | {name.replace("_", " "): name for name in known}
    near = names.get(nearest(fold(cell), names), "")
    return f"colonne inconnue « {cell[:60]} »" + (f", vouliez-vous « {near} » ?" if near else "")
