"""A cluster's brand: readable whatever the colour, a logo that every mail client shows, carried by the mail."""

import email
import email.policy
import struct
import zlib
from email.message import EmailMessage
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.digest.builders import FRIDAY, bulletin, hebdo
from tests.digest.test_bad_mails import SENT
from tests.digest.test_dkim import verified
from tests.digest.test_render import contrast
from veille.config.brand import CARD, CARD_DARK, INK, INK_DARK, MAX_LOGO, Brand, load_logo
from veille.config.settings import load_settings
from veille.digest.composing import Composer, make_frame
from veille.digest.mail.dkim import Signer, load_key, new_key_pem
from veille.errors import ConfigError, InputError
from veille.tokens import Keys

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def png(width: int, height: int) -> bytes:
    """A plain image."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\0" + b"\x0a\x5a\x52" * width) * height)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg(width: int, height: int) -> bytes:
    """The header of one: an application segment, then the frame."""
    return b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc2\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00"


@given(COLOURS)
def test_every_colour_that_is_taken_can_be_read_by_day_and_by_night(colour: str):
    try:
        palette = Brand(color=colour).palette
    except ValidationError:
        return
    for back in (CARD, palette["tint"]):
        assert contrast(palette["accent"], back) >= 4.5
        assert contrast(INK, back) >= 4.5
    for back in (CARD_DARK, palette["tint-dark"]):
        assert contrast(palette["accent-dark"], back) >= 4.5
        assert contrast(INK_DARK, back) >= 4.5


@pytest.mark.parametrize(
    ("brand", "words"),
    [
        ('color = "#f0b000"', "contraste 1,"),
        ('color_dark = "#0a3a32"', "prenez une couleur plus claire"),
        ('color = "vert"', "color"),
        ('colour = "#000000"', "color"),
    ],
)
def test_a_brand_that_cannot_be_read_is_refused_with_its_place(tmp_path: Path, brand: str, words: str):
    (tmp_path / "veille.toml").write_text(f"[brand]\n{brand}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as told:
        load_settings(tmp_path)
    assert words in str(told.value)
    assert told.value.line == 2


@pytest.mark.parametrize(
    ("raw", "size"),
    [(png(320, 80), (240, 60)), (png(100, 200), (32, 64)), (png(20, 10), (20, 10)), (jpeg(480, 60), (240, 30))],
)
def test_a_logo_is_shown_within_its_place(tmp_path: Path, raw: bytes, size: tuple[int, int]):
    (tmp_path / "logo").write_bytes(raw)
    logo = load_logo(tmp_path / "logo")
    assert (logo.width, logo.height) == size


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"<svg/>", "ni PNG ni JPEG"),
        (png(10, 10) + bytes(MAX_LOGO), "20 ko au plus"),
        (png(10, 10)[:20], "image illisible"),
        (png(0, 10), "image illisible"),
        (jpeg(10, 10)[:8], "image illisible"),
        (b"\xff\xd8\xff" + bytes(40), "image illisible"),
        (None, "logo"),
    ],
)
def test_a_logo_that_cannot_be_shown_is_refused(tmp_path: Path, raw: bytes | None, words: str):
    if raw is not None:
        (tmp_path / "logo").write_bytes(raw)
    with pytest.raises(InputError, match=words):
        load_logo(tmp_path / "logo")


@pytest.fixture
def composer(tmp_path: Path) -> Composer:
    (tmp_path / "logo.png").write_bytes(png(320, 80))
    (tmp_path / "dkim.pem").write_bytes(new_key_pem())
    (tmp_path / "veille.toml").write_text(
        '[cluster]\nname = "Pôle Robots & Cie"\n[mail]\nsender = "veille@pole.example.fr"\n'
        '[brand]\ncolor = "#7A1F5C"\nlogo = "logo.png"\nfooter = "Soutenu par la Région."\n',
        encoding="utf-8",
    )
    keys = Keys(tmp_path / "keys.json")
    key = load_key(tmp_path / "dkim.pem", selector="veille", domain="pole.example.fr")
    made = make_frame(hebdo(), load_settings(tmp_path), FRIDAY, keys.newest, period="2026-W48")
    return Composer(made, keys, Signer((key,)))


def test_the_logo_travels_with_the_mail(composer: Composer):
    mark = "<hebdo.2026-W48.1.abc@pole.example.fr>"
    composer.check(bulletin(), email="anne@exemple.fr", message_id=mark, sent=SENT)
    raw = composer.mail(bulletin(), email="anne@exemple.fr", message_id=mark, sent=SENT).raw
    message = cast("EmailMessage", email.message_from_bytes(raw, policy=email.policy.default))
    every = list(message.walk())
    assert [part.get_content_type() for part in every] == [
        "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png",
    ]  # fmt: skip
    assert [part.defects for part in every] == [[]] * 5
    image = cast("EmailMessage", every[4])
    assert (image["Content-ID"], image.get_content()) == ("<logo>", png(320, 80))
    html = cast("EmailMessage", every[3]).get_content()
    assert 'src="cid:logo" width="240" height="60" alt="Pôle Robots &amp; Cie"' in html
    assert verified(raw, *composer_keys(composer))
    assert max(map(len, raw.split(b"\r\n"))) < 200


def composer_keys(composer: Composer):
    return composer._signer.keys


def test_a_page_to_look_at_holds_its_logo(composer: Composer):
    html = composer.render(bulletin()).html
    assert "cid:" not in html
    assert 'src="data:image/png;base64,' in html
    assert "#7a1f5c" in html
    assert "@accent" not in html
    assert "Soutenu par la Région." in html
