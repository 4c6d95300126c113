"""A drawn bulletin as the body of a mail (pure)."""

from dataclasses import dataclass, field
from typing import Protocol

from veille.digest.mail.encoding import Body, encode_body
from veille.digest.rendering.inspecting import MAX_BYTES
from veille.digest.rendering.sandbox import Rendered


class Measured(Protocol):
    """What was drawn, and can be asked how much HTML that is: before approval, not at each sending."""

    @property
    def html_size(self) -> int:
        """Bytes of HTML before encoding."""
        ...


@dataclass(frozen=True, slots=True)
class Encoded:
    """One bulletin drawn and encoded, ready for a mail."""

    subject: str
    body: Body
    drawn: Measured = field(compare=False)

    @property
    def html_size(self) -> int:
        """Bytes of HTML before encoding."""
        return self.drawn.html_size

    @property
    def too_big(self) -> bool:
        """Whether a mail client would clip it."""
        return self.html_size > MAX_BYTES


def encode_whole(drawn: Rendered) -> Encoded:
    """Encode a whole drawing."""
    return Encoded(drawn.subject, encode_body(drawn.text, drawn.html), drawn)
