"""A drawn bulletin as the body of a mail (pure)."""

from dataclasses import dataclass

from veille.digest.mail.encoding import Body, encode_body
from veille.digest.rendering.inspecting import MAX_BYTES
from veille.digest.rendering.sandbox import Rendered


@dataclass(frozen=True, slots=True)
class Encoded:
    """One bulletin drawn and encoded, ready for a mail."""

    subject: str
    body: Body
    #: Bytes of HTML before encoding.
    html_size: int

    @property
    def too_big(self) -> bool:
        """Whether a mail client would clip it."""
        return self.html_size > MAX_BYTES


def encode_whole(drawn: Rendered) -> Encoded:
    """Encode a whole drawing."""
    return Encoded(drawn.subject, encode_body(drawn.text, drawn.html), len(drawn.html.encode("utf-8", "replace")))
