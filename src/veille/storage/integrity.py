"""What an operator should know of a database that opens well: damaged pages."""

import sqlite3
import time

from veille.storage import faults
from veille.storage.db import Database

#: Seconds; about 2 GB on a small machine. Beyond that a person waits for `doctor`.
PATIENCE = 5.0
#: Steps of SQLite's virtual machine between two looks at the clock: some milliseconds.
_STEPS = 10_000


def quick_check(database: Database, *, seconds: float = PATIENCE) -> bool:
    """Read the pages of a SQLite file; True if all were read in time. Raises DatabaseCorrupt for a damaged one.

    PostgreSQL checks its pages when it reads them: nothing to do.
    """
    if database.file is None:
        return True
    end = time.monotonic() + seconds
    with database.read() as session:
        connection = session.connection().connection.driver_connection
        if not isinstance(connection, sqlite3.Connection):
            raise TypeError("a SQLite file is opened by sqlite3")
        connection.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
        try:
            (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                return False
            raise (faults.from_sqlite(error, database.place, database.file) or error) from error
        except sqlite3.DatabaseError as error:
            raise (faults.from_sqlite(error, database.place, database.file) or error) from error
        finally:
            connection.set_progress_handler(None, 0)
    if said != "ok":
        raise faults.corrupt(database.place, str(said).splitlines()[-1])
    return True
