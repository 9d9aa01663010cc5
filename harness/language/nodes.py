"""What a YAML file holds: nodes that know their place, and what may be wrong with them."""

from dataclasses import dataclass
from typing import TypeAlias

from harness.language.alignment import aligned, place


@dataclass(frozen=True, slots=True)
class Placed:
    """Something at a place of a file. Line and column start at 1; a column is a character."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Problem(Placed):
    """One thing wrong with a file."""

    message: str

    def __str__(self) -> str:
        return f"{self.line}:{self.column}: {self.message}"


class DocumentError(Exception):
    """Everything wrong with one file: at least one problem, a syntax error last."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


@dataclass(frozen=True, slots=True)
class Scalar(Placed):
    """A number, truth value, null or text. A key's value is its text, whatever it looks like, in
    the form in which Python compares names.

    `text` is what is written, without quotes and with escapes and folded lines undone.
    `style` is plain, single, double, literal or folded. `start` and `end` bound its characters in
    the file, quotes or block header included.
    """

    value: int | float | bool | str | None
    text: str
    style: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sequence(Placed):
    """A list of nodes."""

    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Mapping(Placed):
    """Keys and nodes in the order of the file; no two keys have the same text."""

    entries: tuple[tuple[Scalar, "Node"], ...]


Node: TypeAlias = Scalar | Sequence | Mapping


@dataclass(frozen=True, slots=True)
class Document:
    """A file's text and its only value."""

    text: str
    root: Node

    def position(self, scalar: Scalar, offset: int) -> tuple[int, int]:
        """Line and column in the file of `scalar.text[offset]`; `offset` may be its length.

        The scalar's own start, where the written form cannot be aligned with the text.
        """
        raw = self.text[scalar.start : scalar.end]
        same = raw == scalar.text
        index = offset if same else aligned(raw, scalar.text, scalar.style, offset)
        lines, last = place(raw, index)
        return scalar.line + lines - 1, last if lines > 1 else scalar.column + last - 1
