"""The engine of the NLP stage: a spaCy pipeline assembled from the definitions, behind the `Tagger` protocol."""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import load_config, load_model_from_config

import veille.nlp.components  # noqa: F401 - registers the components even where entry points are not installed
from veille import __version__
from veille.config.gazetteer import Gazetteer
from veille.config.taxonomy import Taxonomy
from veille.errors import ConfigError
from veille.french import without_removed
from veille.model import Tagged, TextToTag
from veille.nlp.explain import Explanation, explanation
from veille.nlp.facts.documents import located
from veille.nlp.facts.given import with_given
from veille.nlp.fitting.learning import Lesson
from veille.nlp.hostile import readable
from veille.nlp.knowledge import Knowledge, load_knowledge, seal
from veille.nlp.reading import LONGEST_TEXT
from veille.text import clean

#: Below a definitions folder.
CONFIG = Path("pipelines") / "veille" / "configs" / "config.cfg"
#: Texts whose words spaCy may forget together.
_ZONE = 256
#: spaCy forgets strings but not the slots of their lexemes (3.8): past that many the pipeline is assembled anew, 0.1 s.
_LEXEMES = 300_000
#: Objects made before Python looks for cycles, by generation (700, 10, 10 by default).
_COLLECTIONS = (20_000, 50, 50)


class SpacyTagger:
    """Tags texts in order; equal texts and definitions give equal tags."""

    def __init__(self, folders: Sequence[Path]) -> None:
        digest = seal(folders)
        names = [str(folder) for folder in folders]
        self._config = _config(folders, names, digest)
        self._nlp = _assemble(self._config)
        self._knowledge: Knowledge = load_knowledge(tuple(names), digest)
        #: `name@version`, stored with every tag.
        self.pipeline = f"veille@{__version__}+{digest}"

    @property
    def taxonomy(self) -> Taxonomy:
        """The labels it speaks."""
        return self._knowledge.taxonomy

    @property
    def gazetteer(self) -> Gazetteer:
        """The territories it knows."""
        return self._knowledge.gazetteer

    def tag(self, texts: Iterable[TextToTag]) -> Iterator[Tagged]:
        """Tag each text, in order; lazily, `_ZONE` texts in memory at most."""
        source = iter(texts)
        while batch := list(islice(source, _ZONE)):
            with _few_collections(), self._nlp.memory_zone():
                tagged = [_tagged(doc) for doc in self._nlp.pipe(map(self._doc, batch))]
            yield from tagged
            if len(self._nlp.vocab) > _LEXEMES:
                self._nlp = _assemble(self._config)

    def lessons(self, texts: Iterable[tuple[TextToTag, frozenset[str], float]]) -> Iterator[Lesson]:
        """Yield what (text, its right axes, weight) teach; nothing in an instance without axes."""
        for text, labels, weight in texts:
            with self._nlp.memory_zone():
                doc = self._nlp(self._doc(text))
                read = self._knowledge.axes.lesson(doc._.veille_reading, doc._.veille_tags)
            if read is not None:
                yield Lesson(*read, labels & frozenset(read[1]), weight)

    def explain(self, text: TextToTag) -> Explanation:
        """Tag one text as `tag` does, and tell why."""
        known = self._knowledge
        with self._nlp.memory_zone():
            doc = self._nlp(self._doc(text))
            return explanation(
                doc._.veille_reading,
                _tagged(doc),
                known.taxonomy,
                known.models,
                source=doc._.veille_source,
                located=doc._.veille_pages.located,
            )

    def _doc(self, text: TextToTag) -> Doc:
        title, body = readable(_encodable(text.title)), readable(_encodable(text.text))
        whole = replace(text, title=without_removed(title), text=body)
        doc: Doc = self._nlp.make_doc(f"{whole.title[:LONGEST_TEXT]}\n{whole.text[:LONGEST_TEXT]}")
        doc._.veille_source = whole
        return doc


def load_tagger(folders: Sequence[Path]) -> SpacyTagger:
    """Assemble the pipeline from definition folders, the instance's first; raises ConfigError with file and line."""
    return SpacyTagger(folders)


@dataclass(frozen=True)
class _Config:
    """A configuration with its definitions filled in, and where it was read."""

    path: Path
    values: Any


def _config(folders: Sequence[Path], names: list[str], digest: str) -> _Config:
    path = next((folder / CONFIG for folder in folders if (folder / CONFIG).is_file()), None)
    if path is None:
        where = folders[0] / CONFIG if folders else CONFIG
        raise ConfigError("chaîne d'analyse absente", file=where, cure="lancez « veille init DOSSIER » ou réinstallez")
    try:
        return _Config(path, load_config(path, overrides={"paths.folders": names, "paths.digest": digest}))
    except (ValueError, KeyError) as error:  # confection's refusals are ValueErrors
        raise _refused(path, error) from error


def _assemble(config: _Config) -> Language:
    try:
        return load_model_from_config(config.values, auto_fill=True, validate=False)
    except (ValueError, KeyError) as error:  # spaCy's refusals are ValueErrors
        raise _refused(config.path, error) from error


def _refused(path: Path, error: Exception) -> ConfigError:
    cause = " ".join(str(error).split())[:300]
    return ConfigError(f"chaîne d'analyse refusée : {cause}", file=path, cure="corrigez ou retirez ce fichier")


@contextmanager
def _few_collections() -> Iterator[None]:
    """Let Python look for cycles more rarely: tagging makes many small values and hardly a cycle (10 % of its time)."""
    before = gc.get_threshold()
    gc.set_threshold(*_COLLECTIONS)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _encodable(text: str) -> str:
    """Return text as it is, or cleaned where it holds what UTF-8 cannot (lone surrogates)."""
    return text if text.isprintable() or _encodes(text) else clean(text)


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _tagged(doc: Doc) -> Tagged:
    text, tags = doc._.veille_source, located(doc._.veille_tags, doc._.veille_pages)
    lang = doc._.veille_reading.lang
    return Tagged(id=text.id, lang=lang, tags=with_given(tags, text.given), facts=doc._.veille_facts)
