import codecs

import pytest

from veille.crawl.charset import decode

TEXT = "Énergie : l’été à Orléans, 10 €"


def document(encoding: str | None, text: str = TEXT) -> str:
    declared = f' encoding="{encoding}"' if encoding else ""
    return f'<?xml version="1.0"{declared}?><rss><t>{text}</t></rss>'


def test_utf8_is_the_default():
    assert TEXT in decode(document(None).encode())


def test_text_xml_without_charset_is_not_ascii():
    assert TEXT in decode(document(None).encode(), "text/xml")


def test_the_declaration_is_obeyed():
    assert "Énergie" in decode(document("iso-8859-1", "Énergie").encode("latin-1"))


def test_the_http_charset_beats_the_declaration():
    assert "Énergie" in decode(document("utf-8", "Énergie").encode("cp1252"), "text/xml; charset=windows-1252")


def test_a_byte_order_mark_beats_the_http_charset():
    body = codecs.BOM_UTF8 + document("iso-8859-1").encode()
    assert TEXT in decode(body, "text/xml; charset=iso-8859-1")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
def test_wide_encodings_are_read_with_and_without_a_mark(encoding):
    assert TEXT in decode(document(encoding).encode(encoding))


def test_a_false_utf8_declaration_over_western_bytes_is_seen_through():
    assert "Énergie" in decode(document("utf-8", "Énergie").encode("cp1252"))


def test_undeclared_western_bytes_are_guessed():
    assert "Énergie – 10 €" in decode(document(None, "Énergie – 10 €").encode("cp1252"))


def test_latin1_means_windows_1252_as_on_the_web():
    assert "l’été" in decode(document("iso-8859-1", "l’été").encode("cp1252"))


def test_one_damaged_character_does_not_make_a_whole_utf8_document_western():
    body = document("utf-8", "Énergie à Orléans").encode() + b"\xc3"
    assert "Énergie à Orléans" in decode(body)


def test_an_unknown_or_dangerous_charset_name_is_ignored():
    for label in ("klingon", "punycode", "unicode_escape", "rot13", "utf-7", "idna"):
        assert TEXT in decode(document(label).encode(), f"text/xml; charset={label}")


def test_ebcdic_is_read():
    assert "<rss>" in decode(document("cp037", "a").encode("cp037"))


def test_quotes_around_the_http_charset_are_accepted():
    assert "Énergie" in decode(document(None, "Énergie").encode("cp1252"), 'text/xml; charset="windows-1252"')
