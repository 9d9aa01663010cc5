"""A gradebook's file: a SQLite database that knows its own version, and whose errors are told."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

NAME: Final = "gradebook.sqlite"
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
    """ALTER TABLE result ADD COLUMN place BLOB;
       ALTER TABLE result ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0;""",
    """ALTER TABLE result ADD COLUMN digest TEXT NOT NULL DEFAULT '';
       ALTER TABLE result ADD COLUMN suite TEXT NOT NULL DEFAULT '';
       ALTER TABLE result ADD COLUMN handed TEXT NOT NULL DEFAULT '';
       ALTER TABLE result ADD COLUMN graded TEXT NOT NULL DEFAULT '';
       ALTER TABLE result ADD COLUMN late INTEGER NOT NULL DEFAULT 0;
       ALTER TABLE result ADD COLUMN nth INTEGER NOT NULL DEFAULT 0;
       ALTER TABLE result ADD COLUMN who TEXT NOT NULL DEFAULT '[]';
       ALTER TABLE result ADD COLUMN notes TEXT NOT NULL DEFAULT '';
       CREATE TABLE earlier AS SELECT * FROM result WHERE FALSE;
       CREATE UNIQUE INDEX earlier_key ON earlier (id, key);
       CREATE TABLE ahead AS SELECT * FROM result WHERE FALSE;
       CREATE UNIQUE INDEX ahead_id ON ahead (id);
       CREATE TABLE person (number INTEGER PRIMARY KEY, told TEXT NOT NULL);
       CREATE TABLE ruling (student TEXT NOT NULL, question TEXT NOT NULL, points REAL NOT NULL,
           why TEXT NOT NULL, made TEXT NOT NULL, PRIMARY KEY (student, question));
       CREATE TABLE comment (number INTEGER PRIMARY KEY, student TEXT NOT NULL, text TEXT NOT NULL,
           made TEXT NOT NULL);""",
)
"""What leads from each version of the schema to the next; the file knows its own version."""


class GradebookError(Exception):
    """The file is no gradebook, one of a newer harness, or cannot be read or written."""


class DamagedError(GradebookError):
    """What is stored of one submission cannot be read, which says nothing of the others."""

    def __init__(self, path: Path, id: str, why: object) -> None:
        told = "harness grade, run again on it, makes that anew"
        super().__init__(f"{path}: the result of {id} is damaged ({why}): {told}")


class Database:
    """The file in the folder ``place``. All that is done with it may raise
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

    @contextmanager
    def _written(self) -> Iterator[None]:
        """All that is written meanwhile is there as a whole afterwards, or not at all."""
        with self._told("written"), self.connection:
            self.connection.execute("BEGIN IMMEDIATE")
            yield

    def _rows(
        self, columns: str, condition: str = "TRUE", *values: str, table: str = "result"
    ) -> list[tuple[Any, ...]]:
        query = f"SELECT {columns} FROM {table} WHERE {condition} ORDER BY id"
        with self._told("read"):
            return self.connection.execute(query, values).fetchall()

    def close(self) -> None:
        """Writes everything into the one file."""
        self.connection.close()
