"""What those who look for items consume."""

from typing import Protocol

from veille.model.searching import FoundItem, Page, SearchFilters


class SearchStore(Protocol):
    """The full-text index; reads only."""

    def search(
        self, query: str, filters: SearchFilters = ..., cursor: str | None = None, *, limit: int = ...
    ) -> Page[FoundItem]:
        """Return the items in which all the words of a query stand, best first; any text is a query.

        A cursor is what an earlier page gave; one that is not is refused by InputError.
        """
        ...
