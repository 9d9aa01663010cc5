"""From a YAML file to positioned nodes: what is written, and where.

`read` takes a path and returns text, `parse` takes text and returns a `Document` of nodes that know
their line and column. Whatever else comes in, hostile or mistaken, ends in a `DocumentError` that
names every problem with its place, in bounded time and memory.

Quoted text stays text; what a plain scalar means is decided in `plain`.
"""

import os
import re
import stat
from collections.abc import Iterator
from typing import Any

import yaml

from harness import languages
from harness.language.alignment import place
from harness.language.nodes import Document, DocumentError, Mapping, Node, Problem, Scalar, Sequence
from harness.language.plain import meaning
from harness.language.syntax import normal, shorten
from harness.language.words import said

MAX_BYTES = 1_048_576
MAX_DEPTH = 64
MAX_NODES = 200_000
MAX_PROBLEMS = 100


def read(path: str | os.PathLike[str]) -> str:
    """The text of a UTF-8 file of at most 1 MiB, without a byte order mark.

    Raises DocumentError: cannot be read, too large, not UTF-8, or has a control character.
    """
    try:
        if not stat.S_ISREG(mode := os.stat(path).st_mode):
            kind = said("a-directory") if stat.S_ISDIR(mode) else said("not-regular")
            raise OSError(0, said("it-is", kind=kind))
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise _wrong((1, 1), said("unreadable", reason=reason)) from None
    if len(data) > MAX_BYTES:
        raise _wrong((1, 1), said("file-too-large"))
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        position = place(data[: error.start].decode("utf-8"), error.start)
        told = said("not-utf8", data=data[error.start])
        raise _wrong(position, told) from None
    _refuse_invisible(text)
    return text


def parse(text: str, told: list[Problem] | None = None) -> Document:
    """The one value that `text` holds, every node with its place.

    Problems that leave the text readable, such as a duplicate key, are added to `told` where it is
    given, so that what else is wrong with the file can be told as well.

    Raises DocumentError with all problems found: syntax, duplicate keys, tags, merge keys, keys
    that are not text, undefined or recursive aliases, numbers out of range, and the limits on
    size, nesting and the number of values (an alias counts as all that it stands for).
    """
    if len(text) > MAX_BYTES:
        raise _wrong((1, 1), said("file-too-large"))
    _refuse_invisible(text)
    if directive := _DIRECTIVE.match(text):
        position = place(text, directive.end() - 1)
        raise _wrong(position, said("no-directives"))
    parser = _Parser(text)
    try:
        root = parser.document()
    except yaml.MarkedYAMLError as error:
        if "maximum nesting depth" in (error.problem or "") and error.problem_mark is not None:
            # libyaml, which reads ahead, has a limit of its own: what is in front of it is enough.
            return parse(text[: error.problem_mark.index], told)
        raise DocumentError(*parser.problems, _syntax_problem(text, error)) from None
    except (yaml.YAMLError, UnicodeError):
        # libyaml hands over the escapes of a tag without looking at the bytes they spell.
        raise parser.stopped(said("tag-not-utf8")) from None
    if parser.problems and told is None:
        raise DocumentError(*parser.problems)
    if root is None or (isinstance(root, Scalar) and root.style == "plain" and not root.text):
        raise _wrong((1, 1), said("file-empty"))
    if told is not None:
        told += parser.problems
    return Document(text, root)


_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_STYLES: dict[str | None, str] = {
    None: "plain",
    "": "plain",
    "'": "single",
    '"': "double",
    "|": "literal",
    ">": "folded",
}

# Each repeats disjoint alternatives possessively, so matching takes linear time.
_BLANKS = re.compile(r"(?:[ \t\r\n]+|#[^\r\n]*)*+")
_DIRECTIVE = re.compile(r"(?:[ \t]*+(?:#[^\r\n]*+)?(?:\r\n|\r|\n))*+%")

# Control characters, surrogates, non-characters, and the line separators and byte order marks
# that an editor does not show.
_INVISIBLE = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


