"""Recipes of listing pages: CSS selectors, or XPath 1.0 after `xpath:`, compiled once and refused with a position."""

import re
from collections.abc import Callable, Iterable
from dataclasses import fields
from functools import cache
from typing import Any, cast

import cssselect
from lxml import etree

from veille.errors import ConfigError
from veille.model import Recipe, Source

#: XPath 1.0 §4, the whole core library: no extension, so nothing that opens a file or takes a regular expression.
_FUNCTIONS = frozenset({
    "boolean", "ceiling", "comment", "concat", "contains", "count", "false", "floor", "id", "lang", "last",
    "local-name", "name", "namespace-uri", "node", "normalize-space", "not", "number", "position",
    "processing-instruction", "round", "starts-with", "string", "string-length", "substring", "substring-after",
    "substring-before", "sum", "text", "translate", "true",
})  # fmt: skip
_CALL = re.compile(r"([\w.-]+(?::[\w.-]+)?)\s*\(")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_FOREIGN = re.compile(r"(?<![:\w])[\w-]+:(?!:)")
_PREFIX = "xpath:"
#: A selector is a line that a person wrote; nested ones compile to ever longer XPath.
_LONGEST = 500
_POSITION = re.compile(r"\bat (\d+)")

#: What a selector finds below an element: elements, attributes or text; a number or a truth for some XPath.
Selector = Callable[[Any], Any]


class SelectorRefused(ValueError):
    """A selector that cannot be used, in French, with the 1-based column where it goes wrong (0 = unknown)."""

    def __init__(self, cause: str, column: int) -> None:
        super().__init__(cause)
        self.column = column


@cache
def compiled(selector: str) -> Selector:
    """Compile a selector; raises SelectorRefused."""
    if len(selector) > _LONGEST:
        raise SelectorRefused(f"plus de {_LONGEST} caractères", _LONGEST)
    if selector.startswith(_PREFIX):
        return _xpath(selector.removeprefix(_PREFIX).strip())
    try:
        expression = cssselect.HTMLTranslator().css_to_xpath(selector)
    except cssselect.SelectorSyntaxError as error:
        found = _POSITION.search(str(error))
        raise SelectorRefused("sélecteur CSS illisible", int(found[1]) + 1 if found else len(selector)) from error
    except cssselect.ExpressionError as error:
        raise SelectorRefused(f"sélecteur CSS non pris en charge ({error})", 1) from error
    return cast("Selector", etree.XPath(expression, smart_strings=False))


def _xpath(expression: str) -> Selector:
    bare = _QUOTED.sub(lambda found: "_" * len(found[0]), expression)
    for call in _CALL.finditer(bare):
        if call[1].rpartition("::")[2] not in _FUNCTIONS and call[1] not in {"and", "or", "div", "mod"}:
            raise SelectorRefused(f"fonction « {call[1]} » inconnue de XPath 1.0", call.start() + 1)
    foreign = _FOREIGN.search(bare)
    if foreign:
        raise SelectorRefused("un préfixe d'espace de noms ne veut rien dire ici", foreign.start() + 1)
    if "$" in bare:
        raise SelectorRefused("une variable n'a pas de valeur ici", bare.index("$") + 1)
    try:
        return cast("Selector", etree.XPath(expression, smart_strings=False, regexp=False))
    except etree.XPathError as error:
        raise SelectorRefused("expression XPath illisible", _broken_at(bare)) from error


def _broken_at(expression: str) -> int:
    """Return the column of the first bracket that has no partner, else of the end: libxml2 does not say."""
    pairs, opened = {")": "(", "]": "["}, list[tuple[str, int]]()
    for column, character in enumerate(expression, 1):
        if character in "([":
            opened.append((character, column))
        elif character in pairs and (not opened or opened.pop()[0] != pairs[character]):
            return column
    return opened[-1][1] if opened else len(expression)


def check_recipes(sources: Iterable[Source]) -> None:
    """Compile every selector of every source; raises ConfigError naming file, line, key and column."""
    for source in sources:
        for name, selector in _selectors(source):
            try:
                compiled(selector)
            except SelectorRefused as refused:
                raise ConfigError(
                    f"source « {source.id} », « {selector[:80]} » : {refused}, colonne {refused.column}",
                    file=source.file,
                    line=source.line,
                    key=name,
                    cure="un sélecteur CSS, ou « xpath: » suivi d'une expression XPath 1.0 sans fonction d'extension",
                ) from refused


def _selectors(source: Source) -> list[tuple[str, str]]:
    """Return the selectors of a source, each after its key."""
    found = [(f"recipe.{field.name}", getattr(source.recipe, field.name)) for field in fields(Recipe) if source.recipe]
    if source.kind == "watch":
        found += [("options.select", source.options.get("select"))]
        found += [("options.ignore", selector) for selector in source.options.get("ignore", ())]
    return [(key, selector) for key, selector in found if selector]
