"""Draw whole bulletins, one after the other, and encode and inspect each as a whole."""

from abc import ABC, abstractmethod

from veille.digest.rendering.context import Page
from veille.digest.rendering.encoding import Encoded, encode_whole
from veille.digest.rendering.inspecting import problems
from veille.digest.rendering.sandbox import Rendered, TemplateRenderer
from veille.digest.rendering.templates import Compiled


class WholeRenderer(ABC):
    """Encodes and inspects what it draws."""

    @abstractmethod
    def render(self, page: Page) -> Rendered:
        """Return subject, text and HTML; raises TemplateError naming template and line."""

    def encode(self, page: Page) -> Encoded:
        """Return the same, encoded; raises TemplateError naming template and line."""
        return encode_whole(self.render(page))

    def problems(self, page: Page, encoded: Encoded) -> list[str]:
        """Return what forbids it to leave, in French; `encoded` is what the page was drawn as."""
        return problems(encoded.drawn if isinstance(encoded.drawn, Rendered) else self.render(page))


class LocalRenderer(WholeRenderer):
    """Draws in this process: an issue frozen with templates that are not cut into pieces."""

    def __init__(self, compiled: Compiled) -> None:
        self._templates = TemplateRenderer(compiled)

    def render(self, page: Page) -> Rendered:
        """Return subject, text and HTML; raises TemplateError naming template and line."""
        return self._templates.render(page)

    def close(self) -> None:
        """Nothing to release."""
