"""No cell of an export is a formula, and what is exported can be read back."""

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from veille.spreadsheets import as_csv, neutral, restored, write_xlsx

HOSTILE = [
    '=HYPERLINK("http://pirate.example","cliquez")', "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1;1)", "\t=1+1", "\r=1",
    "\n@x", "  =1+1", "＝1+1", "＠x", "'=1",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_computes_in_a_csv(text: str) -> None:
    written = as_csv(["titre"], [[text]]).decode("utf-8-sig")
    (cell,) = list(csv.reader(io.StringIO(written, newline=""), delimiter=";"))[1]
    assert cell.startswith("'")
    assert restored(cell) == text


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_computes_in_a_workbook(text: str, tmp_path: Path) -> None:
    write_xlsx(tmp_path / "a.xlsx", "Feuille", ["titre"], [[text]])
    cell = openpyxl.load_workbook(tmp_path / "a.xlsx").active["A2"]
    assert cell.data_type == "s"
    assert cell.value.replace("\r", "\n").strip() == text.replace("\r", "\n").strip()


@given(st.text())
def test_what_is_made_neutral_is_given_back(text: str) -> None:
    assert restored(neutral(text)) == text
    assert not neutral(text).lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))


def test_ordinary_texts_stay_as_they_are() -> None:
    assert neutral("Appel à projets – édition 2026 = suite") == "Appel à projets – édition 2026 = suite"


def test_a_csv_opens_rightly_in_a_french_spreadsheet() -> None:
    when = datetime(2026, 11, 27, 6, 30, tzinfo=UTC)
    raw = as_csv(["a", "b", "c", "d", "e"], [[1.5, True, None, date(2026, 12, 8), when]])
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.decode("utf-8-sig").splitlines()[1] == "1,5;oui;;2026-12-08;2026-11-27 06:30+00:00"


def test_a_workbook_takes_what_xml_cannot_hold(tmp_path: Path) -> None:
    write_xlsx(
        tmp_path / "a.xlsx", "Un titre plus long que ce qu'un onglet accepte", ["t"], [["a\x0bb\ud800"], ["é" * 40_000]]
    )
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert sheet["A2"].value == "a\ufffdb\ufffd"
    assert len(sheet["A3"].value) == 32_767
    assert sheet.auto_filter.ref == "A1:A3"
