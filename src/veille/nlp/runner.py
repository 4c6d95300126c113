"""The tagging stage: asks the store what waits, tags in batches, writes; killed anywhere, the next run carries on."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from veille.model import Work
from veille.protocols import Clock, Engine, Stage, Tagger, TagStore

#: The ledger's name of this stage.
STAGE = "tag"
#: Items saved in one transaction: a few tenths of a second of work, all that a kill can cost.
_BATCH = 100


class TaggingStage:
    """Tags items; the key of a piece of work is the item's id."""

    name = STAGE
    batch = _BATCH

    def __init__(self, store: TagStore, tagger: Tagger, clock: Clock) -> None:
        self._store = store
        self._tagger = tagger
        self._clock = clock

    def execute(self, work: Sequence[Work], finish: Callable[[Work], None]) -> None:
        """Tag what still waits among these items, save all of it at once, then finish each piece."""
        self.tag([int(piece.key) for piece in work])
        for piece in work:
            finish(piece)

    def tag(self, item_ids: Sequence[int]) -> None:
        """Tag what still waits among these items, and save all of it at once."""
        pipeline = self._tagger.pipeline
        waiting = self._store.texts(pipeline, item_ids)
        tagged = self._tagger.tag(text for _, _, text in waiting)
        results = [
            (item_id, version, replace(said, reading=text.reading))
            for (item_id, version, text), said in zip(waiting, tagged, strict=True)
        ]
        if results:
            self._store.save(pipeline, results, self._clock.now())


def tag_now(store: TagStore, tagger: Tagger, item_ids: Sequence[int], clock: Clock) -> None:
    """Tag these items at once, whatever else waits; saving what another process saves too changes nothing."""
    TaggingStage(store, tagger, clock).tag(item_ids)


def tag_waiting(store: TagStore, engine: Engine, tagger: Tagger, clock: Clock) -> int:
    """Tag every item that waits for this pipeline; return how many pieces of work were finished."""
    ids = store.waiting(tagger.pipeline)
    engine.deposit(STAGE, (str(item_id) for item_id in ids))
    return engine.run(TaggingStage(store, tagger, clock))


_stage: type[Stage] = TaggingStage
