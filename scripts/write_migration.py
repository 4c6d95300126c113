"""Write the next migration from the difference between the models and the history: `write_migration.py 0002 "Effect"`.

Read and correct what it wrote, then add the revision to `REVISIONS` in `veille/storage/schema.py`.
A revision that exists already is written anew: only for one that was never released.
"""

import re
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

#: How Alembic writes the default « false » of a boolean column there.
_FALSE = re.compile(r"(?<=sa\.Boolean\(\), )server_default=sa\.text\(['\"]0['\"]\)")
_VERSIONS = Path(__file__).parents[1] / "src" / "veille" / "storage" / "migrations" / "versions"


def main(revision: str, message: str) -> None:
    """Replay the history on an empty database, compare, write."""
    for old in _VERSIONS.glob(f"{revision}_*.py"):
        old.unlink()
    config = Config()
    config.set_main_option("script_location", "veille.storage:migrations")
    config.set_main_option("path_separator", "os")
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{Path(folder) / 'history.sqlite'}")
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
            command.revision(config, message, autogenerate=True, rev_id=revision)
        engine.dispose()
    for written in _VERSIONS.glob(f"{revision}_*.py"):
        kept = [line for line in written.read_text().splitlines() if "# ### " not in line]
        text = "\n".join(kept) + "\n"
        # compared on SQLite, where false is 0; PostgreSQL takes no number for a boolean
        written.write_text(_FALSE.sub("server_default=sa.false()", text))


if __name__ == "__main__":
    main(*sys.argv[1:3])
