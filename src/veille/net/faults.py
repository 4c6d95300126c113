"""How the parts of one fetch say that it cannot go on; only `GuardedFetcher` catches it, and turns it into a value."""

from collections.abc import Iterator

from veille.model import FetchFault


class Stopped(Exception):
    """This fetch ends here: an expected failure of one source."""

    def __init__(self, fault: FetchFault, sentence: str) -> None:
        super().__init__(sentence)
        self.fault = fault
        #: French, names the rule or the cause.
        self.sentence = sentence


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what led to it; httpcore's pool re-raises `from None`, so only the context remains."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
