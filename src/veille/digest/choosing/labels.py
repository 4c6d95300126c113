"""Short words for terms, as one line of a bulletin prints them."""

from veille.config.taxonomy import Taxonomy
from veille.model import Scheme
from veille.protocols import Places

#: What professionals say; a type that is not here is printed by its whole label.
_TYPES = {
    "appel-a-projets": "AAP", "ami": "AMI", "marche-public": "marché public", "subvention-aide": "aide",
    "pret-garantie": "prêt ou garantie", "avantage-fiscal": "avantage fiscal", "concours-prix": "concours",
    "financement-capital": "investisseurs", "appel-partenaires": "recherche de partenaires",
    "export-salon": "salon ou mission", "evenement": "événement", "formation": "formation",
    "accompagnement": "accompagnement", "reglementation": "réglementation", "innovation-techno": "innovation",
    "tendance-prospective": "tendance", "signal-affaires": "signal d’affaires", "emploi": "emploi",
    "vie-du-cluster": "réseau", "actualite": "actualité",
}  # fmt: skip
_TERRITORIES = {
    "country:fr": "France", "country-group:ue": "UE", "fr:region:84": "AURA", "fr:region:93": "PACA",
    "fr:region:11": "Île-de-France",
}  # fmt: skip


class ShortLabels:
    """Labels from our own list, then from the taxonomy and the gazetteer."""

    def __init__(self, taxonomy: Taxonomy, places: Places) -> None:
        self._taxonomy = taxonomy
        self._places = places

    def short(self, scheme: Scheme, term: str) -> str:
        """Return a short French label; the term itself where it is unknown."""
        if scheme in {Scheme.TERRITORY, Scheme.ZONE}:
            return _TERRITORIES.get(term) or self._places.name(term)
        if scheme is Scheme.TYPE and term in _TYPES:
            return _TYPES[term]
        return self._taxonomy.label(scheme, term)
