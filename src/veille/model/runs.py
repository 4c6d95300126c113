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
        yield f"relève : {len(self.crawled)} sources dues, {new} entrées nouvelles"
        if self.read.sentence:
            yield self.read.sentence
        if self.failure is None:
            yield f"étiquetage : {self.tagged} articles"
        else:
            yield f"étiquetage arrêté : {self.untagged} articles restent à étiqueter, aucun brouillon sans eux"
        yield from self.digests or ["bulletins : rien n'était dû"]

    def news(self) -> Iterator[str]:
        """Say it only where something was done: most ticks of a daemon have nothing to tell."""
        if self.crawled or self.read.asked or self.tagged or self.digests:
            yield from self.sentences()
