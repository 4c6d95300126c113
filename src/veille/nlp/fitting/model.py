"""The fitted models that ship: one table of weights for sectors, one for types, read from one file.

The file is what `make train` writes (`nlp/fitting/training.py`): NumPy arrays without pickled objects, so that reading
one can run no code.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from veille.errors import ConfigError
from veille.model import Evidence, Scheme
from veille.nlp.cues import Field
from veille.nlp.fitting.features import BUCKETS, WORD_BITS, Features, Floats, lay_out
from veille.nlp.reading import Reading

#: Below a definitions folder.
MODEL = Path("pipelines") / "model" / "fitted" / "model.npz"
#: Changes with what `features` makes of a text and with the arrays of the file: weights of another recipe mean nothing.
RECIPE = 1
#: Schemes that a file may hold.
FITTED = (Scheme.SECTOR, Scheme.TYPE)
_CURE = "s'il est de l'instance, effacez-le ; sinon réinstallez veille, ou refaites-le par « make train »"
#: Words quoted for one label, and the least share of the loudest word's weight that is worth quoting.
_SHOWN, _LOUD = 3, 0.25


@dataclass(frozen=True)
class LinearModel:
    """Weights of each bucket for each label of one scheme."""

    labels: tuple[str, ...]
    #: (BUCKETS, labels), to be multiplied by `scales`.
    weights: NDArray[np.int8]
    scales: Floats
    biases: Floats
    #: What a rare bucket counts more: log of how few texts have it.
    rarity: Floats
    #: The same labels as definitions alone tell them (names of codes, cues): it knows no habit of any source, and so
    #: speaks for what no labelled text was about.
    defined: "LinearModel | None" = None

    @cached_property
    def never_met(self) -> float:
        """What `rarity` says of a bucket that no text learnt from had."""
        return float(self.rarity.max(initial=0.0))

    def chances(self, found: Features) -> dict[str, float]:
        """Return, for each label, how likely the text makes it (0–1); nothing for a text without words."""
        if not len(found.buckets):
            return {}
        weighed = unit(found, self.rarity)
        logits = (weighed @ self.weights.take(found.buckets, axis=0).astype(np.float32)) * self.scales + self.biases
        return dict(zip(self.labels, (1 / (1 + np.exp(-logits))).tolist(), strict=True))

    def evidence(self, reading: Reading, label: str) -> tuple[Evidence, ...]:
        """Quote the words that weighed most for a label, loudest first."""
        title, text = reading.title.singular.folded.text, reading.body.singular.folded.text
        layout = lay_out(title, text)
        loud = self.weights[layout.buckets, self.labels.index(label)] * self.rarity[layout.buckets]
        weights = np.bincount(layout.words, weights=loud, minlength=len(layout.starts))
        shown: dict[str, Evidence] = {}
        for rank in np.argsort(-weights, kind="stable"):
            if len(shown) == _SHOWN or weights[rank] <= max(0.0, _LOUD * float(weights.max())):
                break
            field = reading.title if layout.in_title[rank] else reading.body
            said = _quote(field, int(layout.starts[rank]), int(layout.ends[rank]))
            shown.setdefault(said.text.lower(), said)
        return tuple(shown.values())


def unit(found: Features, rarity: Floats) -> Floats:
    """Return the weights of a text's buckets, rare ones louder: of length one for words, and one for pieces."""
    weighed = found.weights * rarity.take(found.buckets)
    words = int(np.searchsorted(found.buckets, 1 << WORD_BITS))
    for part in (slice(words), slice(words, None)):
        weighed[part] /= max(float(np.sqrt(weighed[part] @ weighed[part])), 1e-9)
    return weighed


def _quote(field: Field, start: int, end: int) -> Evidence:
    first, last = field.singular.folded.span(start, end)
    return Evidence(text=field.original[first:last], where=field.name, start=first, end=last)


def find_model(folders: Sequence[Path]) -> Path:
    """Return the fitted file, the instance's own first; raises ConfigError with its cure where there is none."""
    path = next((folder / MODEL for folder in folders if (folder / MODEL).is_file()), None)
    if path is None:
        raise ConfigError("modèle absent", file=folders[0] / MODEL if folders else MODEL, cure=_CURE)
    return path


def load_models(path: Path) -> Mapping[Scheme, LinearModel]:
    """Read a fitted file; raises ConfigError where it is damaged or of another version of the program."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            recipe = int(arrays["recipe"])
            models = {scheme: _model(arrays, scheme) for scheme in FITTED} if recipe == RECIPE else {}
    except (OSError, ValueError, TypeError, KeyError, EOFError, BadZipFile) as error:
        raise ConfigError("modèle illisible", file=path, cure=_CURE) from error
    if recipe != RECIPE:
        raise ConfigError(f"modèle d'une autre version ({recipe} au lieu de {RECIPE})", file=path, cure=_CURE)
    every = [part for model in models.values() for part in (model, model.defined) if part is not None]
    if any(part.weights.shape != (BUCKETS, len(part.labels)) for part in every):
        raise ConfigError("modèle illisible", file=path, cure=_CURE)
    return models


def _model(arrays: Mapping[str, NDArray[np.generic]], name: str) -> LinearModel:
    return LinearModel(
        tuple(str(label) for label in arrays[f"{name}_labels"]),
        arrays[f"{name}_weights"].astype(np.int8, copy=False),
        arrays[f"{name}_scales"].astype(np.float32),
        arrays[f"{name}_biases"].astype(np.float32),
        arrays[f"{name}_rarity"].astype(np.float32),
        _model(arrays, f"{name}_defined") if f"{name}_defined_labels" in arrays else None,
    )


def save_models(path: Path, models: Mapping[Scheme, LinearModel]) -> None:
    """Write a fitted file."""
    arrays: dict[str, NDArray[np.generic]] = {"recipe": np.array(RECIPE)}
    for scheme, model in models.items():
        arrays |= _arrays(model, scheme)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]  # its stub takes the first keyword for a flag


def _arrays(model: LinearModel, name: str) -> dict[str, NDArray[np.generic]]:
    own: dict[str, NDArray[np.generic]] = {
        f"{name}_labels": np.array(model.labels),
        f"{name}_weights": model.weights,
        f"{name}_scales": model.scales,
        f"{name}_biases": model.biases,
        f"{name}_rarity": model.rarity.astype(np.float16),
    }
    return own if model.defined is None else own | _arrays(model.defined, f"{name}_defined")
