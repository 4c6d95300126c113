"""The type that a page or an API prints beside a label of its own: « Types d'aide : Prêt, Subvention »."""

import re
from collections.abc import Iterable

from veille.model import Evidence, Scheme
from veille.nlp.cues import CueAutomaton, Field
from veille.nlp.levelled import level

#: What portals print before the nature of what they list; the value ends with its line.
_LABEL = re.compile(
    r"^(?:[-•*] )?(?:natures?(?: (?:de l'aide|des aides|du dispositif|du financement|de l'appel))?|"
    r"(?:types?|formes?) (?:d'aides?|de l'aide|de financements?|de dispositifs?|de soutien|d'appel|d'evenement|"
    r"d'opportunite|de contenu)|type of (?:action|support|funding)|funding type) ?: ?(\S[^\n]{0,120})$",
    re.MULTILINE,
)


def labelled_types(text: str, automaton: CueAutomaton, *, english: bool) -> dict[str, tuple[Evidence, ...]]:
    """Return the types that a labelled line names, in its order; their evidence is the value."""
    found = _LABEL.search(level(text))
    if found is None:
        return {}
    start, end = found.span(1)
    value = text[start:end]
    evidence = (Evidence(text=value, where="text", start=start, end=end),)
    return dict.fromkeys(_named(value, automaton, english=english), evidence)


def _named(value: str, automaton: CueAutomaton, *, english: bool) -> Iterable[str]:
    hits = automaton.find(Field("types", value), english=english)
    first = {term: min(hit.start for hit in found) for (scheme, term), found in hits.items() if scheme is Scheme.TYPE}
    return sorted(first, key=lambda term: (first[term], term))
