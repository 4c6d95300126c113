"""What a template may read: the bulletin, the issue's frame and the member's links. Values only."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from veille.model import Bulletin


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What every mail of an issue shares."""

    #: « La veille de la semaine ».
    title: str
    #: « vendredi 27 novembre 2026 ».
    day: str
    cluster: str
    postal_address: str
    contact: str
    #: « sélection automatique, non relue », or empty.
    notice: str = ""
    #: « Le mot de la chargée de veille », or empty.
    word: str = ""
    #: What the cluster's brand adds at the end, or empty.
    footer: str = ""
    #: Pixels of the cluster's logo, which the mail carries as `cid:logo`; 0 where there is none.
    logo_width: int = 0
    logo_height: int = 0
    #: Items' links pass through our counter, which knows no reader.
    counted: bool = False


@dataclass(frozen=True, slots=True)
class ItemLinks:
    """Item id → a link about it: one address that the id completes."""

    #: Empty: there are none.
    start: str = ""

    def __getitem__(self, item_id: int) -> str:
        return f"{self.start}{item_id}"

    def __contains__(self, item_id: int) -> bool:
        return bool(self.start)


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """The member's own signed links."""

    unsubscribe: str
    preferences: str
    #: The bulletin as a page.
    bulletin: str
    #: The reader's deadlines as an iCalendar feed.
    calendar: str
    #: Item id → where the reader says what it is worth to them.
    opinions: ItemLinks


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything that one rendering needs."""

    bulletin: Bulletin
    frame: Frame
    links: Links

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data, for the child process."""
        return {"bulletin": self.bulletin.as_data(), "frame": asdict(self.frame), "links": asdict(self.links)}

    def as_context(self) -> dict[str, Any]:
        """Return the names that templates use."""
        return {"bulletin": self.bulletin, "frame": self.frame, "links": self.links}


def page_from(data: Mapping[str, Any]) -> Page:
    """Read back what `as_data` gave."""
    return Page(
        bulletin=Bulletin.from_data(data["bulletin"]),
        frame=Frame(**data["frame"]),
        links=Links(**{**data["links"], "opinions": ItemLinks(**data["links"]["opinions"])}),
    )
