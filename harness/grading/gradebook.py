"""The gradebook: one SQLite file, a result committed as soon as it is there.

The key of a result is what it depends on: the submission's files, the suite, the way of marking and
the grader itself. A run that was killed goes on where it stopped, and a second run grades only what
has changed. Several runs may write to one gradebook.

A result stays when its submission does not: it is then marked as withdrawn. A result that cannot be
read stops no other; a file that SQLite cannot read is told as that.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

from harness.grading.attempts import Attempt, who_of
from harness.grading.database import MIGRATIONS as MIGRATIONS
from harness.grading.database import NAME as NAME
from harness.grading.database import NEWER, Database
from harness.grading.database import DamagedError as DamagedError
from harness.grading.database import GradebookError as GradebookError
from harness.grading.marking import GRADER_ERROR, REFUSED
from harness.grading.roster import Person, Roster, of_plain
from harness.grading.rulings import Comment, LastWord, Ruling, ruled
from harness.grading.stored import NewerError, TornError, packed, unpacked

PACKAGE: Final = Path(__file__).resolve().parent.parent
WITHDRAWN: Final = "not handed in any more"


@dataclass(frozen=True, slots=True)
class About:
    """What is kept of a submission beside its result: the digests of its files and of what it was
    asked, when it was handed in (ISO 8601, empty where nobody knows) and whether late, which of
    several of one person it is, and whose a platform says it is, as JSON."""

    digest: str = ""
    suite: str = ""
    handed: str = ""
    late: bool = False
    nth: int = 0
    who: str = "[]"


class Gradebook(Database):
    """The results of a class in the folder ``place``. All that is done with it may raise
    :class:`GradebookError`."""

    # -- writing -----------------------------------------------------------------------------------

    def put(
        self,
        key: str,
        result: Mapping[str, Any],
        place: bytes | None = None,
        about: About | None = None,
        replace: bool = True,
    ) -> None:
        """Stores the result of a submission, which lies at ``place``. Where the files were others
        before, the earlier result is kept as an attempt. Where they are the same and the mark is
        another, it takes its place, or unless it is to ``replace`` that waits :meth:`ahead`."""
        about = about or About()
        row = {
            "id": result["engine"],
            "key": key,
            **{name: result[name] for name in ("status", "score", "max_score")},
            "content": packed(result),
            "seconds": result.get("seconds", 0.0),
            "suspect": bool(result.get("suspicions")),
            "place": place,
            **asdict(about),
            "graded": now(),
            "notes": "; ".join(result.get("notes", ())),
        }
        columns, values = ", ".join(row), ", ".join(f":{name}" for name in row)
        with self._written():
            table = self._table_for(row, replace)
            self.connection.execute(
                f"INSERT OR REPLACE INTO {table} ({columns}) VALUES ({values})", row
            )

    def _table_for(self, row: Mapping[str, Any], replace: bool) -> str:
        """Where a result is to be kept, now that what stood there has made way."""
        columns = "digest, status, score, max_score"
        before = next(iter(self._rows(columns, "id = ?", row["id"])), None)
        self.connection.execute("DELETE FROM ahead WHERE id = :id", row)
        if before is None or before[1] == GRADER_ERROR:
            return "result"
        digest, *mark = before
        if digest and digest != row["digest"]:
            self.connection.execute(
                "INSERT OR REPLACE INTO earlier SELECT * FROM result WHERE id = :id", row
            )
            return "result"
        stays = mark == [row["status"], row["score"], row["max_score"]]
        free = mark[0] == REFUSED or not digest  # there was no mark, or one of an older harness
        return "result" if stays or free or replace else "ahead"

    def replace(self, ids: Iterable[str]) -> None:
        """Lets what waits ahead take the place of the marks of these submissions."""
        with self._written():
            for id in ids:
                own = {"id": id}
                self.connection.execute(
                    "INSERT OR REPLACE INTO result SELECT * FROM ahead WHERE id = :id", own
                )
                self.connection.execute("DELETE FROM ahead WHERE id = :id", own)

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

    def ids(self) -> list[str]:
        """All submissions of which there is a result, in order."""
        return [id for (id,) in self._rows("id")]

    def keys(self) -> dict[str, str]:
        """The key of each result that stands: a grader error does not."""
        return dict(self._rows("id, key", "status != ?", GRADER_ERROR))

    def ahead(self) -> dict[str, str]:
        """The key of each result that waits to take the place of one that stands."""
        with self._told("read"):
            return dict(self.connection.execute("SELECT id, key FROM ahead").fetchall())

    def rows(self) -> list[tuple[Any, ...]]:
        """Id, status, score and greatest score of each, by id."""
        rows = self._rows("id, status, score, max_score, who")
        return [(*row[:2], self._score(*row), row[3]) for row in rows]

    def _score(self, id: str, _: str, score: float, __: float, who: str) -> float:
        """The score with the instructor's last word."""
        if not self.last_word.of(self.names(id, who))[0]:
            return score
        return float((self.result(id) or {"score": score})["score"])

    def remarks(self) -> dict[str, str]:
        """What is to be said of each beside its score: names that were not as asked for, whether it
        came late, and whether the instructor has set something."""
        told = {}
        for id, notes, late, who in self._rows("id, notes, late, who"):
            is_set = bool(self.last_word.of(self.names(id, who))[0])
            parts = (notes, "late" * bool(late), "set by the instructor" * is_set)
            told[id] = "; ".join(filter(None, parts))
        return told

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

    def result(self, id: str, key: str | None = None) -> dict[str, Any] | None:
        """The whole result of a submission, as results are now, with the instructor's last word;
        that of an earlier attempt with its ``key``. Raises :class:`DamagedError`."""
        columns = "content, withdrawn, handed, graded, late, who"
        rows = self._rows(columns, "id = ?", id)
        if key is not None:
            rows = self._rows(columns, "id = ? AND key = ?", id, key, table="earlier") or rows
        return self._read(id, *rows[0]) if rows else None

    def waiting(self, id: str) -> dict[str, Any] | None:
        """The result that waits to take the place of the one that stands."""
        columns = "content, withdrawn, handed, graded, late, who"
        rows = self._rows(columns, "id = ?", id, table="ahead")
        return self._read(id, *rows[0]) if rows else None

    def _read(
        self, id: str, content: Any, withdrawn: int, handed: str, graded: str, late: int, who: str
    ) -> dict[str, Any]:
        try:
            result = unpacked(content, id)
        except NewerError:
            raise GradebookError(f"{self.path}: {NEWER}") from None
        except TornError as error:
            raise DamagedError(self.path, id, error) from None
        more = {"handed": handed, "graded": graded, "late": bool(late)}
        told = {**result, **{name: value for name, value in more.items() if value}}
        if people := self.people_of(id, who):
            told["people"] = people
        told = ruled(told, *self.last_word.of(self.names(id, who)))
        return {**told, "withdrawn": True} if withdrawn else told

    # -- people ------------------------------------------------------------------------------------

    @cached_property
    def roster(self) -> Roster:
        """The course's roster, as it was given last."""
        with self._told("read"):
            rows = self.connection.execute("SELECT told FROM person ORDER BY number").fetchall()
        return Roster([of_plain(json.loads(told)) for (told,) in rows])

    @cached_property
    def last_word(self) -> LastWord:
        """What the instructor has decided and said."""
        with self._told("read"):
            rulings = self.connection.execute(
                "SELECT student, question, points, why, made FROM ruling ORDER BY made, question"
            ).fetchall()
            comments = self.connection.execute(
                "SELECT student, text, made FROM comment ORDER BY number"
            ).fetchall()
        return LastWord([Ruling(*row) for row in rulings], [Comment(*row) for row in comments])

    def names(self, id: str, who: str) -> set[str]:
        """What a submission, and who has handed it in, may be called in a ruling."""
        if not self.last_word.students:
            return set()
        return {id, *(one.key for one in self.roster.whose(id, who_of(who)))}

    def people_of(self, id: str, who: str) -> list[dict[str, Any]]:
        """Who has handed it in: as the roster has them, or else as far as a platform tells."""
        told = who_of(who)
        return [one.plain() for one in self.roster.whose(id, told)] or told

    def enrol(self, people: Iterable[Person]) -> None:
        """Takes these as the course's roster."""
        with self._written():
            self.connection.execute("DELETE FROM person")
            self.connection.executemany(
                "INSERT INTO person (told) VALUES (?)",
                [(json.dumps(one.plain()),) for one in people],
            )
        self.__dict__.pop("roster", None)

    def rule(self, ruling: Ruling) -> None:
        """Keeps a ruling in place of an earlier one on the same."""
        with self._written():
            self.connection.execute(
                "INSERT OR REPLACE INTO ruling VALUES (:student, :question, :points, :why, :made)",
                asdict(ruling),
            )
        self.__dict__.pop("last_word", None)

    def unrule(self, student: str, question: str) -> bool:
        """Takes a ruling back; whether there was one."""
        with self._written():
            done = self.connection.execute(
                "DELETE FROM ruling WHERE student = ? AND question = ?", (student, question)
            )
        self.__dict__.pop("last_word", None)
        return done.rowcount > 0

    def say(self, comment: Comment) -> None:
        """Keeps a comment beside the earlier ones."""
        with self._written():
            self.connection.execute(
                "INSERT INTO comment (student, text, made) VALUES (:student, :text, :made)",
                asdict(comment),
            )
        self.__dict__.pop("last_word", None)

    # -- attempts ----------------------------------------------------------------------------------

    def attempts(self, withdrawn: bool = False) -> list[Attempt]:
        """All that was ever graded and is kept, by id: what stands, and what did before; with or
        without what is not handed in any more."""
        columns = "id, key, status, score, max_score, suite, handed, graded, late, nth, who"
        gone = "TRUE" if withdrawn else "NOT withdrawn"
        stand = [Attempt(*(*row, True)) for row in self._rows(columns, gone)]
        ids = {one.id for one in stand}
        before = [
            Attempt(*(*row, False))
            for row in self._rows(columns, "status != ?", GRADER_ERROR, table="earlier")
            if row[0] in ids
        ]
        return sorted([*stand, *before], key=lambda one: one.id)

    def setting(self, name: str) -> str:
        """What the course has settled, such as its rule of attempts; empty where it has not."""
        with self._told("read"):
            query = "SELECT value FROM setting WHERE name = ?"
            row = self.connection.execute(query, (name,)).fetchone()
        return "" if row is None else str(row[0])

    def settle(self, name: str, value: str) -> None:
        """Settles it."""
        with self._written():
            self.connection.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, value))

    def results(self) -> Iterator[dict[str, Any]]:
        """All results, by id, as results are now. Raises :class:`DamagedError` at one that is."""
        for id in self.ids():
            yield self.result(id) or {}


def now() -> str:
    """The time of day, with its offset."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


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
