"""Fitting of every model on what is kept of the labelled records: for a fold, without a set, or for what ships."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from veille.config.instance import shipped
from veille.config.taxonomy import Taxonomy, load_taxonomy
from veille.model import Scheme
from veille.nlp.fitting.corpus import Record, examples, short_examples
from veille.nlp.fitting.model import FITTED, LinearModel
from veille.nlp.fitting.training import Example, fit

Kept = Callable[[Record], bool]


class Trainer:
    """Fits the models of the shipped taxonomy on what is kept of the records."""

    def __init__(self, records: Sequence[Record], names_of_codes: Mapping[str, str]) -> None:
        self._records = records
        self._taxonomy: Taxonomy = load_taxonomy([shipped()])
        self._short: dict[Scheme, list[Example]] = {
            scheme: short_examples(self._taxonomy, scheme, names_of_codes) for scheme in FITTED
        }

    def fit(self, kept: Kept) -> Mapping[Scheme, LinearModel]:
        """Return the model of each scheme; that of sectors with what definitions alone teach."""
        models = {
            scheme: fit([*examples(self._records, scheme, kept), *self._short[scheme]], list(self._taxonomy.of(scheme)))
            for scheme in FITTED
        }
        return models | {Scheme.SECTOR: replace(models[Scheme.SECTOR], defined=self._defined)}

    @cached_property
    def _defined(self) -> LinearModel:
        """The model of sectors that no record has taught: the same whatever is kept."""
        return fit(self._short[Scheme.SECTOR], list(self._taxonomy.of(Scheme.SECTOR)))
