"""The form of a meeting: what is known is filled in, nothing of it is markup, the workbook comes back."""

from datetime import UTC, date, datetime
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from veille.members.cells import Vocabulary
from veille.members.interview import as_html, as_text, form
from veille.model import Member, ProfileDraft, Subscriber

DAY = date(2026, 11, 27)
MEMBER = Member(
    id=1,
    organisation="Phytalis & <b>Cie</b>",
    naf="10.89Z",
    naf_version="NAFRev2",
    size="pme",
    created=date(2014, 3, 1),
    sectors=("agroalimentaire",),
    needs=("enrobage <script>alert(1)</script>",),
)
CLAIRE = Subscriber(id=1, member_id=1, email="claire@phytalis.example", first_name="Claire", rhythm="monthly")
LINE = ProfileDraft(
    id=1,
    member_id=1,
    field="skills",
    value="tri optique",
    origin="https://x.example",
    quote="tri",
    at=datetime.now(UTC),
)


class Tags(HTMLParser):
    """The elements of a page, and the text of it."""

    def __init__(self) -> None:
        super().__init__()
        self.met: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.met.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def drawn(*members: Member, words: Vocabulary) -> Tags:
    tags = Tags()
    forms = [form(one, [CLAIRE], [LINE], words.taxonomy) for one in members]
    tags.feed(as_html(forms, cluster="Pôle <i>", day=DAY))
    return tags


def test_what_is_known_is_filled_in_and_ticked(words_of: Vocabulary) -> None:
    text = "\n".join(as_text(form(MEMBER, [CLAIRE], [LINE], words_of.taxonomy), cluster="Pôle", day=DAY))
    assert "Pôle · entretien avec Phytalis & <b>Cie</b> · 27 novembre 2026" in text
    assert "Code NAF (APE) : 10.89Z (NAFRev2)" in text
    assert "Créée le : 1er mars 2014" in text
    assert "[x] PME" in text
    assert "[x] Agroalimentaire" in text
    assert "[x] chaque mois" in text
    assert "tri optique (https://x.example)" in text
    assert text.count("  - …") == 16


def test_words_of_members_are_no_markup(words_of: Vocabulary) -> None:
    tags = drawn(MEMBER, words=words_of)
    assert {"script", "b", "i"}.isdisjoint(tags.met)
    assert "enrobage <script>alert(1)</script>" in tags.text


def test_each_member_has_a_sheet(words_of: Vocabulary) -> None:
    assert drawn(MEMBER, MEMBER, words=words_of).met.count("section") == 2


def test_a_member_without_reader_gets_a_line_for_one(words_of: Vocabulary) -> None:
    text = "\n".join(as_text(form(MEMBER, [], [], words_of.taxonomy), cluster="Pôle", day=DAY))
    assert "Qui lit : …" in text
    assert "Est-ce juste" not in text


@given(st.text(max_size=40), st.lists(st.text(max_size=40), max_size=3))
def test_any_words_make_a_page(words_of: Vocabulary, name: str, needs: list[str]) -> None:
    member = Member(organisation=name, needs=tuple(needs), skills=tuple(needs))
    same = drawn(Member(organisation="A"), words=words_of).met
    assert [tag for tag in drawn(member, words=words_of).met if tag != "p"] == [tag for tag in same if tag != "p"]
