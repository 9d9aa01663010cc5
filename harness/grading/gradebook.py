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
from functools import cache
from pathlib import Path
from typing import Any, Final

NAME: Final = "gradebook.sqlite"
PACKAGE: Final = Path(__file__).resolve().parent.parent
BUSY_SECONDS: Final = 60.0

MIGRATIONS: Final = (
    """CREATE TABLE result (
        id TEXT PRIMARY KEY, key TEXT NOT NULL, status TEXT NOT NULL, score REAL NOT NULL,
        max_score REAL NOT NULL, content BLOB NOT NULL) WITHOUT ROWID;""",
    """ALTER TABLE result ADD COLUMN seconds REAL NOT NULL DEFAULT 0;
       CREATE INDEX result_status ON result (status);""",
)
"""What leads from each version of the schema to the next; the file knows its own version."""


class GradebookError(Exception):
    """The file is no gradebook, one of a newer harness, or cannot be read or written."""


class Gradebook:
    """The results of a class in the folder ``place``."""

    def __init__(self, place: Path, create: bool = True) -> None:
        self.path = place / NAME
        if not create and not self.path.is_file():
            raise GradebookError(f"{self.path}: there is no gradebook; harness grade makes one")
        if place.exists() and not place.is_dir():
            raise GradebookError(f"{place}: this is no folder; a gradebook is kept in one")
        place.mkdir(parents=True, exist_ok=True)
        try:
            self.connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
            self.connection.execute("PRAGMA journal_mode=WAL")
            self.connection.execute("PRAGMA synchronous=NORMAL")
            self._migrate()
        except sqlite3.OperationalError as error:
            told = "you need to be able to write to it and its folder, and nobody else to hold it"
            raise GradebookError(f"{self.path}: it cannot be opened ({error}): {told}") from None
        except sqlite3.DatabaseError as error:
            raise GradebookError(f"{self.path}: this is no gradebook ({error})") from None

    def _migrate(self) -> None:
        (version,) = self.connection.execute("PRAGMA user_version").fetchone()
        if version > len(MIGRATIONS):
            raise GradebookError(f"{self.path}: it was made by a newer version of the harness")
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
        found = self.connection.execute("SELECT id, key FROM result WHERE status != 'grader error'")
        return dict(found.fetchall())

    def put(self, key: str, result: Mapping[str, Any]) -> None:
        """Stores a result in place of an earlier one of the same submission. Raises
        :class:`GradebookError` where the file cannot be written."""
        content = zlib.compress(json.dumps(result, separators=(",", ":")).encode(), 6)
        row = (
            result["engine"],
            key,
            result["status"],
            result["score"],
            result["max_score"],
            content,
            result.get("seconds", 0.0),
        )
        try:
            self.connection.execute(
                "INSERT OR REPLACE INTO result (id, key, status, score, max_score, content, "
                "seconds) VALUES (?, ?, ?, ?, ?, ?, ?)",
                row,
            )
        except sqlite3.DatabaseError as error:
            raise GradebookError(f"{self.path}: it cannot be written ({error})") from None

    def rows(self) -> Iterator[tuple[str, str, float, float]]:
        """Id, status, score and greatest score of each, by id."""
        yield from self.connection.execute(
            "SELECT id, status, score, max_score FROM result ORDER BY id"
        )

    def result(self, id: str) -> dict[str, Any] | None:
        """The whole result of a submission."""
        row = self.connection.execute("SELECT content FROM result WHERE id = ?", (id,)).fetchone()
        return None if row is None else _content(row[0])

    def results(self) -> Iterator[dict[str, Any]]:
        """All results, by id."""
        for (content,) in self.connection.execute("SELECT content FROM result ORDER BY id"):
            yield _content(content)

    def close(self) -> None:
        """Writes everything into the one file."""
        self.connection.close()


def _content(blob: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(zlib.decompress(blob))
    return found


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
