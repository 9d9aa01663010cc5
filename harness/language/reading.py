"""What a document's nodes say: texts, numbers, mappings of known keys; and what is wrong with them.

A :class:`Reader` knows a document and gathers complaints; ``leaves``, ``building`` and ``case``
build on it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final, NoReturn, TypeVar

from harness.language import nodes
from harness.language.nodes import Document, Node, Problem, Scalar, Sequence
from harness.language.syntax import Complain, Unusable, every, shorten, suggest
from harness.language.words import said

T = TypeVar("T")
Reading = Callable[[Node], Any]
"""What a node is read by; raises :class:`Unusable` after complaints."""


LANGUAGE: Final = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")
"""What a language is called."""


class Reader:
    """Complaints gather in ``problems``, and reading goes on. What cannot be read is given up by
    :class:`Unusable`."""

    def __init__(self, source: Document) -> None:
        self.source = source
        self.problems: list[Problem] = []

    def complain(self, node: Node, message: str) -> None:
        self.problems.append(Problem(node.line, node.column, message))

    def fail(self, node: Node, message: str) -> NoReturn:
        self.complain(node, message)
        raise Unusable

    def within(self, scalar: Scalar) -> Complain:
        """What takes complaints about places in the text of a scalar."""

        def complain(offset: int, message: str) -> None:
            self.problems.append(Problem(*self.source.position(scalar, offset), message))

        return complain

    def attempt(self, read: Reading, node: Node | None, default: Any = None) -> Any:
        """What a node is read as; the default where there is none, or after complaints."""
        try:
            return default if node is None else read(node)
        except Unusable:
            return default

    def keys(self, node: nodes.Mapping, known: Iterable[str], what: str) -> dict[str, Node]:
        """The values by their keys, those that are not known left out."""
        for key, _ in node.entries:
            if key.text not in known:
                has = said("it-has", suggest=suggest(key.text, known), known=", ".join(known))
                self.complain(key, said("no-key", what=what, given=shorten(key.text), has=has))
        return {key.text: value for key, value in node.entries if key.text in known}

    def parts(
        self,
        node: nodes.Mapping,
        readers: Mapping[str, Reading],
        what: str,
        example: str,
        optional: str = "",
    ) -> Iterable[Any]:
        """What the values are read as, of which only the ``optional`` one may be missing: None."""
        keys = self.keys(node, readers, what)
        missing = [key for key in readers if key not in keys and key != optional]
        every(
            partial(self.fail, node, said("needs-key", what=what, key=key, example=example))
            for key in missing
        )
        return every(
            partial(read, keys[key]) if key in keys else lambda: None
            for key, read in readers.items()
        )

    def text(self, node: Node, key: str) -> str:
        """Words with single spaces between them."""
        words = node.text.split() if isinstance(node, Scalar) and node.value is not None else []
        if not words:
            self.fail(node, said("must-be-text", key=key))
        return " ".join(words)

    def words(self, node: Node, key: str) -> Mapping[str, str]:
        """A text by the language it is in; one that is not named where there is only a text."""
        if not isinstance(node, nodes.Mapping):
            return {"": self.text(node, key)}
        if not node.entries:
            self.fail(node, said("must-be-text-by-language", key=key))
        for name, _ in node.entries:
            if not LANGUAGE.fullmatch(name.text):
                told = said("no-language", given=shorten(name.text))
                self.complain(name, told)
        return {
            name.text: self.text(value, said("key-in-language", key=key, text=name.text))
            for name, value in node.entries
        }

    def choice(self, node: Node, among: tuple[T, ...], message: str) -> T:
        """One of several words or numbers."""
        value, text = (node.value, node.text) if isinstance(node, Scalar) else (None, "")
        for one in among:
            if one == value and type(one) is type(value):
                return one
        self.fail(node, f"{message}{misread(node) or suggest(text, map(str, among))}")

    def number(self, node: Node, what: str) -> float:
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fail(node, said("must-be-number", what=what, misread=misread(node)))
        try:
            return float(value)
        except OverflowError:
            self.fail(node, said("too-large-float64"))


def items(node: Node) -> tuple[Node, ...]:
    """The items of a list; anything else is one."""
    return node.items if isinstance(node, Sequence) else (node,)


def names(node: Node | None) -> tuple[Scalar, ...]:
    """The keys of a mapping, whatever their values are."""
    return tuple(key for key, _ in node.entries) if isinstance(node, nodes.Mapping) else ()


def size(node: Node) -> int | None:
    """A whole number, 0 or more."""
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value < 2**63 else None


def misread(node: Node) -> str:
    """Why something that looks like a number is none."""
    if isinstance(node, Scalar) and node.style in ("single", "double"):
        try:
            float(node.text)
        except ValueError:
            return ""
        return said("remove-quotes")
    return ""
