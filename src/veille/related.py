"""Related words: vectors in which words that keep the same company lie near each other (tags and matching read them).

The file is what `pipelines/related/scripts/train.py` writes (`nlp/labels/relating.py`): NumPy arrays without pickled
objects.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from veille.errors import ConfigError

Floats = NDArray[np.floating[Any]]
#: Below a definitions folder.
RELATED = Path("pipelines") / "related" / "fitted" / "words.npz"
#: Changes with what `words_of` makes of a text and with the arrays of the file.
RECIPE = 2
_CURE = "réinstallez veille, ou refaites-le par « make related »"
#: Words of three letters and more; shorter ones say nothing.
_WORD = re.compile(r"[a-z]{3,}")
INT8 = 127
#: Known words of a usual title and of a usual opening (medians of judged items).
USUAL = (7, 25)


@dataclass(frozen=True)
class Related:
    """A vocabulary with its vectors."""

    words: tuple[str, ...]
    #: (words, dimensions), each of length one times 127.
    vectors: NDArray[np.int8]
    #: What a rare word counts more: log of how few passages have it.
    rarity: Floats
    #: (words, 2): how near the nearest of a usual title's words is to a word, and the nearest of a usual opening's.
    usual: Floats

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {word: place for place, word in enumerate(self.words)}

    def place(self, word: str) -> int | None:
        """Return the row of a folded word without plural, None where it is not known."""
        return self._places.get(word)

    def has(self, word: str) -> bool:
        """Tell whether a folded word without plural is known."""
        return word in self._places

    def vector(self, words: Iterable[str]) -> Floats:
        """Return what words are about together, of length one; zeros where none is known."""
        places = [place for word in words if (place := self._places.get(word)) is not None]
        if not places:
            return np.zeros(self.vectors.shape[1], np.float32)
        rows = np.array(places)
        total: Floats = self.rarity.take(rows) @ self.vectors.take(rows, axis=0).astype(np.float32)
        return total / np.float32(max(float(np.sqrt(total @ total)), 1e-9))


def telling(rarity: Floats) -> Floats:
    """Return 0 to 1: how much a word of an item says by being near, all of it from the middle of rarity on."""
    shares: Floats = np.minimum(1.0, 2.0 * weights(rarity)).astype(np.float32)
    return shares


def weights(rarity: Floats) -> Floats:
    """Return 0 to 1: how much a word of a profile's line counts in it."""
    share: Floats = ((rarity / rarity.max()) ** 2).astype(np.float32)
    return share


def words_of(singular: str) -> list[str]:
    """Return the words of a folded text without plurals (`text.singular`), in order."""
    return _WORD.findall(singular)


def find_related(folders: Sequence[Path]) -> Path:
    """Return the file, the instance's own first; raises ConfigError with its cure where there is none."""
    path = next((folder / RELATED for folder in folders if (folder / RELATED).is_file()), None)
    if path is None:
        where = folders[0] / RELATED if folders else RELATED
        raise ConfigError("mots apparentés absents", file=where, cure=_CURE)
    return path


def load_related(path: Path) -> Related:
    """Read a file; raises ConfigError where it is damaged or of another version of the program."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            recipe = int(arrays["recipe"])
            words = tuple(bytes(arrays["words"]).decode("ascii").split("\n"))
            vectors, rarity = arrays["vectors"].astype(np.int8), arrays["rarity"].astype(np.float32)
            found = Related(words, vectors, rarity, arrays["usual"].astype(np.float32))
    except (OSError, ValueError, TypeError, KeyError, EOFError, BadZipFile) as error:
        raise ConfigError("mots apparentés illisibles", file=path, cure=_CURE) from error
    if recipe != RECIPE or not len(words) == len(found.vectors) == len(found.rarity) == len(found.usual):
        raise ConfigError("mots apparentés d'une autre version", file=path, cure=_CURE)
    return found


def save_related(path: Path, related: Related) -> None:
    """Write a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        path,
        recipe=np.array(RECIPE),
        words=np.frombuffer("\n".join(related.words).encode("ascii"), np.uint8),
        vectors=related.vectors,
        rarity=related.rarity.astype(np.float16),
        usual=related.usual.astype(np.float16),
    )


def rounded(vectors: Floats) -> NDArray[np.int8]:
    """Return vectors at length one, one byte a number."""
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    scaled: NDArray[np.int8] = np.clip(np.rint(vectors / lengths * INT8), -INT8, INT8).astype(np.int8)
    return scaled
