"""The whole demonstration, crawl to mail, gives the same bytes on both databases."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

#: The demonstration chooses its own database; here it is given one.
DEMO = """if 1:
    import sys
    from veille.config.settings import Settings
    if sys.argv[2]:
        Settings.database = property(lambda self: sys.argv[2])
    from veille.cli.main import cli
    cli.main(["demo", sys.argv[1]], standalone_mode=False)
"""


@pytest.mark.slow
@pytest.mark.postgres
def test_demonstration_writes_the_same_mails_on_both_databases(
    tmp_path: Path, new_postgres: Callable[[str], str]
) -> None:
    urls = {"sqlite": "", "postgres": new_postgres("template0")}
    for name, url in urls.items():
        subprocess.run([sys.executable, "-c", DEMO, str(tmp_path / name), url], check=True, stdout=subprocess.DEVNULL)
    sqlite, postgres = (
        {path.name + path.parent.name: path.read_bytes() for path in (tmp_path / name / "bulletins").rglob("*.eml")}
        for name in urls
    )
    assert len(sqlite) > 10
    assert sqlite == postgres
    assert not (tmp_path / "postgres" / "var" / "veille.sqlite").exists()
