"""The whole job: mails, explanations, files, and the same bulletins whatever the machine's date."""

import email
import email.policy
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.shared import required
from veille.demo.instance import MARKER
from veille.demo.runner import run_demo
from veille.errors import InputError
from veille.model import FAILURES
from veille.observability import QuietProgress

#: Moves the wall clock of a whole process, C code included, by VEILLE_TEST_SHIFT seconds.
SHIFT = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
static long shift(void) { const char *s = getenv("VEILLE_TEST_SHIFT"); return s ? atol(s) : 0; }
int clock_gettime(clockid_t id, struct timespec *at) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
  int done = real(id, at);
  if (!done && id == CLOCK_REALTIME) at->tv_sec += shift();
  return done;
}
int gettimeofday(struct timeval *restrict at, void *restrict zone) {
  struct timespec now;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &now);
  at->tv_sec = now.tv_sec;
  at->tv_usec = now.tv_nsec / 1000;
  return 0;
}
time_t time(time_t *at) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (at) *at = now.tv_sec;
  return now.tv_sec;
}
"""
FOUR_HUNDRED_DAYS = 400 * 86400


def mails_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.eml"))}


def test_most_members_get_a_mail(demo):
    organisations = {mail.bulletin.organisation for mail in demo.last.mails}
    assert len(organisations) >= 6


def test_who_is_left_out_is_told_why(demo):
    reasons = {absent.organisation: absent.reason for absent in demo.last.left_out}
    assert "Studio Zourite" in reasons
    assert all(reasons.values())


def test_a_paused_subscriber_gets_nothing_while_colleagues_do(demo):
    assert "elus@val-de-sioule.example" not in {mail.email for mail in demo.last.mails}
    assert "dgs@val-de-sioule.example" in {mail.email for mail in demo.last.mails}


def test_it_takes_less_than_a_minute(demo):
    assert demo.seconds < 60


def test_broken_sources_are_named_and_stop_nobody(demo):
    states = {one.id: one for one in demo.last.crawl}
    broken = {"portail-artisanat", "lettre-des-prix"}
    assert {one.id for one in demo.last.crawl if one.state in FAILURES} == broken
    assert all(states[name].sentence for name in broken)


def test_a_truncated_feed_gives_what_can_be_read_of_it_and_says_so(demo):
    first = next(one for one in demo.editions[0].crawl if one.id == "revue-materiaux")
    assert first.new >= 1
    assert "coupé" in first.sentence


def test_the_amended_call_is_seen_as_changed(demo):
    changed = {one.id for each in demo.last.passes for one in each.crawl if one.changed}
    assert changed == {"banque-innovation", "observatoire-appels"}


def test_each_mail_is_whole_and_lies_open(demo):
    for edition in demo.editions:
        for mail in edition.mails:
            message = email.message_from_bytes((demo.folder / mail.eml).read_bytes(), policy=email.policy.default)
            assert message["To"].addresses[0].addr_spec == mail.email
            assert (demo.folder / mail.html).read_text(encoding="utf-8").lstrip().lower().startswith("<!doctype html")
            assert mail.bulletin.organisation in (demo.folder / mail.text).read_text(encoding="utf-8-sig")


def test_staff_are_told_in_the_evening_what_came_of_it(demo):
    assert demo.evening.headline.startswith(f"remis {len(demo.last.mails)}, 1 intérêt")
    assert any("rapport hebdo" in line and "remis à" in line for line in demo.evening.told)
    page = (demo.folder / demo.evening.page).read_text(encoding="utf-8")
    assert demo.evening.headline in page
    assert "utile 1" in page


class _References(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.linked: list[str] = []

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name == "src" or (tag == "link" and name == "href"):
                self.loaded.append(value)
            elif name == "href":
                self.linked.append(value)


def test_the_index_is_self_contained_and_its_links_lead_somewhere(demo):
    page = _References()
    text = demo.index.read_text(encoding="utf-8")
    page.feed(text)
    assert page.loaded == []
    assert "url(" not in text
    files = [link for link in page.linked if not link.startswith("#")]
    assert [link for link in files if not (demo.folder / link).is_file()] == []
    anchors = [link[1:] for link in page.linked if link.startswith("#")]
    assert [anchor for anchor in anchors if f'id="{anchor}"' not in text] == []
    assert len([link for link in files if link.endswith(".eml")]) == sum(len(e.mails) for e in demo.editions)


def test_a_folder_of_somebody_else_is_not_touched(tmp_path):
    (tmp_path / "these.txt").write_text("mon travail")
    with pytest.raises(InputError, match="rien n'a été touché"):
        run_demo(tmp_path, QuietProgress())
    assert [path.name for path in tmp_path.iterdir()] == ["these.txt"]


def test_the_environment_cannot_make_the_demonstration_write_elsewhere(demo):
    assert (demo.folder / MARKER).is_file()
    assert (demo.folder / "var" / "veille.sqlite").is_file()


@pytest.fixture(scope="module")
def clock_shim(tmp_path_factory) -> Path:
    compiler = shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        if required("cc"):
            pytest.fail("cc is required and absent: run `make test-full`")
        pytest.skip("a C compiler on Linux is needed to move the machine's clock")
    folder = tmp_path_factory.mktemp("shim")
    (folder / "shift.c").write_text(SHIFT)
    library = folder / "shift.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, folder / "shift.c", "-ldl"], check=True)
    return library


@pytest.mark.slow
def test_the_same_bulletins_four_hundred_days_later(demo, clock_shim, tmp_path):
    target = tmp_path / "later"
    env = {
        **os.environ,
        "LD_PRELOAD": str(clock_shim),
        "VEILLE_TEST_SHIFT": str(FOUR_HUNDRED_DAYS),
        "VEILLE_MAIL_URL": "smtp://127.0.0.1:9",
        "COLUMNS": "120",
    }
    probe = [sys.executable, "-c", "import datetime; print(datetime.date.today().isoformat())"]
    shifted = subprocess.run(probe, env=env, capture_output=True, text=True, check=True).stdout
    plain = subprocess.run(probe, capture_output=True, text=True, check=True).stdout
    assert shifted != plain
    done = subprocess.run(
        [sys.executable, "-m", "veille", "demo", str(target)], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert mails_of(target / "bulletins") == mails_of(demo.folder / "bulletins")
    assert re.search(r"[0-9]+ bulletins sur 9 abonnés", done.stdout)


@pytest.mark.slow
def test_a_second_run_replaces_the_first(demo, tmp_path):
    target = tmp_path / "again"
    shutil.copytree(demo.folder, target)
    (target / "bulletins" / "stale.html").write_text("ancien")
    report = run_demo(target, QuietProgress())
    assert not (target / "bulletins" / "stale.html").exists()
    assert mails_of(report.folder / "bulletins") == mails_of(demo.folder / "bulletins")
