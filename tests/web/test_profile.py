"""What a member says of itself: lines drafted for it, accepted, put otherwise or refused, and three questions."""

import pytest

from tests.web.conftest import ANNE, BOB, Site
from veille.errors import StoreError
from veille.model import DraftState, Member, ProfileDraft


@pytest.fixture
def drafted(site: Site) -> Site:
    """Three lines drafted for Anne's organisation, one for Bob's."""
    mine, theirs = site.person(ANNE).member_id, site.person(BOB).member_id
    lines = (
        (mine, "activity", "gommes aux extraits de plantes"),
        (mine, "needs", "enrobage sans dioxyde"),
        (mine, "naf", "10.89Z"),
        (theirs, "needs", "vision industrielle"),
    )
    drafts = [
        ProfileDraft(
            member_id=member, field=field, value=value, origin="https://phytalis.example.fr/",
            quote=f"Nous : {value}.", at=site.clock.now(),
        )
        for member, field, value in lines
    ]  # fmt: skip
    site.app.drafts.propose(drafts)
    return site


def profile(site: Site) -> Member:
    return next(one for one in site.app.members.members() if one.organisation == "Phytalis")


def ids(site: Site) -> dict[str, int]:
    return {line.value: line.id for line in site.app.drafts.drafts(state=None)}


def link(site: Site) -> str:
    return site.links.profile(site.person(ANNE).id)


def test_each_drafted_line_shows_its_origin_and_the_words_read_there(drafted: Site) -> None:
    page = drafted.client.get(link(drafted)).text
    assert 'value="gommes aux extraits de plantes"' in page
    assert "Nous : 10.89Z." in page
    assert page.count('href="https://phytalis.example.fr/"') == 3
    assert "vision industrielle" not in page
    assert profile(drafted).needs == ()


def test_lines_are_accepted_put_otherwise_or_refused(drafted: Site) -> None:
    known = ids(drafted)
    answer = drafted.client.post(
        link(drafted),
        data={
            f"ligne-{known['10.89Z']}": "oui",
            f"ligne-{known['enrobage sans dioxyde']}": "oui",
            f"mots-{known['enrobage sans dioxyde']}": "enrobage sans dioxyde de titane",
            f"ligne-{known['gommes aux extraits de plantes']}": "non",
        },
    )
    assert "C’est noté" in answer.text
    assert profile(drafted).naf == "10.89Z"
    assert profile(drafted).needs == ("enrobage sans dioxyde de titane",)
    assert profile(drafted).activity == ("extraits végétaux",)
    assert drafted.app.drafts.drafts(profile(drafted).id) == []
    decided = {line.value: line for line in drafted.app.drafts.drafts(profile(drafted).id, state=None)}
    assert decided["gommes aux extraits de plantes"].state is DraftState.REFUSED
    assert decided["enrobage sans dioxyde de titane"].decided_by == ANNE


def test_a_line_of_another_member_is_not_theirs_to_decide(drafted: Site) -> None:
    theirs = ids(drafted)["vision industrielle"]
    drafted.client.post(link(drafted), data={f"ligne-{theirs}": "oui"})
    assert [line.value for line in drafted.app.drafts.drafts(drafted.person(BOB).member_id)] == ["vision industrielle"]


def test_three_questions_add_to_the_profile_once(site: Site) -> None:
    said = {"activity": "extraits végétaux\r\n  encapsulation ", "needs": "sarcopénie", "muted": "cantine\ncantine\n"}
    for _ in range(2):
        assert site.client.post(link(site), data=said).status_code == 200
    found = profile(site)
    assert found.activity == ("extraits végétaux", "encapsulation")
    assert (found.needs, found.muted) == (("sarcopénie",), ("cantine",))
    assert "Déjà noté" in site.client.get(link(site)).text


@pytest.mark.parametrize("text", ["x" * 201, "\n".join(f"besoin {n}" for n in range(21))])
def test_too_much_at_once_is_said_and_changes_nothing(site: Site, text: str) -> None:
    answer = site.client.post(link(site), data={"needs": text, "activity": "encapsulation"})
    assert answer.status_code == 422
    assert "Rien n’a été changé" in answer.text
    assert profile(site).activity == ("extraits végétaux",)


def test_what_was_written_is_still_there_where_it_is_too_much(drafted: Site) -> None:
    known = ids(drafted)
    line = known["enrobage sans dioxyde"]
    said = {f"ligne-{line}": "oui", f"mots-{line}": "enrobage nouveau", "needs": "x" * 201, "activity": "encapsulation"}
    page = drafted.client.post(link(drafted), data=said).text
    assert 'value="enrobage nouveau"' in page
    assert f'name="ligne-{line}" value="oui" checked' in page
    assert ">encapsulation</textarea>" in page
    assert f">{'x' * 201}</textarea>" in page


def test_a_death_between_two_lines_keeps_neither(drafted: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    known = ids(drafted)
    line = known["enrobage sans dioxyde"]
    said = {
        f"ligne-{known['10.89Z']}": "oui", f"ligne-{line}": "oui", f"mots-{line}": "enrobage nouveau",
        f"ligne-{known['gommes aux extraits de plantes']}": "non",
    }  # fmt: skip
    with monkeypatch.context() as patched:

        def die(_session: object, _member: int, field: str, *_: object) -> None:
            if field == "needs":
                raise StoreError("base occupée")

        patched.setattr("veille.storage.draft_store.add_line", die)
        assert drafted.client.post(link(drafted), data=said).status_code == 503
    assert len(drafted.app.drafts.drafts(profile(drafted).id)) == 3  # « rien n'a été perdu »: the same form again
    assert drafted.client.post(link(drafted), data=said).status_code == 200
    assert profile(drafted).needs == ("enrobage nouveau",)
    assert profile(drafted).naf == "10.89Z"


def test_a_line_said_in_other_letters_is_known_and_one_with_a_bar_survives_a_list(site: Site) -> None:
    site.client.post(
        link(site), data={"activity": "Extraits Végétaux\nEncapsulation | enrobage\nencapsulation / Enrobage"}
    )
    assert profile(site).activity == ("extraits végétaux", "Encapsulation / enrobage")


def test_hostile_words_are_only_text(site: Site) -> None:
    site.client.post(link(site), data={"needs": '"><script>alert(1)</script>\n=HYPERLINK("http://evil.example")'})
    assert "<script" not in site.client.get(link(site)).text


def test_opening_changes_nothing(drafted: Site) -> None:
    drafted.client.get(link(drafted))
    assert len(drafted.app.drafts.drafts()) == 4
