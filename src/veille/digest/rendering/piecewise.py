"""Draw and encode bulletins piece by piece: a mail whose pieces are known costs joining bytes and signing them."""

from typing import Self

from veille.digest.mail.encoding import Body, ended
from veille.digest.rendering.context import Page
from veille.digest.rendering.encoding import Encoded
from veille.digest.rendering.layout import Level, cut
from veille.digest.rendering.pieces import fillable
from veille.digest.rendering.sandbox import MISTAKES
from veille.digest.rendering.templates import Compiled
from veille.digest.rendering.weaving import Cloth, Weaver
from veille.digest.rendering.whole import LocalRenderer


class PieceRenderer(LocalRenderer):
    """Draws with templates that are cut into pieces: the program's own."""

    def __init__(self, compiled: Compiled, text: Level, html: Level) -> None:
        super().__init__(compiled)
        self._weaver = Weaver(compiled.subject, text, html)

    @classmethod
    def of(cls, compiled: Compiled) -> Self | None:
        """Return one, or None where the templates are not marked, or their CSS is inlined on each page."""
        text, html = cut(compiled.text), cut(compiled.html)
        if compiled.late or text is None or html is None or text.shape != html.shape:
            return None
        return cls(compiled, text, html)

    def encode(self, page: Page) -> Encoded:
        """Return the same, encoded; raises TemplateError naming template and line."""
        if not fillable(page.links):
            return super().encode(page)
        context = page.as_context()
        try:
            subject = self._weaver.subject(context)
            cloth = self._weaver.encode(context, page.links)
        except MISTAKES:
            return super().encode(page)  # which names the template and the line
        return Encoded(subject, Body(ended(cloth.text), ended(cloth.html)), cloth)

    def problems(self, page: Page, encoded: Encoded) -> list[str]:
        """Return what forbids it to leave, in French."""
        if isinstance(encoded.drawn, Cloth):
            told, html = encoded.drawn.inspected()
            if html.links <= told.links and html.language and not html.faults:
                return []
            encoded = super().encode(page)  # drawn whole, which names the reader's own links
        return super().problems(page, encoded)
