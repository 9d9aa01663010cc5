"""A course's roster: who is in it, and whose a submission is by what its name says.

The file is a table (CSV) whose first row names its columns, as a course platform exports it: the
names of Canvas, Moodle and Gradescope are known. What a submission says of its author is held
against it from the surest to the least: numbers, e-mail, login, the group's name, the name.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Final

MOST_BYTES: Final = 16 << 20
DELIMITERS: Final = ",;\t"

COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    "id": ("id", "canvasid", "userid", "canvasuserid", "identifier"),
    "login": ("login", "sisloginid", "loginid", "username", "user", "netid"),
    "sis": ("sisid", "sisuserid", "sid", "idnumber", "studentid", "studentnumber"),
    "name": ("name", "student", "fullname", "studentname"),
    "first": ("firstname", "givenname", "first"),
    "last": ("lastname", "surname", "familyname", "last"),
    "section": ("section", "sections"),
    "email": ("email", "emailaddress", "mail"),
    "group": ("group", "groupname", "team"),
    "status": ("status", "enrollmentstatus", "enrollmentstate"),
}
"""By what we call a column what it may be called, in small letters and nothing else."""
LEFT: Final = frozenset({"withdrawn", "dropped", "inactive", "left", "deleted"})
"""What a status says of one who has left the course."""
PARTICIPANT: Final = "participant"
"""What Moodle has before a number."""


class RosterError(Exception):
    """The file is no roster; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a course, by all that the course knows. ``left`` is one who is so no more."""

    name: str = ""
    id: str = ""
    login: str = ""
    sis: str = ""
    section: str = ""
    email: str = ""
    group: str = ""
    left: bool = False

    @property
    def key(self) -> str:
        """What tells the person from all others of the course, from one roster to the next."""
        return self.login or self.sis or self.id or self.email or self.name

    def plain(self) -> dict[str, str | bool]:
        """What is known, for a gradebook."""
        return {key: value for key, value in asdict(self).items() if value}


def read(path: Path) -> tuple[Person, ...]:
    """Those in a roster. Raises :class:`RosterError`, and :class:`OSError`."""
    content = path.read_bytes()
    if len(content) > MOST_BYTES:
        raise RosterError(f"{path}: this is larger than any roster ({MOST_BYTES >> 20} MiB)")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")  # as spreadsheets of Windows write it
    first = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    try:
        rows = list(csv.reader(text.splitlines(), delimiter=delimiter))
    except csv.Error as error:
        raise RosterError(f"{path}: this is no table ({error})") from None
    columns = _columns(rows[0] if rows else ())
    if not columns.keys() - {"section", "group", "status"}:
        known = "id, login, SIS id, name, section, e-mail"
        raise RosterError(f"{path}:1: no column of a roster is named here (it has {known})")
    people = [(line, _person(row, columns)) for line, row in enumerate(rows[1:], 2)]
    return tuple(_distinct(path, ((line, one) for line, one in people if one is not None)))


def _columns(heads: Iterable[str]) -> dict[str, int]:
    """Where each column is that we know, by what we call it."""
    plain = [re.sub(r"[^a-z]", "", _folded(head)) for head in heads]
    found = {
        ours: next((plain.index(one) for one in theirs if one in plain), None)
        for ours, theirs in COLUMNS.items()
    }
    return {ours: place for ours, place in found.items() if place is not None}


def _person(row: Sequence[str], columns: Mapping[str, int]) -> Person | None:
    """Whom a row tells of; None of one that tells of nobody, as Canvas' row of points."""
    own = {key: row[place].strip() for key, place in columns.items() if place < len(row)}
    parts = [own.pop("first", ""), own.pop("last", "")]
    name = own.pop("name", "") or " ".join(filter(None, parts))
    left = own.pop("status", "").lower() in LEFT
    id = own.pop("id", "")
    number = id[len(PARTICIPANT) :].strip() if id.lower().startswith(PARTICIPANT) else id
    if name.lower() == "points possible" or not any((name, number, *own.values())):
        return None
    return Person(name=name, id=number, left=left, **own)


def _distinct(path: Path, people: Iterable[tuple[int, Person]]) -> Iterator[Person]:
    """Them, if no two have a number or a login in common."""
    seen: dict[tuple[str, str], int] = {}
    for line, one in people:
        for key in ("id", "login", "sis"):
            if value := _folded(getattr(one, key)):
                before = seen.setdefault((key, value), line)
                if before != line:
                    told = f"{key} {value} is that of line {before}, too"
                    raise RosterError(f"{path}:{line}: {told}")
        yield one


