"""What one pass of everything due did, in French, for whoever asked for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from veille.errors import VeilleError
from veille.model.details import DetailReport
from veille.model.sources import CrawlReport


@dataclass(frozen=True, slots=True)
class RunReport:
    """What one pass did, stage by stage."""

    crawled: Sequence[CrawlReport]
    read: DetailReport
    tagged: int
    digests: Sequence[str]
    #: Why nothing could be tagged (a definition or the model is missing or wrong), and how many items wait for it.
    failure: VeilleError | None = None
    untagged: int = 0
    #: Why an issue could not be made or sent; all else was done.
    refusal: VeilleError | None = None

    def sentences(self) -> Iterator[str]:
        """Say it in French, one line a stage."""
        new = sum(report.new for report in self.crawled)
        if self.crawled:
            yield f"relève : {_counted(len(self.crawled), 'source', 'due')}, {_counted(new, 'entrée', 'nouvelle')}"
        else:
            yield "relève : aucune source due"
        if self.read.sentence:
            yield self.read.sentence
        if self.failure is None:
            yield f"étiquetage : {_counted(self.tagged, 'article')}"
        else:
            left = _counted(self.untagged, "article") + (" restent" if self.untagged > 1 else " reste")
            yield f"étiquetage arrêté : {left} à étiqueter, aucun brouillon sans cela"
        yield from self.digests or ["bulletins : rien n'était dû"]

    def news(self) -> Iterator[str]:
        """Say it only where something was done: most ticks of a daemon have nothing to tell."""
        if self.crawled or self.read.asked or self.tagged or self.digests:
            yield from self.sentences()


def _counted(number: int, *words: str) -> str:
    """Return « 3 sources dues », « 1 source due »; `french` has the same, which the vocabulary may not import."""
    return " ".join((str(number), *(f"{word}s" if number > 1 else word for word in words)))
