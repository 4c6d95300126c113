"""Our spaCy components: each reads `doc._.veille_reading` and adds to `doc._.veille_tags` or `doc._.veille_facts`.

spaCy finds them through the entry points `spacy_factories`; `pipelines/veille/configs/config.cfg` orders them.
"""

from collections.abc import Callable
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import registry

from veille.model import Scheme
from veille.nlp.applicants import eligibility_facts
from veille.nlp.dates import deadline, event_date
from veille.nlp.facts import amount, contact, documents, reference, stated
from veille.nlp.knowledge import Knowledge, load_knowledge
from veille.nlp.labels.company import load_company
from veille.nlp.labels.opportunity_type import opportunity_types
from veille.nlp.labels.sector import sectors
from veille.nlp.labels.themes import audiences, horizon, themes
from veille.nlp.reading import Reading

Component = Callable[[Doc], Doc]

#: name → default: what a Doc carries through the pipeline.
_EXTENSIONS = {
    "veille_source": None,
    "veille_reading": None,
    "veille_pages": None,
    "veille_tags": (),
    "veille_facts": (),
}

for _name, _default in _EXTENSIONS.items():
    if not Doc.has_extension(_name):
        Doc.set_extension(_name, default=_default)


@registry.tokenizers("veille.lines.v1")  # type: ignore[untyped-decorator]  # catalogue has no types
def create_tokenizer() -> Callable[[Language], Callable[[str], Doc]]:
    """Return a tokenizer that makes one token a line: our components read folded text, not tokens."""

    def create(nlp: Language) -> Callable[[str], Doc]:
        # Nobody asks a line for its shape or whether it looks like an address: computed for each, that costs 3 %.
        nlp.vocab.lex_attr_getters = {}  # type: ignore[attr-defined]  # absent from spaCy's stub

        def tokenize(text: str) -> Doc:
            lines = text.splitlines(keepends=True)
            return Doc(nlp.vocab, words=lines, spaces=[False] * len(lines))

        return tokenize

    return create


def _knowledge(folders: list[str] | None, digest: str | None) -> Knowledge:
    return load_knowledge(tuple(folders or ()), digest or "")


@Language.factory("veille_cues", default_config={"folders": None, "digest": None})
def create_cues(nlp: Language, name: str, folders: list[str] | None, digest: str | None) -> Component:  # noqa: ARG001 - spaCy's signature
    """Fold the text and find every cue, once for all components."""
    known = _knowledge(folders, digest)

    def read(doc: Doc) -> Doc:
        whole, doc._.veille_pages = documents.completed(doc._.veille_source)
        doc._.veille_reading = Reading(whole, known.automaton)
        return doc

    return read


@Language.factory("veille_sector", default_config={"folders": None, "digest": None})
def create_sector(nlp: Language, name: str, folders: list[str] | None, digest: str | None) -> Component:  # noqa: ARG001 - spaCy's signature
    """Tag the sectors."""
    known = _knowledge(folders, digest)
    company = load_company([Path(folder) for folder in folders or ()], known.taxonomy.of(Scheme.SECTOR).values())

    def tag(doc: Doc) -> Doc:
        doc._.veille_tags += sectors(doc._.veille_reading, known.taxonomy, known.models[Scheme.SECTOR], company)
        return doc

    return tag


@Language.factory("veille_opportunity_type", default_config={"folders": None, "digest": None})
def create_opportunity_type(nlp: Language, name: str, folders: list[str] | None, digest: str | None) -> Component:  # noqa: ARG001 - spaCy's signature
    """Tag the types and the horizon of the main one."""
    known = _knowledge(folders, digest)

    def tag(doc: Doc) -> Doc:
        model, facts = known.models[Scheme.TYPE], doc._.veille_facts
        found = opportunity_types(doc._.veille_reading, known.taxonomy, model, facts, known.awards)
        doc._.veille_tags += (*found, *horizon(found, known.taxonomy))
        return doc

    return tag


@Language.factory("veille_axis", default_config={"folders": None, "digest": None})
def create_axis(nlp: Language, name: str, folders: list[str] | None, digest: str | None) -> Component:  # noqa: ARG001 - spaCy's signature
    """Tag the axes of the cluster; comes after sectors and types."""
    reader = _knowledge(folders, digest).axes

    def tag(doc: Doc) -> Doc:
        doc._.veille_tags += reader.read(doc._.veille_reading, doc._.veille_tags)
        return doc

    return tag


@Language.component("veille_theme")
def tag_themes(doc: Doc) -> Doc:
    """Tag the themes."""
    doc._.veille_tags += themes(doc._.veille_reading)
    return doc


@Language.component("veille_audience")
def tag_audiences(doc: Doc) -> Doc:
    """Tag whom the text addresses."""
    doc._.veille_tags += audiences(doc._.veille_reading)
    return doc


@Language.factory("veille_territory", default_config={"folders": None, "digest": None})
def create_territory(nlp: Language, name: str, folders: list[str] | None, digest: str | None) -> Component:  # noqa: ARG001 - spaCy's signature
    """Tag the territories."""
    known = _knowledge(folders, digest)

    def tag(doc: Doc) -> Doc:
        doc._.veille_tags += known.territories.read(doc._.veille_reading.source, doc._.veille_reading.lang)
        return doc

    return tag


@Language.component("veille_dates")
def read_dates(doc: Doc) -> Doc:
    """Read until when."""
    text = doc._.veille_source
    doc._.veille_facts += deadline.read(text)
    doc._.veille_facts += tuple(documents.from_documents(text, doc._.veille_facts, deadline.read))
    return doc


@Language.component("veille_facts")
def read_facts(doc: Doc) -> Doc:
    """Read the day of an event, amounts, eligibility, whom to ask and by what number."""
    text = doc._.veille_source
    doc._.veille_facts += (
        *event_date.read(text, doc._.veille_tags),
        *amount.read(text),
        *eligibility_facts.read(text, doc._.veille_tags),
        *contact.read(text),
        *reference.read(text),
        *stated.read(text),
    )
    for read in (amount.read, eligibility_facts.read, contact.read, reference.read):
        doc._.veille_facts += tuple(documents.from_documents(text, doc._.veille_facts, read))
    return doc
