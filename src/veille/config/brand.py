"""A cluster's brand in its mails: one colour that can be read everywhere, a logo that travels along, a last line."""

import re
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, field_validator

from veille.colours import contrast, mixed
from veille.errors import InputError
from veille.files import cause

#: WCAG 2.1 §1.4.3, level AA, for text.
LEAST_CONTRAST = 4.5
#: Backgrounds of the shipped templates, by day and by night, and their ink.
CARD, CARD_DARK, INK, INK_DARK = "#fdfdfb", "#1b2326", "#1d2a2f", "#e8ecea"
#: How much of the brand's colour is in what is tinted with it, and in its rules.
_TINT, _RULE = 0.09, 0.42
#: Each mail carries it: 80,000 mails of 20 kB are 1.6 GB.
MAX_LOGO = 20_000
#: Pixels at most, as shown.
_WIDEST, _HIGHEST = 240, 64
#: Stands for a colour.
_NAMED = re.compile("@([a-z-]+)@")
_KINDS = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg"}


class Brand(BaseModel):
    """How the cluster's mails look."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)
    color: str = Field(
        "#0a5a52",
        pattern=r"^#[0-9a-fA-F]{6}$",
        description="couleur des titres et des liens ; refusée si le contraste avec le fond clair est inférieur à 4,5",
    )
    color_dark: str = Field(
        "",
        pattern=r"^(#[0-9a-fA-F]{6})?$",
        description="la même en mode sombre ; vide = éclaircie d'elle-même jusqu'à être lisible",
    )
    logo: Path | None = Field(
        None,
        description="image PNG ou JPEG (20 ko au plus) en tête des bulletins, jointe au message, jamais distante",
    )
    footer: str = Field("", max_length=300, description="phrase ajoutée au pied des bulletins")

    @field_validator("color")
    @classmethod
    def _seen_by_day(cls, value: str) -> str:
        _refuse_pale(value, {"le fond": CARD, "son propre aplat": mixed(value, CARD, _TINT)}, "plus foncée")
        return value.lower()

    @field_validator("color_dark")
    @classmethod
    def _seen_by_night(cls, value: str) -> str:
        if value:
            backs = {"le fond sombre": CARD_DARK, "son propre aplat": mixed(value, CARD_DARK, _TINT)}
            _refuse_pale(value, backs, "plus claire")
        return value.lower()

    @property
    def palette(self) -> dict[str, str]:
        """What `@accent@` and the like become."""
        dark = self.color_dark or _lightened(self.color)
        return {
            "accent": self.color,
            "tint": mixed(self.color, CARD, _TINT),
            "rule": mixed(self.color, CARD, _RULE),
            "accent-dark": dark,
            "tint-dark": mixed(dark, CARD_DARK, _TINT),
            "rule-dark": mixed(dark, CARD_DARK, _RULE),
        }

    def paint(self, text: str) -> str:
        """Put these colours where a template or a stylesheet names them; what names none of them stays."""
        palette = self.palette
        return _NAMED.sub(lambda match: palette.get(match[1], match[0]), text)


@dataclass(frozen=True, slots=True)
class Logo:
    """An image that mails carry."""

    #: « png » or « jpeg ».
    kind: str
    raw: bytes
    #: As shown, in pixels.
    width: int
    height: int


def load_logo(path: Path) -> Logo:
    """Read a logo; raises InputError for one that is missing, too heavy, or that mail clients do not show."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(f"logo {path} : {cause(error)}", cure="corrigez brand.logo dans veille.toml") from error
    kind = next((kind for start, kind in _KINDS.items() if raw.startswith(start)), None)
    if kind is None:
        raise InputError(
            f"logo {path} : ni PNG ni JPEG",
            cure="convertissez-le en PNG : les messageries n'affichent ni SVG ni WebP partout",
        )
    if len(raw) > MAX_LOGO:
        raise InputError(
            f"logo {path} : {len(raw) // 1000} ko, {MAX_LOGO // 1000} ko au plus",
            cure="réduisez-le (240 pixels de large suffisent) : chaque message le porte",
        )
    size = _png_size(raw) if kind == "png" else _jpeg_size(raw)
    if size is None or 0 in size:
        raise InputError(f"logo {path} : image illisible", cure="enregistrez-la de nouveau en PNG")
    scale = min(1.0, _WIDEST / size[0], _HIGHEST / size[1])
    return Logo(kind, raw, max(1, round(size[0] * scale)), max(1, round(size[1] * scale)))


def _refuse_pale(colour: str, backs: dict[str, str], cure: str) -> None:
    for name, back in backs.items():
        if (found := contrast(colour, back)) < LEAST_CONTRAST:
            ratio = f"{found:.1f}".replace(".", ",")
            raise ValueError(
                f"contraste {ratio} avec {name} ({back}), 4,5 au moins pour être lu ; prenez une couleur {cure}"
            )


def _lightened(colour: str) -> str:
    """Return the colour with as much white as reading it by night asks for, and some more for comfort."""
    comfort = LEAST_CONTRAST + 1
    shades = (mixed("#ffffff", colour, step / 20) for step in range(21))
    return next(one for one in shades if contrast(one, mixed(one, CARD_DARK, _TINT)) >= comfort)


def _png_size(raw: bytes) -> tuple[int, int] | None:
    """PNG 1.2 §11.2.2: IHDR is the first chunk."""
    if raw[12:16] != b"IHDR" or len(raw) < 24:  # noqa: PLR2004 - signature, length, type, width and height
        return None
    return int.from_bytes(raw[16:20], "big"), int.from_bytes(raw[20:24], "big")


def _jpeg_size(raw: bytes) -> tuple[int, int] | None:
    """ITU-T T.81 §B.2.2: the frame header (SOF) holds them; other segments before it are stepped over."""
    at = 2
    while at + 9 <= len(raw) and raw[at] == 0xFF:  # noqa: PLR2004 - every marker begins so
        marker = raw[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:  # noqa: PLR2004 - SOF0 … SOF15
            return int.from_bytes(raw[at + 7 : at + 9], "big"), int.from_bytes(raw[at + 5 : at + 7], "big")
        at += 2 + int.from_bytes(raw[at + 2 : at + 4], "big")
    return None
