"""The gradebook: one SQLite file, a result committed as soon as it is there.

The key of a result is what it depends on: the submission's files, the suite, the way of marking and
the grader itself. A run that was killed goes on where it stopped, and a second run grades only what
has changed. Several runs may write to one gradebook.

A result stays when its submission does not: it is then marked as withdrawn. A result that cannot be
read stops no other; a file that SQLite cannot read is told as that.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

from harness.grading.marking import GRADER_ERROR
from harness.grading.stored import NewerError, TornError, packed, unpacked

NAME: Final = "gradebook.sqlite"
PACKAGE: Final = Path(__file__).resolve().parent.parent
BUSY_SECONDS: Final = 60.0
NEWER: Final = "it was made by a newer version of the harness"

WITHDRAWN: Final = "not handed in any more"

MIGRATIONS: Final = (
    """CREATE TABLE result (
        id TEXT PRIMARY KEY, key TEXT NOT NULL, status TEXT NOT NULL, score REAL NOT NULL,
        max_score REAL NOT NULL, content BLOB NOT NULL) WITHOUT ROWID;""",
    """ALTER TABLE result ADD COLUMN seconds REAL NOT NULL DEFAULT 0;
       CREATE INDEX result_status ON result (status);""",
    """CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;""",
    "ALTER TABLE result ADD COLUMN suspect INTEGER NOT NULL DEFAULT 0;",
    """ALTER TABLE result ADD COLUMN place BLOB;
       ALTER TABLE result ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0;""",
)
"""What leads from each version of the schema to the next; the file knows its own version."""


class GradebookError(Exception):
    """The file is no gradebook, one of a newer harness, or cannot be read or written."""


class DamagedError(GradebookError):
    """What is stored of one submission cannot be read, which says nothing of the others."""

    def __init__(self, path: Path, id: str, why: object) -> None:
        told = "harness grade, run again on it, makes that anew"
        super().__init__(f"{path}: the result of {id} is damaged ({why}): {told}")


class Gradebook:
    """The results of a class in the folder ``place``. All that is done with it may raise
    :class:`GradebookError`."""

    def __init__(self, place: Path, create: bool = True) -> None:
        self.path = place / NAME
        if not create and not self.path.is_file():
            raise GradebookError(f"{self.path}: there is no gradebook; harness grade makes one")
        if place.exists() and not place.is_dir():
            raise GradebookError(f"{place}: this is no folder; a gradebook is kept in one")
        place.mkdir(parents=True, exist_ok=True)
        with self._told("opened"):
            self.connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
            self.connection.text_factory = lambda text: text.decode("utf-8", "replace")
            self.connection.execute("PRAGMA journal_mode=WAL")
            self.connection.execute("PRAGMA synchronous=NORMAL")
            if self._version() < len(MIGRATIONS):
                with self._written():
                    self._migrate()
            elif self._version() > len(MIGRATIONS):
                raise GradebookError(f"{self.path}: {NEWER}")

    def _version(self) -> int:
        return int(self.connection.execute("PRAGMA user_version").fetchone()[0])

    def _migrate(self) -> None:
        for migration in MIGRATIONS[self._version() :]:  # another run may just have done it
            for statement in migration.split(";"):
                self.connection.execute(statement)
        self.connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """Makes what SQLite says a :class:`GradebookError`."""
        try:
            yield
        except sqlite3.OperationalError as error:
            told = "you need to be able to write to it and its folder, and nobody else to hold it"
            raise GradebookError(f"{self.path}: it cannot be {what} ({error}): {told}") from None
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_CORRUPT:
                told = "keep it elsewhere, and harness grade makes a new one"
                raise GradebookError(f"{self.path}: it is damaged ({error}): {told}") from None
            raise GradebookError(f"{self.path}: this is no gradebook ({error})") from None

    # -- writing -----------------------------------------------------------------------------------

    @contextmanager
    def _written(self) -> Iterator[None]:
        """All that is written meanwhile is there as a whole afterwards, or not at all."""
        with self._told("written"), self.connection:
            self.connection.execute("BEGIN IMMEDIATE")
            yield

    def put(self, key: str, result: Mapping[str, Any], place: bytes | None = None) -> None:
        """Stores a result in place of an earlier one of the same submission, which lies at
        ``place``."""
        row = {
            "id": result["engine"],
            "key": key,
            **{name: result[name] for name in ("status", "score", "max_score")},
            "content": packed(result),
            "seconds": result.get("seconds", 0.0),
            "suspect": bool(result.get("suspicions")),
            "place": place,
        }
        columns, values = ", ".join(row), ", ".join(f":{name}" for name in row)
        with self._written():
            self.connection.execute(
                f"INSERT OR REPLACE INTO result ({columns}) VALUES ({values})", row
            )

    def found(self, places: Mapping[str, bytes]) -> None:
        """Notes where the submissions lie that a run has found (see :func:`place_of`). Withdrawn,
        until it is found again, is what lay beside one of them and is no more, and what is found
        under another name."""
        elsewhere = set(places.values())
        folders = set(map(os.path.dirname, elsewhere))
        with self._written():
            self.connection.executemany(
                "UPDATE result SET place = :place, withdrawn = 0 WHERE id = :id "
                "AND (withdrawn OR place IS NOT :place)",
                [{"id": id, "place": place} for id, place in places.items()],
            )
            for id, place in self._rows("id, place", "place IS NOT NULL"):
                gone = os.path.dirname(place) in folders and not os.path.lexists(place)
                if id not in places and (gone or place in elsewhere):
                    self.connection.execute("UPDATE result SET withdrawn = 1 WHERE id = ?", (id,))

    def seed(self) -> str:
        """The seed of all that is drawn for the class: secret, and the same for ever."""
        with self._told("read"):
            query = "SELECT value FROM setting WHERE name = 'seed'"
            if (row := self.connection.execute(query).fetchone()) is not None:
                return str(row[0])
        with self._written():
            query = "INSERT OR IGNORE INTO setting VALUES ('seed', ?)"
            self.connection.execute(query, (token_hex(16),))
        return self.seed()

    # -- reading -----------------------------------------------------------------------------------

    def _rows(self, columns: str, condition: str = "TRUE", *values: str) -> list[tuple[Any, ...]]:
        query = f"SELECT {columns} FROM result WHERE {condition} ORDER BY id"
        with self._told("read"):
            return self.connection.execute(query, values).fetchall()

    def ids(self) -> list[str]:
        """All submissions of which there is a result, in order."""
        return [id for (id,) in self._rows("id")]

    def keys(self) -> dict[str, str]:
        """The key of each result that stands: a grader error does not."""
        return dict(self._rows("id, key", "status != ?", GRADER_ERROR))

    def rows(self) -> list[tuple[Any, ...]]:
        """Id, status, score and greatest score of each, by id."""
        return self._rows("id, status, score, max_score")

    def withdrawn(self) -> set[str]:
        """The submissions that are not handed in any more."""
        return {id for (id,) in self._rows("id", "withdrawn")}

    def suspects(self) -> list[str]:
        """The ids of those of which a suspicion is told, in order."""
        return [id for (id,) in self._rows("id", "suspect")]

    def is_whole(self, id: str) -> bool:
        """Whether there is a result that can be read."""
        try:
            return self.result(id) is not None
        except DamagedError:
            return False

    def result(self, id: str) -> dict[str, Any] | None:
        """The whole result of a submission, as results are now. Raises :class:`DamagedError`."""
        rows = self._rows("content, withdrawn", "id = ?", id)
        if not rows:
            return None
        content, withdrawn = rows[0]
        try:
            result = unpacked(content, id)
        except NewerError:
            raise GradebookError(f"{self.path}: {NEWER}") from None
        except TornError as error:
            raise DamagedError(self.path, id, error) from None
        return {**result, "withdrawn": True} if withdrawn else result

    def results(self) -> Iterator[dict[str, Any]]:
        """All results, by id, as results are now. Raises :class:`DamagedError` at one that is."""
        for id in self.ids():
            yield self.result(id) or {}

    def close(self) -> None:
        """Writes everything into the one file."""
        self.connection.close()


def place_of(path: Path) -> bytes:
    """Where a submission lies, however its path was written; links above it are followed."""
    folder, name = os.path.split(os.path.abspath(path))
    return os.fsencode(os.path.join(os.path.realpath(folder), name))


def key_of(submission: str, suite: str, marking: str, limits: str) -> str:
    """What a result depends on, as one hash."""
    parts = "\0".join([submission, suite, marking, limits, grader()])
    return hashlib.sha256(parts.encode()).hexdigest()


@cache
def grader() -> str:
    """The version of the grader: a hash of the sources that a mark can depend on."""
    sources = hashlib.sha256()
    for floor in ("vocabulary", "language", "engines", "judging", "grading"):
        for path in sorted((PACKAGE / floor).rglob("*.py")):
            sources.update(path.read_bytes())
    return sources.hexdigest()