def joined(before: Sequence[Person], now: Sequence[Person]) -> tuple[Person, ...]:
    """A roster that takes the place of another: who is in that one alone has left the course."""
    known = {key: one for one in now for key in _marks(one)}

    def is_there(one: Person) -> bool:
        same = [known[key] for key in _marks(one) if key in known]
        return any(_may_be(other, one.name) for other in same)

    return (*now, *(replace(one, left=True) for one in before if not is_there(one)))


def _marks(one: Person) -> Iterator[tuple[str, str]]:
    """What somebody is known by from one roster to another, which may have other columns."""
    yield "", one.key
    for key in ("login", "sis", "id", "email"):
        if value := _folded(getattr(one, key)):
            yield key, value


def of_plain(told: Mapping[str, object]) -> Person:
    """A person as a gradebook has it."""
    known = {one.name for one in fields(Person)}
    return Person(**{key: value for key, value in told.items() if key in known})  # type: ignore[arg-type]


# -- whose a submission is -------------------------------------------------------------------------


class Roster:
    """People, and how each of them is found."""

    def __init__(self, people: Sequence[Person]) -> None:
        self.people = people
        self.by: dict[str, dict[str, list[Person]]] = {}
        for kind, keys in _KEYS.items():
            index = self.by.setdefault(kind, {})
            for one in people:
                for key in dict.fromkeys(filter(None, keys(one))):
                    index.setdefault(key, []).append(one)

    def whose(self, id: str, who: Sequence[Mapping[str, str]]) -> tuple[Person, ...]:
        """Those who have handed in a submission of that name, of which a platform says ``who`` it
        is; none where nobody is meant, or one of several."""
        if who:
            found = [self._one(id if len(who) == 1 else "", one) for one in who]
            return tuple(dict.fromkeys(person for several in found for person in several))
        return self._one(id, {})

    def named(self, text: str) -> tuple[Person, ...]:
        """Whom somebody means who types this."""
        return self._one(text, {"id": text})

    def _one(self, id: str, told: Mapping[str, str]) -> tuple[Person, ...]:
        names = [told.get("name", ""), id]
        tries: list[tuple[str, str]] = [
            ("id", told.get("id", "")),
            ("sis", told.get("sid", "")),
            ("email", told.get("email", "")),
            *((kind, id) for kind in ("login", "sis", "email", "id", "local", "group")),
            *(("group", name) for name in names),
        ]
        for kind, text in tries:
            found = self.by[kind].get(_folded(text), ()) if text else ()
            fit = [one for one in found if kind != "id" or _may_be(one, told.get("name", ""))]
            if len(fit) == 1 or (fit and kind == "group"):
                return tuple(fit)
        for name in filter(None, names):
            for text in (name, *_tails(name)):
                if len(found := self.by["name"].get(_plain(text), ())) == 1:
                    return tuple(found)
        return ()


def _tails(name: str) -> Iterator[str]:
    """What may be the name where a group's stands before it, as Moodle has it."""
    for place, letter in enumerate(name):
        if letter == "-":
            yield name[place + 1 :]


def _may_be(one: Person, name: str) -> bool:
    """Whether a name may be that of a person with the same number: numbers are a platform's own."""
    words = [_plain(word) for word in re.split(r"[\s,]+", one.name)]
    return not (name and one.name) or any(word and word in _plain(name) for word in words)


def _names(one: Person) -> list[str]:
    """A name as it may be written: with the family's first, and last."""
    if "," in one.name:
        last, _, first = one.name.partition(",")
    else:
        first, _, last = one.name.rpartition(" ")
    return [_plain(one.name), _plain(first + last), _plain(last + first)]


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _plain(text: str) -> str:
    """The letters and figures of a name, without accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if letter.isalnum())


_KEYS: Final[Mapping[str, Callable[[Person], Iterable[str]]]] = {
    "id": lambda one: [_folded(one.id)],
    "login": lambda one: [_folded(one.login)],
    "sis": lambda one: [_folded(one.sis)],
    "email": lambda one: [_folded(one.email)],
    "local": lambda one: [_folded(one.email).partition("@")[0]],
    "group": lambda one: [_folded(one.group)],
    "name": _names,
}
"""By what a person is found, and what that is called for each."""