def _wrong(place: tuple[int, int], message: str) -> DocumentError:
    return DocumentError(Problem(*place, message))


def _refuse_invisible(text: str) -> None:
    if hidden := _INVISIBLE.search(text):
        raise _wrong(place(text, hidden.start()), _invisible(hidden[0]))


def _invisible(character: str) -> str:
    return said("invisible", code=ord(character))


# From events to nodes

_NO_KEYS = {
    "": "key-missing",
    "<<": "no-merge-keys",
}


class _Parser:
    """Makes nodes of PyYAML's events; holds no more than the limits allow."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.problems: list[Problem] = []
        self.place = (1, 1)
        self._events = yaml.parse(text, Loader=_LOADER)
        self._count = 0
        self._deepest = 0
        self._anchors: dict[str, tuple[Node, int, int] | None] = {}
        """The nodes that aliases may repeat: each, how many values it stands for, and how deep they
        nest; None of one that has not ended yet."""

    def document(self) -> Node | None:
        """The only value of the text, None where it holds none."""
        self._next()  # the start of the stream
        if not isinstance(self._next(), yaml.DocumentStartEvent):
            return None
        root = self._node(self._next(), 0)
        rest = _BLANKS.sub("", self.text[self._next().end_mark.index :], count=1)
        if rest:
            self.place = place(self.text, len(self.text) - len(rest))
            second = said("second-document")
            other = said("text-after-end")
            raise self.stopped(second if rest.startswith("---") else other)
        return root

    def _next(self) -> Any:
        if len(self.problems) >= MAX_PROBLEMS:
            raise self.stopped(said("too-many-problems"))
        event: Any = next(self._events)
        self.place = (event.start_mark.line + 1, event.start_mark.column + 1)
        return event

    def _until(self, end: type[yaml.CollectionEndEvent]) -> Iterator[Any]:
        while not isinstance(event := self._next(), end):
            yield event

    def _node(self, event: Any, depth: int, is_key: bool = False) -> Node:
        """The node that begins with the event, inside of ``depth`` lists and mappings."""
        if isinstance(event, yaml.AliasEvent):
            return self._repeated(str(event.anchor), depth, is_key)
        self._counted(1, "file-holds")
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._tell(said("no-tags", given=shorten(tag)))
        if event.anchor is not None:
            return self._anchored(event, depth, is_key)
        return self._plain_node(event, depth, is_key)

    def _plain_node(self, event: Any, depth: int, is_key: bool) -> Node:
        place = self.place
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, is_key)
        self._nested(depth + 1)
        if isinstance(event, yaml.SequenceStartEvent):
            items = (self._node(item, depth + 1) for item in self._until(yaml.SequenceEndEvent))
            return Sequence(*place, tuple(items))
        return Mapping(*place, tuple(self._entries(depth + 1)))

    def _anchored(self, event: Any, depth: int, is_key: bool) -> Node:
        """A node that aliases may repeat."""
        name, outer, start = event.anchor, self._deepest, self._count - 1
        if is_key:
            self._tell(said("key-anchor"))
        if name in self._anchors:
            self._tell(said("anchor-twice", given=shorten(name)))
        self._anchors[name], self._deepest = None, depth
        node = self._plain_node(event, depth, is_key)
        self._anchors[name] = (node, self._count - start, self._deepest - depth)
        self._deepest = max(outer, self._deepest)
        return node

    def _repeated(self, name: str, depth: int, is_key: bool) -> Node:
        """The node that an alias stands for; it counts as all that is in it."""
        known, shown = self._anchors.get(name), shorten(name)
        if known is not None and not is_key:
            node, count, height = known
            self._counted(count, "aliases-expand")
            self._nested(depth + height)
            return node
        if is_key:
            self._tell(said("alias-key"))
        elif name in self._anchors:
            self._tell(said("alias-inside", shown=shown))
        else:
            self._tell(said("alias-no-anchor", shown=shown))
        return Scalar(*self.place, None, f"*{name}", "plain", 0, 0)

    def _counted(self, count: int, holds: str) -> None:
        self._count += count
        if self._count > MAX_NODES:
            raise self.stopped(said("too-many-values", holds=said(holds), max_nodes=MAX_NODES))

    def _nested(self, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise self.stopped(said("nested-deeper", max_depth=MAX_DEPTH))
        self._deepest = max(self._deepest, depth)

    def _scalar(self, event: Any, is_key: bool) -> Scalar:
        text, style = event.value, _STYLES[event.style]
        value = text
        if style == "double" and (hidden := _INVISIBLE.search(text)):
            self._tell(_invisible(hidden[0]))
        if style == "plain" and not is_key:
            try:
                value = meaning(text)
            except ValueError as error:
                self._tell(str(error))
        if is_key:
            value = text = normal(text)
        start, end = event.start_mark.index, event.end_mark.index
        return Scalar(*self.place, value, text, style, start, end)

    def _entries(self, depth: int) -> Iterator[tuple[Scalar, Node]]:
        """Keys with their values. What stands under a key that cannot be one is left out."""
        keys: dict[str, Scalar] = {}
        for event in self._until(yaml.MappingEndEvent):
            key = self._key(event, depth, keys)
            value = self._node(self._next(), depth)
            if key is not None:
                yield key, value

    def _key(self, event: Any, depth: int, keys: dict[str, Scalar]) -> Scalar | None:
        place, before = self.place, len(self.problems)
        key = self._node(event, depth, is_key=True)
        if not isinstance(key, Scalar):
            self.problems[before:] = [Problem(*place, said("key-text"))]
            return None
        refused = _NO_KEYS.get(key.text) if key.style == "plain" else None
        message = refused and said(refused)
        first = keys.setdefault(key.text, key)
        if message is None and first is not key:
            where = said("line-and-column", line=first.line, column=first.column)
            message = said("duplicate-key", given=shorten(key.text), where=where)
        if message is None:
            return key
        self._tell(message)
        return None

    def _tell(self, message: str) -> None:
        self.problems.append(Problem(*self.place, message))

    def stopped(self, message: str) -> DocumentError:
        """The error of a file that is not read any further."""
        return DocumentError(*self.problems, Problem(*self.place, message))


# The parser's own complaints, told to the person who wrote the file

_HINTS = (
    ("mapping values are not allowed", "quote-colon"),
    ("tab character", "indent-with-spaces"),
    ("could not find expected ':'", "key-then-colon"),
    ("did not find expected key", "indentation-and-quotes"),
    ("expected '-' indicator", "list-in-mapping"),
    ("expected <block end>", "indentation-and-quotes"),
    ("did not find expected ',' or ']'", "close-list"),
    ("did not find expected ',' or '}'", "close-entries-and-quote"),
    ("expected ',' or ']'", "close-list"),
    ("expected ',' or '}'", "close-entries"),
    ("unexpected end of stream", "closing-quote"),
    ("unknown escape character", "write-backslash"),
    ("alphabetic or numeric character", "quote-star"),
)
"""What is in a complaint, and the message that says what to do."""


def _syntax_problem(text: str, error: yaml.MarkedYAMLError) -> Problem:
    problem = error.problem or said("not-yaml")
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    fragment, advice = next((one for one in _HINTS if one[0] in problem), (problem, None))
    hint = advice and said(advice)
    problem = languages.text("parser", fragment, problem)
    if (
        "cannot start any token" in str(error.problem)
        and mark is not None
        and mark.index < len(text)
    ):
        character = text[mark.index]
        problem = said("no-token", character=character)
        spaces = said("indent-with-spaces")
        hint = spaces if character == "\t" else said("quote-start", character=character)
    start = error.context_mark
    if error.context and start is not None and start.line + 1 != line:
        problem += said(
            "that-starts", context=languages.name("parser", error.context), line=start.line + 1
        )
    if hint:
        problem = said("with-hint", problem=problem, hint=hint)
    return Problem(line, column, problem)
