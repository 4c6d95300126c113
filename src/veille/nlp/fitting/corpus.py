"""What the models learn from: labelled records of public sets, names of CPV codes, and the taxonomy's own words."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from veille.config.taxonomy import Taxonomy, Term
from veille.errors import InputError
from veille.files import cause
from veille.model import Scheme
from veille.nlp.fitting.features import Features, features
from veille.nlp.fitting.training import Example
from veille.nlp.labels.sector import owners
from veille.text import fold

#: What a name of a code, or a cue, weighs beside a text.
SHORT_WEIGHT = 1.0
#: Folds of `fold_of`.
FOLDS = 5
#: Licences under which a model may be learnt and given away, and what withdraws that.
_FREE = re.compile(r"Licence Ouverte|TED notices: reuse free", re.IGNORECASE)
_BOUND = re.compile(r"AGPL-3\.0 \(code and data\)")
#: In the place of a licence: what an instance's staff decided, for a model that stays in the instance.
OWN = "décisions de l'équipe"
#: JSON key of each fitted scheme under `gold`.
_KEYS = {Scheme.SECTOR: "sectors", Scheme.TYPE: "types"}


@dataclass(frozen=True, slots=True)
class Record:
    """A labelled text of a set."""

    id: str
    set: str
    found: Features
    #: Every label that counts as right, by scheme.
    gold: Mapping[Scheme, frozenset[str]]

    @property
    def fold(self) -> int:
        """Which fifth it belongs to."""
        return fold_of(self.id)


def fold_of(name: str) -> int:
    """Return which fifth an id belongs to: another order or one more record moves no other."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % FOLDS


def may_teach(licence: str) -> bool:
    """Tell whether a model may be learnt from texts under that licence: given away, or kept by whose texts they are."""
    return licence == OWN or (bool(_FREE.search(licence)) and not _BOUND.search(licence))


def read_records(files: Sequence[Path]) -> tuple[Record, ...]:
    """Return the records with labels whose licence lets a model be learnt from them; raises InputError."""
    return tuple(record for path in files for record in _records(path))


def _records(path: Path) -> Iterator[Record]:
    for number, line in enumerate(_read(path).rstrip("\n").split("\n"), 1):
        try:
            said = json.loads(line)
            gold = {scheme: frozenset(said["gold"][key]) for scheme, key in _KEYS.items()}
            licence, title, text, name = said["licence"], said["title"], said["text"], said["id"]
        except (ValueError, KeyError, TypeError) as error:
            message = f"{path}, ligne {number} : ni JSON ni fiche étiquetée"
            raise InputError(message, cure="voyez la forme attendue : score_tags.py --help") from error
        if any(gold.values()) and may_teach(licence):
            yield Record(str(name), path.stem, features(fold(title), fold(text)), gold)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = cause(error) if isinstance(error, OSError) else "pas en UTF-8"
        raise InputError(f"{path} : illisible ({why})", cure="vérifiez le nom et les droits") from error


def examples(records: Sequence[Record], scheme: Scheme, kept: Callable[[Record], bool]) -> list[Example]:
    """Return the records kept as examples; a set counts as the square root of its size."""
    told = [record for record in records if record.gold[scheme] and kept(record)]
    sizes = Counter(record.set for record in told)
    mean = len(told) / max(len(sizes), 1)
    return [Example(one.found, one.gold[scheme], (mean / sizes[one.set]) ** 0.5) for one in told]


def short_examples(taxonomy: Taxonomy, scheme: Scheme, names_of_codes: Mapping[str, str]) -> list[Example]:
    """Return what needs no labelled text: what the taxonomy says of its terms and, for sectors, names of CPV codes.

    So a model knows the labels that no set has, and does not take every text for what its sets are full of.
    """
    terms = taxonomy.of(scheme)
    named = [(name, owners(code, "cpv", terms)) for code, name in sorted(names_of_codes.items())]
    own = [(words.replace("*", ""), [term.id]) for term in terms.values() for words in _words(term)]
    return [
        Example(features("", fold(words)), frozenset(labels), SHORT_WEIGHT)
        for words, labels in (*named, *own)
        if labels
    ]


def _words(term: Term) -> tuple[str, ...]:
    cues = (*term.cues, *term.cues_en, *term.title_cues, *term.start_cues)
    return (term.sentence, term.label, *cues)


def read_names_of_codes(path: Path) -> Mapping[str, str]:
    """Read `{CPV code: French name}`; raises InputError."""
    try:
        names: Any = json.loads(_read(path))
    except ValueError as error:
        raise InputError(f"{path} : pas du JSON", cure="rapportez-le depuis son adresse publique") from error
    if not isinstance(names, dict):
        raise InputError(f"{path} : un objet code → nom est attendu", cure="rapportez-le depuis son adresse publique")
    return {str(code): str(name) for code, name in names.items()}
