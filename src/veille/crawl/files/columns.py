"""What a column of a table gives, by its heading (pure)."""

from functools import lru_cache

from veille.text import fold, singular

#: Field → its headings as people write them, folded. A heading may go on (« date limite de dépôt des dossiers »).
_HEADINGS = {
    "id": ("id", "identifiant", "identifiant unique", "cle", "key", "uid"),
    "title": (
        "titre", "title", "intitule", "nom", "nom de l aide", "nom du dispositif", "nom de l appel", "libelle",
        "objet", "dispositif", "appel a projet", "appel", "aide", "name", "subject", "denomination", "sujet",
    ),
    "link": (
        "lien", "link", "url", "site", "site web", "site internet", "page", "page web", "adresse web",
        "en savoir plus", "lien web", "lien vers", "lien internet", "website",
    ),
    "text": (
        "description", "resume", "texte", "text", "detail", "presentation", "contenu", "objectif", "summary",
        "commentaire", "remarque", "note", "observation",
    ),
    "deadline": (
        "date limite", "echeance", "cloture", "date de cloture", "date cloture", "date d echeance", "deadline",
        "limite", "date de fin", "fin", "fin de depot", "depot avant", "a deposer avant", "closing date",
        "date butoir", "date de fermeture", "fermeture", "fin de validite", "jusqu au",
    ),
    "opening": (
        "ouverture", "date d ouverture", "date ouverture", "debut", "date de debut", "opening", "opening date",
        "a partir du", "date de lancement", "lancement",
    ),
    "published": (
        "date", "publie", "publie le", "date de publication", "date publication", "publication", "paru le",
        "parution", "published", "date de parution", "date d ajout", "ajoute le",
    ),
    "updated": (
        "mise a jour", "mis a jour", "mis a jour le", "date de mise a jour", "updated", "modifie le",
        "derniere mise a jour",
    ),
    "author": ("auteur", "author", "redacteur", "source"),
    "categories": (
        "categorie", "filiere", "secteur", "secteur d activite", "theme", "thematique", "domaine", "mot cle", "tag",
        "category", "sector", "topic",
    ),
    "language": ("langue", "language", "lang"),
    "amount": (
        "montant", "budget", "enveloppe", "montant total", "dotation", "amount", "montant global",
        "enveloppe totale",
    ),
    "amount_min": ("montant minimum", "montant minimal", "montant min", "plancher", "minimum", "amount min"),
    "amount_max": (
        "montant maximum", "montant maximal", "montant max", "plafond", "maximum", "amount max",
        "aide maximale", "subvention maximale", "plafond d aide",
    ),
    "rate": (
        "taux", "taux d aide", "taux de subvention", "taux maximum", "taux maximal", "taux max", "intensite",
        "rate",
    ),
    "financer": (
        "financeur", "organisme", "porteur", "operateur", "emetteur", "structure", "financer", "funder", "acheteur",
        "organisme financeur", "organisateur", "proposee par", "propose par",
    ),
    "audiences": (
        "public", "public vise", "public cible", "beneficiaire", "cible", "eligible", "pour qui", "qui", "audience",
        "destinataire", "candidat", "structure eligible",
    ),
    "territories": (
        "territoire", "perimetre", "zone", "zone geographique", "region", "departement", "localisation", "lieu",
        "territory", "commune", "perimetre geographique", "ville",
    ),
    "cpv": ("cpv", "code cpv"),
    "naf": ("naf", "code naf", "ape", "code ape"),
    "nuts": ("nuts", "code nuts"),
    "contact": ("contact", "courriel", "email", "e mail", "mail", "telephone", "interlocuteur"),
    "reference": ("reference", "ref", "numero", "n", "no", "code", "numero de dossier", "n de dossier"),
    "status": ("statut", "etat", "status", "ouvert"),
    "type": ("type", "nature", "type d aide", "type d appel", "nature de l aide", "forme"),
}  # fmt: skip
#: What says that a name is meant: « nom du financeur ».
_NAMED = ("nom du ", "nom de la ", "nom de l ", "nom de ", "nom des ", "libelle du ", "libelle de la ", "libelle de l ")
#: A beginning is a whole word: « id » begins too many.
_SHORTEST = 5


def plain_heading(heading: str) -> str:
    """Return a heading as it is compared: folded, in the singular, without what stands in brackets."""
    folded = fold(heading).replace("°", " ").partition("(")[0]
    return singular(" ".join("".join(c if c.isalnum() else " " for c in folded).split()))


_BY_HEADING = {plain_heading(heading): field for field, headings in _HEADINGS.items() for heading in headings}
_BEGINNINGS = tuple(sorted((one for one in _BY_HEADING if len(one) >= _SHORTEST), key=len, reverse=True))


@lru_cache(maxsize=5_000)
def field_of(heading: str) -> str | None:
    """Return what a column with this heading gives, None where that is not known."""
    plain = plain_heading(heading)
    for form in (plain, *(plain.removeprefix(named) for named in _NAMED if plain.startswith(named))):
        begun = next((known for known in _BEGINNINGS if form.startswith(f"{known} ")), "")
        found = _BY_HEADING.get(form) or _BY_HEADING.get(begun)
        if found is not None:
            return found
    return None
