"""What a search of a site found to follow, as sources that could be added (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from veille.model import Expect, ParsedFeed, Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One way to follow what was asked for."""

    kind: str
    url: str
    #: What reading it gives today; empty for a page that is watched as a whole.
    read: ParsedFeed = field(default_factory=ParsedFeed)
    #: How it was found, French.
    found: str
    #: Why it is not the first choice, or what to know of it, French; may be empty.
    remark: str = ""
    recipe: Recipe | None = None
    expect: Expect = field(default_factory=Expect)
    options: Mapping[str, Any] = field(default_factory=dict)

    def fields(self) -> dict[str, Any]:
        """Return what it is as keys of sources.yaml: kind, url, recipe, options."""
        found: dict[str, Any] = {"kind": self.kind, "url": self.url}
        if self.options:
            found["options"] = dict(self.options)
        if self.recipe is not None:
            recipe = {name: value for name in _RECIPE if (value := getattr(self.recipe, name))}
            shape = {"min_items": self.expect.min_items, "date_format": self.expect.date_format}
            found["recipe"] = recipe | {"expect": {name: value for name, value in shape.items() if value is not None}}
        return found


_RECIPE = ("item", "title", "link", "date", "deadline", "summary", "next")


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What a search found; `offers` is empty where nothing can be followed."""

    asked: str
    #: Best first.
    offers: tuple[Offer, ...] = ()
    #: What keeps a program out, French with the next step; empty if nothing.
    blocker: str = ""
    next_step: str = ""
    #: What else there is to say, French.
    remarks: tuple[str, ...] = ()
    #: Its heading, the name of its site, its title; what it says of itself.
    title: str = ""
    site: str = ""
    page_title: str = ""
    description: str = ""
    language: str | None = None
    requests: int = 0
