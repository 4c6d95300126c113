"""The rules, chapter by chapter; importing this package declares them all."""

from tests.conformance.chapters import (
    conditional,
    discovery,
    encodings,
    entries,
    freshness,
    manners,
    pages,
    patience,
    programs,
    redirects,
    safety,
)

__all__ = [
    "conditional",
    "discovery",
    "encodings",
    "entries",
    "freshness",
    "manners",
    "pages",
    "patience",
    "programs",
    "redirects",
    "safety",
]
