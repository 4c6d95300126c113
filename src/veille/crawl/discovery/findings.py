"""What looking at one document of a site found (pure); made in a worker, read where nothing parses."""

from dataclasses import dataclass, field

from veille.crawl.discovery.declared import DeclaredFeed
from veille.model import Expect, ParsedFeed, Recipe


@dataclass(frozen=True, slots=True)
class Listing:
    """A list found on a page, and what its recipe reads there."""

    recipe: Recipe
    expect: Expect
    read: ParsedFeed
    #: The more, the surer; a menu stays below 4.
    worth: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFindings:
    """What an HTML page offers."""

    #: Its `title`, its first heading, the name of its site; empty where it has none.
    title: str = ""
    heading: str = ""
    site: str = ""
    description: str = ""
    language: str | None = None
    #: What made it, as it says (« WordPress 6.8 »), lower-case.
    generator: str = ""
    feeds: tuple[DeclaredFeed, ...] = ()
    #: What it states of its entries as JSON-LD or microdata.
    stated: ParsedFeed = field(default_factory=ParsedFeed)
    listing: Listing | None = None
    #: Words of its main part, menus left out.
    words: int = 0
    #: True where it says that only a browser shows it, or where scripts are all it has.
    needs_browser: bool = False
