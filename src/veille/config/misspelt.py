"""Names of régions as people misprint them: one letter left out, or doubled (« Ocitanie », « Haut-de-France »)."""

from collections.abc import Iterator

#: A shorter name less a letter is another word; « Grand et », « reunion » are words too.
_SHORTEST = 9
_WORDS = frozenset({"Grand Est", "La Réunion"})


def misspelt(name: str) -> Iterator[str]:
    """Yield the misprints of a région's name that are no other word; its first letter is never wrong."""
    if len(name) < _SHORTEST or name in _WORDS:
        return
    for place, letter in enumerate(name[1:], 1):
        if letter.isalpha():
            yield name[:place] + name[place + 1 :]
            yield name[:place] + letter + name[place:]
