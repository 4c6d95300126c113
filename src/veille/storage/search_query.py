"""What a person types into a search box, to the two languages of full-text search (pure).

Any text is a query: letters and digits are words, everything else parts them, as the index does. All words must stand
in the text, in the singular or the plural; « "appel à projets" » stands as such; « méthan* » begins a word; « -bois »
must not stand there. Nothing a person types reaches a database as syntax.
"""

import re
from dataclasses import dataclass

from veille.text import fold, singular

#: Longest query and most terms (bad input WEB-054): beyond, it is not a person who asks.
MAX_CHARACTERS, MAX_TERMS = 256, 16
_TERM = re.compile(r'(?P<minus>(?<![^\s(])-)?(?:["«](?P<phrase>[^"»]*)["»]?|(?P<word>[^\s"«»*]+)(?P<star>\*)?)')
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Term:
    """Words that follow each other, folded."""

    words: tuple[str, ...]
    #: The last word only begins like this.
    prefix: bool = False
    #: It must not stand in the text.
    excluded: bool = False


def parse(query: str) -> tuple[Term, ...]:
    """Return the terms of a query; none where there is nothing to look for."""
    asked = query if len(query) <= MAX_CHARACTERS else query[:MAX_CHARACTERS].rpartition(" ")[0]  # no half word
    terms = []
    for found in _TERM.finditer(asked):
        words = tuple(_WORD.findall(fold(found["phrase"] if found["phrase"] is not None else found["word"])))
        excluded, prefix = found["minus"] is not None, found["star"] is not None
        if words and found["phrase"] is not None:
            terms.append(Term(words, excluded=excluded))
        else:
            # « l'aide » and « Île-de-France » are several words, in any order
            starred = len(words) - 1 if prefix else -1
            terms += [Term((word,), place == starred, excluded) for place, word in enumerate(words)]
    kept = tuple(dict.fromkeys(terms))[:MAX_TERMS]
    return kept if any(not term.excluded for term in kept) else ()


def for_sqlite(terms: tuple[Term, ...]) -> str:
    """Return terms in FTS5's language, every word quoted (https://www.sqlite.org/fts5.html §3)."""
    wanted = " AND ".join(f"({_fts5(term)})" for term in terms if not term.excluded)
    unwanted = "".join(f" NOT ({_fts5(term)})" for term in terms if term.excluded)
    return f"({wanted}){unwanted}"


def _fts5(term: Term) -> str:
    if term.prefix:
        return f'"{term.words[0]}"*'
    if len(term.words) > 1:
        return f'"{" ".join(term.words)}"'
    return " OR ".join(f'"{form}"' for form in _forms(term.words[0]))


def for_postgres(terms: tuple[Term, ...]) -> str:
    """Return terms in to_tsquery's language; words are letters and digits only."""
    return " & ".join(f"{'!' if term.excluded else ''}({_tsquery(term)})" for term in terms)


def _tsquery(term: Term) -> str:
    if term.prefix:
        return f"{term.words[0]}:*"
    return " <-> ".join(term.words) if len(term.words) > 1 else " | ".join(_forms(term.words[0]))


def _forms(word: str) -> list[str]:
    """Return a word in the singular and the simple plural (« appel », « appels » ; « réseau », « réseaux »)."""
    one = singular(word)
    return [one, f"{one}s", f"{one}x"] if len(one) > 2 and one.isalpha() else [word]  # noqa: PLR2004 - « TI », « 5G »
