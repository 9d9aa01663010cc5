"""The gradebook: one SQLite file, a result committed as soon as it is there.

The key of a result is what it depends on: the submission's files, the suite, the way of marking and
the grader itself. A run that was killed goes on where it stopped, and a second run grades only what
has changed. Several runs may write to one gradebook.

A result stays when its submission does not: it is then marked as withdrawn. A result that has been
damaged is none, and stops no other.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

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
            self._migrate()

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """Makes what SQLite says a :class:`GradebookError`."""
        try:
            yield
        except sqlite3.OperationalError as error:
            told = "you need to be able to write to it and its folder, and nobody else to hold it"
            raise GradebookError(f"{self.path}: it cannot be {what} ({error}): {told}") from None
        except sqlite3.DatabaseError as error:
            if _is_damage(error):
                told = "keep it elsewhere, and harness grade makes a new one"
                raise GradebookError(f"{self.path}: it is damaged ({error}): {told}") from None
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

    # -- writing -----------------------------------------------------------------------------------

    def put(self, key: str, result: Mapping[str, Any], place: bytes | None = None) -> None:
        """Stores a result in place of an earlier one of the same submission, which lies at
        ``place``."""
        row = (
            result["engine"],
            key,
            result["status"],
            result["score"],
            result["max_score"],
            packed(result),
            result.get("seconds", 0.0),
            bool(result.get("suspicions")),
            place,
        )
        self._write(
            lambda: self.connection.execute(
                "INSERT OR REPLACE INTO result (id, key, status, score, max_score, content, "
                "seconds, suspect, place) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )
        )

    def found(self, places: Mapping[str, bytes]) -> None:
        """Notes where the submissions lie that a run has found (see :func:`place_of`). Withdrawn,
        until it is found again, is what lay beside one of them and is no more, and what is found
        under another name."""
        elsewhere = set(places.values())
        folders = set(map(os.path.dirname, elsewhere))

        def note() -> None:
            for id, place in places.items():
                self.connection.execute(
                    "UPDATE result SET place = ?, withdrawn = 0 WHERE id = ? "
                    "AND (withdrawn OR place IS NOT ?)",
                    (place, id, place),
                )
            for id, place in self._rows("id, place"):
                if id not in places and place is not None:
                    gone = os.path.dirname(place) in folders and not os.path.lexists(place)
                    if gone or place in elsewhere:
                        self.connection.execute(
                            "UPDATE result SET withdrawn = 1 WHERE id = ?", (id,)
                        )

        self._write(note)

    def _write(self, work: Callable[[], object]) -> None:
        """Does it as a whole or not at all; where what is to be replaced is damaged, once more on a
        new table."""
        with self._told("written"):
            try:
                self._together(work)
            except sqlite3.DatabaseError as error:
                if not _is_damage(error):
                    raise
                self._together(self._renew)
                self._together(work)

    def _together(self, work: Callable[[], object]) -> None:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            work()
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def _renew(self) -> None:
        """A new table with all rows that can be read. The damaged one stays under another name: to
        remove it would take it to be whole. It is read over a connection of its own: where one has
        met damage, SQLite writes nothing more in the same transaction."""
        reader = Gradebook(self.path.parent, create=False)
        kept = list(reader._rows("*"))
        reader.close()
        query = "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = 'result'"
        ((table,),) = self.connection.execute(query)
        query = "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'damaged_%'"
        ((number,),) = self.connection.execute(query)
        self.connection.execute(f"ALTER TABLE result RENAME TO damaged_{number}")
        self.connection.execute(table)
        self.connection.execute(f"CREATE INDEX result_status_{number} ON result (status)")
        for row in kept:
            self.connection.execute(
                f"INSERT OR IGNORE INTO result VALUES ({', '.join('?' * len(row))})", row
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

    # -- reading -----------------------------------------------------------------------------------

    def ids(self) -> list[str]:
        """All submissions of which there is a result, damaged or not."""
        found: set[str] = set()
        with self._told("read"):
            query = (
                "SELECT name FROM sqlite_schema "
                "WHERE type = 'index' AND tbl_name = 'result' AND sql IS NOT NULL"
            )
            indices = [f"INDEXED BY {name}" for (name,) in self.connection.execute(query)]
            damage = None
            for place in ("NOT INDEXED", *indices):  # each has them all
                try:
                    found.update(
                        id for (id,) in self.connection.execute(f"SELECT id FROM result {place}")
                    )
                except sqlite3.DatabaseError as error:
                    if not _is_damage(error):
                        raise
                    damage = error
            if damage is not None and not found:
                raise damage
        return sorted(found)

    def keys(self) -> dict[str, str]:
        """The key of each result that stands: neither a grader error does, nor what is damaged."""
        rows = self._rows("id, key, status")
        return {id: key for id, key, status in rows if status != "grader error"}

    def rows(self) -> Iterator[tuple[str, str, float, float]]:
        """Id, status, score and greatest score of each, by id; of what is damaged nothing."""
        yield from self._rows("id, status, score, max_score")

    def withdrawn(self) -> set[str]:
        """The submissions that are not handed in any more."""
        return {id for id, withdrawn in self._rows("id, withdrawn") if withdrawn}

    def is_whole(self, id: str) -> bool:
        """Whether there is a result that can be read."""
        try:
            return self.result(id) is not None
        except DamagedError:
            return False

    def suspects(self) -> list[str]:
        """The ids of those of which a suspicion is told, in order."""
        return [id for id, suspect in self._rows("id, suspect") if suspect]

    def result(self, id: str) -> dict[str, Any] | None:
        """The whole result of a submission, as results are now. Raises :class:`DamagedError`."""
        row = self._row(id, "content, withdrawn")
        if row is None:
            if id in self.ids():
                raise DamagedError(self.path, id, "its row is lost")
            return None
        content, withdrawn = row
        try:
            result = unpacked(content)
        except NewerError:
            raise GradebookError(f"{self.path}: {NEWER}") from None
        except TornError as error:
            raise DamagedError(self.path, id, error) from None
        if result["engine"] != id:
            raise DamagedError(self.path, id, f"it is that of {result['engine']}")
        return {**result, "withdrawn": True} if withdrawn else result

    def results(self) -> Iterator[dict[str, Any]]:
        """All results, by id, as results are now. Raises :class:`DamagedError` at one that is."""
        for id in self.ids():
            yield self.result(id) or {}

    def _row(self, id: str, columns: str) -> tuple[Any, ...] | None:
        """Of the row of a submission, if there is one. Raises :class:`DamagedError`."""
        query = f"SELECT {columns} FROM result WHERE id = ?"
        with self._told("read"):
            try:
                row: tuple[Any, ...] | None = self.connection.execute(query, (id,)).fetchone()
            except sqlite3.DatabaseError as error:
                if not _is_damage(error):
                    raise
                raise DamagedError(self.path, id, error) from None
        return row

    def _rows(self, columns: str) -> Iterator[tuple[Any, ...]]:
        """Of all rows that can be read, by id."""
        for id in self.ids():
            with suppress(DamagedError):
                if (row := self._row(id, columns)) is not None:
                    yield row

    def _read(self, query: str, *values: str) -> Iterator[Any]:
        with self._told("read"):
            yield from self.connection.execute(query, values)

    def close(self) -> None:
        """Writes everything into the one file."""
        self.connection.close()


def place_of(path: Path) -> bytes:
    """Where a submission lies, however its path was written; links above it are followed."""
    folder, name = os.path.split(os.path.abspath(path))
    return os.fsencode(os.path.join(os.path.realpath(folder), name))


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    """Whether the file is a gradebook, but torn."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_CORRUPT


def key_of(submission: str, suite: str, marking: str, limits: str) -> str:
    """What a result depends on, as one hash."""
    parts = "\0".join([submission, suite, marking, limits, grader()])
    return hashlib.sha256(parts.encode()).hexdigest()


@cache
def grader() -> str:
    """The version of the grader: a hash of the sources that a mark can depend on."""
    found = hashlib.sha256()
    for floor in ("vocabulary", "language", "engines", "judging", "grading"):
        for path in sorted((PACKAGE / floor).rglob("*.py")):
            found.update(path.read_bytes())
    return found.hexdigest()
