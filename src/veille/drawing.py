"""How pages are drawn: our own templates, everything escaped, a name that is not there an error; and their one look.

Mails are drawn apart (`digest.rendering.sandbox`): their templates are staff's, so they run in a sandbox of a process
of their own, and their colours stand in the template itself, where staff change them.
"""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from veille.config.brand import Brand

_LOOK = Path(__file__).with_name("look.css")


def templates(
    *folders: Path, rooms: Mapping[str, Path] | None = None, **filters: Callable[..., Any]
) -> jinja2.Environment:
    """Return an environment over these folders; templates of a room stand behind its name (`member/…`)."""
    apart = jinja2.PrefixLoader({room: jinja2.FileSystemLoader(folder) for room, folder in (rooms or {}).items()})
    drawn = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.FileSystemLoader(folders), apart]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    drawn.filters.update(filters)
    return drawn


@cache
def stylesheet(brand: Brand) -> bytes:
    """Return the look of every page of a cluster, in its colours, by day and by night."""
    return brand.paint(_LOOK.read_text("utf-8")).encode()
