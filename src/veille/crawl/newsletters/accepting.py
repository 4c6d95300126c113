"""What staff decide of suggestions: an accepted one is added as by hand, and says who suggested it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from veille.crawl.details.adding import Added, Addition, manual_source
from veille.crawl.markup import cut
from veille.crawl.normalize import content_hash, key
from veille.errors import InputError
from veille.model import EntryIntent, ParsedEntry, SourceHealth, SourceState
from veille.model.details import MANUAL, Given, KnownItem
from veille.model.letters import Suggestion, SuggestionState
from veille.protocols import Clock, SourceStore
from veille.protocols.details import DetailStore
from veille.protocols.letters import SuggestionStore

_NOTE = 1_000


@dataclass(frozen=True, slots=True)
class Accepted:
    """What an accepted suggestion became."""

    suggestion: Suggestion
    item: KnownItem
    #: False where the item was known already, by a source or by another suggestion.
    new: bool


class Decisions:
    """Decides one suggestion at a time; a decision that was interrupted is made again with the same outcome."""

    def __init__(
        self,
        suggestions: SuggestionStore,
        *,
        add: Callable[[Addition], Added],
        tag: Callable[[Sequence[int]], None],
        source_store: SourceStore,
        details: DetailStore,
        clock: Clock,
    ) -> None:
        self._suggestions = suggestions
        self._add = add
        self._tag = tag
        self._source_store = source_store
        self._details = details
        self._clock = clock

    def accept(self, suggestion_id: int) -> Accepted:
        """Add what was suggested and note it; raises InputError for one that is unknown or decided."""
        suggestion = self._waiting(suggestion_id)
        item, new = self._added(suggestion) if suggestion.link else self._written(suggestion)
        self._suggestions.accept(suggestion.id, item.id, self._clock.now())
        return Accepted(suggestion, item, new)

    def refuse(self, suggestion_id: int) -> Suggestion:
        """Note that a suggestion is refused; raises InputError for one that is unknown or decided."""
        suggestion = self._waiting(suggestion_id)
        self._suggestions.refuse(suggestion.id, self._clock.now())
        return suggestion

    def _waiting(self, suggestion_id: int) -> Suggestion:
        found = self._suggestions.get(suggestion_id)
        if found is None:
            raise InputError(f"suggestion inconnue : n° {suggestion_id}", cure="voyez « veille items queue »")
        if found.state is not SuggestionState.WAITING:
            became = f", devenue l'article n° {found.item_id}" if found.item_id else ""
            raise InputError(f"suggestion n° {suggestion_id} déjà {found.state.value}{became}", cure="rien à faire")
        return found

    def _added(self, suggestion: Suggestion) -> tuple[KnownItem, bool]:
        """Add an address; where its page cannot be read, what the forwarded mail says of it stands for it."""
        addition = Addition(url=suggestion.link or "", given=Given(note=note_of(suggestion)))
        try:
            added = self._add(addition)
        except InputError:
            added = self._add(replace(addition, title=suggestion.title, text=suggestion.text))
        return added.item, added.new

    def _written(self, suggestion: Suggestion) -> tuple[KnownItem, bool]:
        """Record what has no address: the words of the mail itself."""
        now, own = self._clock.now(), key("suggestion", str(suggestion.id), suggestion.title)
        entry = ParsedEntry(
            guid=None,
            title=suggestion.title,
            link=None,
            published=suggestion.sent,
            text=suggestion.text,
            author=suggestion.suggested_by,
        )
        intent = EntryIntent(
            key=own,
            entry=entry,
            content_hash=content_hash(entry.title, None, entry.published, entry.text),
            item_key=key("source", MANUAL, own),
            changed=None,
        )
        state = self._source_store.states().get(MANUAL) or SourceState(source_id=MANUAL)
        after = replace(
            state, health=SourceHealth.OK, sentence="ajouts faits à la main", checked_at=now, succeeded_at=now
        )
        new, _ = self._source_store.record(manual_source(), replace(after, changed_at=now), [intent], now)
        item = self._details.known_item(intent.item_key)
        if item is None:
            raise LookupError(f"the item of suggestion {suggestion.id} was recorded a moment ago")
        self._tag([item.id])
        return item, bool(new)


def note_of(suggestion: Suggestion) -> str:
    """Return what stays on the item's card: who suggested it, and why."""
    said = f" : {suggestion.comment}" if suggestion.comment else ""
    return cut(f"suggéré par {suggestion.suggested_by}{said}", _NOTE)
