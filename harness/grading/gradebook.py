"""The gradebook: one SQLite file, a result committed as soon as it is there.

The key of a result is what it depends on: the submission's files, the suite, the way of marking and
the grader itself. A run that was killed goes on where it stopped, and a second run grades only what
has changed. Several runs may write to one gradebook.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

from harness.grading.stored import NewerError, as_now

NAME: Final = "gradebook.sqlite"
PACKAGE: Final = Path(__file__).resolve().parent.parent
BUSY_SECONDS: Final = 60.0
NEWER: Final = "it was made by a newer version of the harness"

MIGRATIONS: Final = (
    """CREATE TABLE result (
        id TEXT PRIMARY KEY, key TEXT NOT NULL, status TEXT NOT NULL, score REAL NOT NULL,
        max_score REAL NOT NULL, content BLOB NOT NULL) WITHOUT ROWID;""",
    """ALTER TABLE result ADD COLUMN seconds REAL NOT NULL DEFAULT 0;
       CREATE INDEX result_status ON result (status);""",
    """CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;""",
    "ALTER TABLE result ADD COLUMN suspect INTEGER NOT NULL DEFAULT 0;",
)
"""What leads from each version of the schema to the next; the file knows its own version."""


class GradebookError(Exception):
    """The file is no gradebook, one of a newer harness, or cannot be read or written."""


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
            self.connection.execute("PRAGMA journal_mode=WAL")
            self.connection.execute("PRAGMA synchronous=NORMAL")
            self._migrate()

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """Makes what SQLite says a :class:`GradebookError`."""
        try:
            yield
        except sqlite3.OperationalError as error:
            told = "you need to be able to write to it and its folder, and nobody else to hold it"
            raise GradebookError(f"{self.path}: it cannot be {what} ({error}): {told}") from None
        except (sqlite3.DatabaseError, zlib.error) as error:
            raise GradebookError(f"{self.path}: this is no gradebook ({error})") from None

    def _migrate(self) -> None:
        (version,) = self.connection.execute("PRAGMA user_version").fetchone()
        if version > len(MIGRATIONS):
            raise GradebookError(f"{self.path}: {NEWER}")
        if version == len(MIGRATIONS):
            return
        self.connection.execute("BEGIN IMMEDIATE")
        (version,) = self.connection.execute("PRAGMA user_version").fetchone()
        for number in range(version, len(MIGRATIONS)):
            for statement in MIGRATIONS[number].split(";"):
                self.connection.execute(statement)
        self.connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        self.connection.execute("COMMIT")

    def keys(self) -> dict[str, str]:
        """The key of each result that stands: a grader error does not."""
        query = "SELECT id, key FROM result WHERE status != 'grader error'"
        return dict(self._read(query))

    def put(self, key: str, result: Mapping[str, Any]) -> None:
        """Stores a result in place of an earlier one of the same submission."""
        content = zlib.compress(json.dumps(result, separators=(",", ":")).encode(), 6)
        row = (
            result["engine"],
            key,
            result["status"],
            result["score"],
            result["max_score"],
            content,
            result.get("seconds", 0.0),
            bool(result.get("suspicions")),
        )
        with self._told("written"):
            self.connection.execute(
                "INSERT OR REPLACE INTO result (id, key, status, score, max_score, content, "
                "seconds, suspect) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )

    def seed(self) -> str:
        """The seed of all that is drawn for the class: secret, and the same for ever."""
        query = "SELECT value FROM setting WHERE name = 'seed'"
        if not list(self._read(query)):
            with self._told("written"):
                self.connection.execute(
                    "INSERT OR IGNORE INTO setting VALUES ('seed', ?)", (token_hex(16),)
                )
        ((seed,),) = self._read(query)
        return str(seed)

    def rows(self) -> Iterator[tuple[str, str, float, float]]:
        """Id, status, score and greatest score of each, by id."""
        yield from self._read("SELECT id, status, score, max_score FROM result ORDER BY id")

    def suspects(self) -> list[str]:
        """The ids of those of which a suspicion is told, in order."""
        return [id for (id,) in self._read("SELECT id FROM result WHERE suspect ORDER BY id")]

    def result(self, id: str) -> dict[str, Any] | None:
        """The whole result of a submission, as results are now."""
        return next(self._contents("SELECT content FROM result WHERE id = ?", id), None)

    def results(self) -> Iterator[dict[str, Any]]:
        """All results, by id, as results are now."""
        yield from self._contents("SELECT content FROM result ORDER BY id")

    def _contents(self, query: str, *values: str) -> Iterator[dict[str, Any]]:
        with self._told("read"):
            for (content,) in self._read(query, *values):
                try:
                    yield as_now(json.loads(zlib.decompress(content)))
                except NewerError:
                    raise GradebookError(f"{self.path}: {NEWER}") from None

    def _read(self, query: str, *values: str) -> Iterator[Any]:
        with self._told("read"):
            yield from self.connection.execute(query, values)

    def close(self) -> None:
        """Writes everything into the one file."""
        self.connection.close()


def key_of(submission: str, suite: str, marking: str, limits: str) -> str:
    """What a result depends on, as one hash."""
    parts = "\0".join([submission, suite, marking, limits, grader()])
    return hashlib.sha256(parts.encode()).hexdigest()


@cache
def grader() -> str:
    """The version of the grader: a hash of the sources that a mark can depend on."""
    found = hashlib.sha256()
    for floor in ("language", "engines", "judging", "grading"):
        for path in sorted((PACKAGE / floor).rglob("*.py")):
            found.update(path.read_bytes())
    return found.hexdigest()
