"""What a letter's own style sheet says of its classes: how large, how bold, whether shown at all (pure).

Most senders write styles into each element, for mail programs that drop style sheets; some do not.
"""

import re
from collections.abc import Iterable, Mapping

#: Letters hold a few dozen rules; what is larger was written for a browser.
_MAX_RULES, _MAX_TEXT = 400, 100_000
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_BRACE = re.compile(r"[{}]")
_RULE = re.compile(r"([^{}]{1,300})\{([^{}]{0,2000})\}")
#: The last step of a selector, where it names one class and perhaps an element.
_CLASS = re.compile(r"(?:[a-z][a-z0-9]*)?\.([\w-]+)", re.IGNORECASE)
_TELLING = re.compile(r"font|display|visibility|mso-hide|max-height|opacity", re.IGNORECASE)


def class_styles(sheets: Iterable[str]) -> Mapping[str, str]:
    """Return class → declarations that say how its text shows."""
    styles: dict[str, str] = {}
    text = _for_all_screens(_COMMENT.sub("", "\n".join(sheets)[:_MAX_TEXT]))
    for count, rule in enumerate(_RULE.finditer(text)):
        if count >= _MAX_RULES:
            break
        for selector in rule[1].split(","):
            last = _CLASS.fullmatch(selector.split()[-1]) if selector.split() else None
            if last is not None and _TELLING.search(rule[2]):
                styles[last[1]] = f"{styles.get(last[1], '')};{rule[2]}"
    return styles


def _for_all_screens(text: str) -> str:
    """Return a sheet without « @media … { … } » and its like: they speak of other screens than the one we read on."""
    kept: list[str] = []
    start = 0
    while (at := text.find("@", start)) >= 0:
        kept.append(text[start:at])
        start = _end_of(text, at)
    return "".join([*kept, text[start:]])


def _end_of(text: str, at: int) -> int:
    """Return where a rule that begins with « @ » ends: at its semicolon, or with its block."""
    semicolon, opening = text.find(";", at), text.find("{", at)
    if opening < 0 or 0 <= semicolon < opening:
        return semicolon + 1 if semicolon >= 0 else len(text)
    depth = 0
    for brace in _BRACE.finditer(text, opening):
        depth += 1 if brace[0] == "{" else -1
        if not depth:
            return brace.end()
    return len(text)
