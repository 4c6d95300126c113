"""Colours as people read them: contrast and mixtures (pure). A colour is « #rrggbb »."""


def contrast(ink: str, back: str) -> float:
    """Return the contrast ratio of WCAG 2.1 §1.4.3, 1 to 21."""
    light, dark = sorted((_luminance(ink), _luminance(back)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mixed(first: str, second: str, share: float) -> str:
    """Return a mixture that holds `share` (0 to 1) of the first colour."""
    pairs = zip(_parts(first), _parts(second), strict=True)
    return "#" + "".join(f"{round(one * share + other * (1 - share)):02x}" for one, other in pairs)


def _luminance(colour: str) -> float:
    """WCAG 2.1, « relative luminance »."""
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - sRGB's own bounds
        for part in (value / 255 for value in _parts(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
