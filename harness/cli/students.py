"""Whom a command is about, and where the gradebook is."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Final

from harness.cli.command import Stop, argument
from harness.engines.importing import did_you_mean
from harness.grading.gradebook import NAME, Gradebook
from harness.grading.standing import Student, named, names
from harness.showing.amounts import some

MOST_NAMED: Final = 5

FROM: Final = argument(
    "--from",
    dest="book",
    metavar="DIR",
    help="the gradebook: what --out was given; default: the only one here",
)
STUDENT: Final = argument(
    "student",
    metavar="STUDENT",
    help="a submission's name, or a login, number, e-mail or name of the roster",
)


def opened(given: Namespace) -> Gradebook:
    """The gradebook that is meant."""
    if given.book is not None:
        return Gradebook(Path(given.book), create=False)
    books = sorted(path.parent for path in (*Path().glob(NAME), *Path().glob(f"*/{NAME}")))
    if len(books) != 1:
        there = f" ({some([str(one) for one in books], MOST_NAMED)})" if books else ""
        raise Stop(f"which gradebook? --from DIR names the folder that harness grade filled{there}")
    return Gradebook(books[0], create=False)


def student(book: Gradebook, text: str) -> Student:
    """Whom a command is about."""
    meant = named(book, text)
    if len(meant) > 1:
        told = some([one.label for one in meant], MOST_NAMED)
        raise Stop(f"{text}: this may be one of several ({told})")
    if not meant:
        raise Stop(f"{text}: the gradebook has no such student{did_you_mean(text, names(book))}")
    return meant[0]


def key_of(one: Student) -> str:
    """What the gradebook keeps of a student is kept by."""
    if one.person is not None:
        return one.person.key
    return one.label
