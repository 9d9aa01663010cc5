"""From a YAML file to positioned nodes: what is written, and where.

`read` takes a path and returns text, `parse` takes text and returns a `Document` of nodes that know
their line and column. Whatever else comes in, hostile or mistaken, ends in a `DocumentError` that
names every problem with its place, in bounded time and memory.

What a plain scalar means is decided here, for people who write mathematics: `1e-3` is a number,
`010` is ten, and `on`, `no`, `1:30`, `0x10` or `2001-01-01` are text. Quoted text stays text.
"""

import math
import os
import re
import stat
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import yaml

MAX_BYTES = 1_048_576
MAX_DEPTH = 64
MAX_NODES = 200_000
MAX_DIGITS = 400
MAX_PROBLEMS = 100

Style: TypeAlias = Literal["plain", "single", "double", "literal", "folded"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a file. Line and column start at 1; a column is a character."""

    line: int
    column: int
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
class Scalar:
    """A number, truth value, null or text. A key's value is its text, whatever it looks like.

    `text` is what is written, without quotes and with escapes and folded lines undone.
    `start` and `end` bound its characters in the file, quotes or block header included.
    """

    line: int
    column: int
    value: int | float | bool | str | None
    text: str
    style: Style
    start: int
    end: int

    @property
    def quoted(self) -> bool:
        """Whether the text stands in single or double quotes."""
        return self.style in ("single", "double")


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of nodes."""

    line: int
    column: int
    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and nodes in the order of the file; no two keys have the same text."""

    line: int
    column: int
    entries: tuple[tuple[Scalar, "Node"], ...]

    def get(self, name: str) -> "Node | None":
        """The node under the key whose text is `name`, None if there is none."""
        return next((node for key, node in self.entries if key.text == name), None)


Node: TypeAlias = Scalar | Sequence | Mapping


@dataclass(frozen=True, slots=True)
class Document:
    """A file's text and its only value. A node under an alias is the anchored node itself."""

    text: str
    root: Node

    def position(self, scalar: Scalar, offset: int) -> tuple[int, int]:
        """Line and column in the file of `scalar.text[offset]`; `offset` may be its length.

        The scalar's own start, where the written form cannot be aligned with the text.
        """
        raw = self.text[scalar.start : scalar.end]
        index = offset if raw == scalar.text else _aligned(raw, scalar, offset)
        return _moved(scalar.line, scalar.column, raw[:index])


def read(path: str | os.PathLike[str]) -> str:
    """The text of a UTF-8 file of at most 1 MiB, without a byte order mark.

    Raises DocumentError: cannot be read, too large, not UTF-8, or has a control character.
    """
    try:
        if not stat.S_ISREG(mode := os.stat(path).st_mode):
            kind = "a directory" if stat.S_ISDIR(mode) else "not a regular file"
            raise DocumentError(Problem(1, 1, f"the file cannot be read: it is {kind}"))
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DocumentError(Problem(1, 1, f"the file cannot be read: {reason}")) from None
    except ValueError as error:
        raise DocumentError(Problem(1, 1, f"the file cannot be read: {error}")) from None
    if len(data) > MAX_BYTES:
        raise _too_large()
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = _place(data[: error.start].decode("utf-8"), error.start)
        message = f"not UTF-8: byte 0x{data[error.start]:02x}; save the file as UTF-8"
        raise DocumentError(Problem(line, column, message)) from None
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
        raise _too_large()
    _refuse_invisible(text)
    if directive := _DIRECTIVE.match(text):
        place = _place(text, directive.end() - 1)
        raise DocumentError(Problem(*place, "directives (lines that start with %) are refused"))
    builder = _Builder(text)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
            if builder.finished:
                break
    except yaml.MarkedYAMLError as error:
        if "maximum nesting depth" in (error.problem or "") and error.problem_mark is not None:
            # libyaml, which reads ahead, has a limit of its own: what is in front of it is enough.
            return parse(text[: error.problem_mark.index], told)
        builder.stop(_syntax_problem(text, error))
    except (yaml.YAMLError, UnicodeError):
        # libyaml hands over the escapes of a tag without looking at the bytes they spell.
        builder.stop(Problem(*builder.reached, "a tag from here on is not UTF-8"))
    if builder.problems and (told is None or builder.stopped):
        raise DocumentError(*builder.problems)
    root = builder.root
    if root is None or (isinstance(root, Scalar) and root.style == "plain" and not root.text):
        message = "the file is empty: it holds blank lines or comments only"
        raise DocumentError(Problem(1, 1, message))
    if told is not None:
        told += builder.problems
    return Document(text, root)


_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_STYLES: dict[str | None, Style] = {
    None: "plain",
    "": "plain",
    "'": "single",
    '"': "double",
    "|": "literal",
    ">": "folded",
}

_BREAK = re.compile(r"\r\n|\r|\n")
# Each repeats disjoint alternatives possessively, so matching takes linear time.
_BLANKS = re.compile(r"(?:[ \t\r\n]+|#[^\r\n]*)*+")
_DIRECTIVE = re.compile(r"(?:[ \t]*+(?:#[^\r\n]*+)?(?:\r\n|\r|\n))*+%")
_ANCHOR = re.compile(r"&[\w-]++(?:[ \t\r\n]++|(?<=[ \t\r\n])#[^\r\n]*+)*+")

# Control characters, surrogates, non-characters, and the line separators and byte order marks
# that an editor does not show.
_INVISIBLE = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


def _too_large() -> DocumentError:
    return DocumentError(Problem(1, 1, "the file is larger than 1 MiB (1,048,576 bytes)"))


def _refuse_invisible(text: str) -> None:
    if found := _INVISIBLE.search(text):
        raise DocumentError(Problem(*_place(text, found.start()), _invisible(found[0])))


def _invisible(character: str) -> str:
    return f"the character U+{ord(character):04X} is not allowed: remove it"


def _place(text: str, index: int) -> tuple[int, int]:
    """Line and column of `text[index]`, from 1."""
    line, start = 1, 0
    for found in _BREAK.finditer(text, 0, index):
        line, start = line + 1, found.end()
    return line, min(index, len(text)) - start + 1


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


# What a plain scalar means

_WORDS: dict[str, float | bool | None] = {
    "": None,
    "~": None,
    "null": None,
    "true": True,
    "True": True,
    "false": False,
    "False": False,
    **dict.fromkeys(("inf", "Inf", "+inf", "+Inf", ".inf", ".Inf", "+.inf", "+.Inf"), math.inf),
    **dict.fromkeys(("-inf", "-Inf", "-.inf", "-.Inf"), -math.inf),
    **dict.fromkeys(("nan", "NaN", ".nan", ".NaN"), math.nan),
}
_DIGITS = "[0-9]++(?:_[0-9]++)*+"
_INTEGER = re.compile(rf"[-+]?{_DIGITS}")
_FLOAT = re.compile(rf"[-+]?(?:{_DIGITS}(?:\.(?:{_DIGITS})?)?|\.{_DIGITS})(?:[eE][-+]?[0-9]++)?")


def _meaning(text: str) -> int | float | bool | str | None:
    """What plain `text` stands for; ValueError for a number that cannot be held."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789" or not _FLOAT.fullmatch(text):
        return text
    if len(text) > MAX_DIGITS and sum(map(str.isdigit, text)) > MAX_DIGITS:
        raise ValueError(f"a number of more than {MAX_DIGITS} digits")
    if _INTEGER.fullmatch(text):
        return int(text)
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{_short(text)} is too large for float64; write inf if infinity is meant")
    return number


# From events to nodes


@dataclass(slots=True)
class _Open:
    """A sequence or mapping whose end has not come yet."""

    line: int
    column: int
    is_mapping: bool
    is_key: bool
    within_key: bool
    anchor: str | None
    count_before: int
    height: int = 1
    items: list[Node] = field(default_factory=list)
    entries: list[tuple[Scalar, Node]] = field(default_factory=list)
    keys: dict[str, Scalar] = field(default_factory=dict)
    key: Scalar | None = None
    told: bool = False  # whether something is wrong with the key, so that its value is left out


@dataclass(frozen=True, slots=True)
class _Anchored:
    """A node that aliases may repeat: how many values it stands for, and how deep they nest."""

    node: Node
    count: int
    height: int


class _Builder:
    """Takes the parser's events one by one; holds no more than the limits allow."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.problems: list[Problem] = []
        self.root: Node | None = None
        self.finished = False
        self.stopped = False
        self.reached = (1, 1)
        self._open: list[_Open] = []
        self._anchors: dict[str, _Anchored | None] = {}
        self._count = 0

    def stop(self, problem: Problem) -> None:
        """Tell a last problem, after which nothing more is read."""
        self.problems.append(problem)
        self.finished = self.stopped = True

    def take(self, event: Any) -> None:
        """Add what the event tells; `finished` is True when no further event is wanted."""
        mark = event.start_mark
        line, column = self.reached = mark.line + 1, mark.column + 1
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._take_scalar(event, line, column)
        elif kind in (yaml.MappingStartEvent, yaml.SequenceStartEvent):
            self._take_start(event, line, column)
        elif kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
            self._take_end()
        elif kind is yaml.AliasEvent:
            self._take_alias(event.anchor, line, column)
        elif kind is yaml.DocumentEndEvent:
            self._take_document_end(event.end_mark.index)
        if len(self.problems) >= MAX_PROBLEMS and not self.finished:
            self.stop(Problem(line, column, "too many problems: the rest is not read"))

    def _take_scalar(self, event: Any, line: int, column: int) -> None:
        text, style = event.value, _STYLES[event.style]
        start, end = event.start_mark.index, event.end_mark.index
        is_key = self._at_key()
        if event.tag is not None or event.anchor is not None:
            self._take_properties(event, line, column, is_key)
            if found := _ANCHOR.match(self.text, start, end):
                line, column = _moved(line, column, found[0])
                start = found.end()
        if style == "double" and (hidden := _INVISIBLE.search(text)):
            self._tell(line, column, _invisible(hidden[0]))
        value = text
        if style == "plain" and not is_key:
            try:
                value = _meaning(text)
            except ValueError as error:
                self._tell(line, column, str(error))
        scalar = Scalar(line, column, value, text, style, start, end)
        self._add_to_count(1, line, column)
        if event.anchor is not None:
            self._anchors[event.anchor] = _Anchored(scalar, 1, 0)
        if is_key:
            self._add_key(scalar)
        else:
            self._add(scalar)

    def _take_start(self, event: Any, line: int, column: int) -> None:
        is_key = self._at_key()
        inside_key = bool(self._open) and self._open[-1].within_key
        if is_key and not inside_key:
            self._tell(line, column, "a key must be text, not a list or a mapping")
        if event.tag is not None or event.anchor is not None:
            self._take_properties(event, line, column, is_key)
            if event.anchor is not None:
                self._anchors[event.anchor] = None
        if len(self._open) >= MAX_DEPTH:
            self.stop(_too_deep(line, column))
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        within_key = is_key or inside_key
        self._open.append(
            _Open(line, column, is_mapping, is_key, within_key, event.anchor, self._count)
        )
        self._add_to_count(1, line, column)

    def _take_end(self) -> None:
        closed = self._open.pop()
        node: Node
        if closed.is_mapping:
            node = Mapping(closed.line, closed.column, tuple(closed.entries))
        else:
            node = Sequence(closed.line, closed.column, tuple(closed.items))
        if closed.anchor is not None:
            count = self._count - closed.count_before
            self._anchors[closed.anchor] = _Anchored(node, count, closed.height)
        if closed.is_key:
            self._add_key(Scalar(closed.line, closed.column, "", "", "plain", 0, 0), told=True)
        else:
            self._add(node, closed.height)

    def _take_alias(self, name: str, line: int, column: int) -> None:
        placeholder = Scalar(line, column, None, "", "plain", 0, 0)
        if self._at_key():
            self._tell(line, column, "an alias cannot be a key: write the key out")
            self._add_key(placeholder, told=True)
            return
        anchored = self._anchors.get(name)
        if anchored is None:
            shown = _short(name)
            if name in self._anchors:
                self._tell(line, column, f"the alias *{shown} stands inside what it repeats")
            else:
                self._tell(line, column, f"the alias *{shown} has no anchor &{shown} before it")
            self._add(placeholder)
            return
        self._add_to_count(anchored.count, line, column, "aliases expand to ")
        if len(self._open) + anchored.height > MAX_DEPTH:
            self.stop(_too_deep(line, column))
        self._add(anchored.node, anchored.height)

    def _take_document_end(self, index: int) -> None:
        self.finished = True
        rest = _BLANKS.match(self.text, index)
        assert rest is not None
        if rest.end() < len(self.text):
            if self.text.startswith("---", rest.end()):
                message = "a second document starts here: a file holds one"
            else:
                message = "unexpected text after the end of the value: check quotes and indentation"
            self.stop(Problem(*_place(self.text, rest.end()), message))

    def _take_properties(self, event: Any, line: int, column: int, is_key: bool) -> None:
        if event.tag is not None:
            tag = _short(event.tag.replace("tag:yaml.org,2002:", "!!"))
            self._tell(line, column, f"tags are not supported: remove {tag}")
        if event.anchor is not None:
            if is_key:
                self._tell(line, column, "a key cannot have an anchor: put it before the value")
            if event.anchor in self._anchors:
                self._tell(line, column, f"the anchor &{_short(event.anchor)} is defined twice")

    def _add_to_count(self, count: int, line: int, column: int, prefix: str = "") -> None:
        self._count += count
        if self._count > MAX_NODES and not self.finished:
            subject = prefix or "the file holds "
            self.stop(Problem(line, column, f"{subject}more than {MAX_NODES:,} values"))

    def _at_key(self) -> bool:
        return bool(self._open) and self._open[-1].is_mapping and self._open[-1].key is None

    def _add_key(self, key: Scalar, told: bool = False) -> None:
        parent = self._open[-1]
        parent.key, parent.told = key, True
        if told:
            return
        if key.style == "plain" and key.text in ("", "<<"):
            if key.text:
                message = "merge keys are not supported: write the keys out instead of <<"
            else:
                message = "a key is missing before the ':'"
            self._tell(key.line, key.column, message)
            return
        first = parent.keys.setdefault(key.text, key)
        if first is not key:
            where = f"line {first.line}, column {first.column}"
            message = f"duplicate key {_short(key.text)!r}: the first is at {where}"
            self._tell(key.line, key.column, message)
        else:
            parent.told = False

    def _add(self, node: Node, height: int = 0) -> None:
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        parent.height = max(parent.height, height + 1)
        if parent.key is not None:
            if not parent.told:
                parent.entries.append((parent.key, node))
            parent.key = None
        else:
            parent.items.append(node)

    def _tell(self, line: int, column: int, message: str) -> None:
        self.problems.append(Problem(line, column, message))


def _too_deep(line: int, column: int) -> Problem:
    return Problem(line, column, f"nested deeper than {MAX_DEPTH} levels")


def _moved(line: int, column: int, passed: str) -> tuple[int, int]:
    """The place after the characters `passed`, which start at the given one."""
    lines, last = _place(passed, len(passed))
    return (line + lines - 1, last) if lines > 1 else (line, column + last - 1)


# The parser's own complaints, told to the person who wrote the file

_HINTS = (
    ("mapping values are not allowed", "quote the text if it contains ': '"),
    ("tab character", "indent with spaces, not tabs"),
    ("could not find expected ':'", "a key is followed by ': '; check the indentation"),
    ("did not find expected key", "check the indentation and the quotes"),
    ("expected '-' indicator", "check the indentation: a list and a mapping do not mix"),
    ("expected <block end>", "check the indentation and the quotes"),
    ("did not find expected ',' or ']'", "separate values with ',' and close the list with ']'"),
    ("did not find expected ',' or '}'", "separate entries with ',' and close them with '}'"),
    ("expected ',' or ']'", "separate values with ',' and close the list with ']'"),
    ("expected ',' or '}'", "separate entries with ',' and close them with '}'"),
    ("unexpected end of stream", "the closing quote is missing"),
    ("unknown escape character", "in double quotes write \\\\ for \\, or use single quotes"),
    ("alphabetic or numeric character", "quote text that starts with '*' or '&'"),
)


def _syntax_problem(text: str, error: yaml.MarkedYAMLError) -> Problem:
    problem = error.problem or "this is not YAML"
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    hint = next((hint for fragment, hint in _HINTS if fragment in problem), None)
    if "cannot start any token" in problem and mark is not None and mark.index < len(text):
        character = text[mark.index]
        problem = f"found character {character!r} that cannot start any token"
        tab = character == "\t"
        hint = "indent with spaces, not tabs" if tab else f"quote text that starts with {character}"
    start = error.context_mark
    if error.context and start is not None and start.line + 1 != line:
        problem += f" {error.context} that starts at line {start.line + 1}"
    return Problem(line, column, f"{problem} ({hint})" if hint else problem)


# From an offset in a scalar's text back to the file

_HEADER = re.compile(r"[|>][^\r\n]*(?:\r\n|\r|\n)?")
_WRITTEN: dict[Style, re.Pattern[str]] = {
    "plain": re.compile(r"[^ \t\r\n]"),
    "literal": re.compile(r"[^ \t\r\n]"),
    "folded": re.compile(r"[^ \t\r\n]"),
    "single": re.compile(r"''|[^ \t\r\n]"),
    "double": re.compile(
        r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\r\n|[\s\S])|[^ \t\r\n]"
    ),
}
_SPACES = " \t\r\n"
_SPACE_ESCAPE = re.compile(r"\\(?:[ \t\r\nntr]|\r\n|x(?:20|09|0[aAdD])|[uU]0+(?:20|9|09|0?[aAdD]))")


def _aligned(raw: str, scalar: Scalar, offset: int) -> int:
    """The index in `raw` of `scalar.text[offset]`; 0 if the two do not fit together.

    Folding and indentation change spaces only, so the other characters correspond one to one.
    """
    begin, end = 0, len(raw)
    if scalar.quoted:
        begin, end = 1, end - 1
    elif header := _HEADER.match(raw) if scalar.style != "plain" else None:
        begin = header.end()
    written = _written(scalar.style, raw, begin, end)
    before = [(at, char) for at, char in enumerate(scalar.text) if char not in _SPACES]
    if len(written) != len(before):
        return 0
    for (_, character), (start, _) in zip(before, written, strict=True):
        if raw[start] not in ("\\", character):
            return 0
    number = sum(at < offset for at, _ in before)
    if number < len(before) and before[number][0] == offset:
        return written[number][0]
    if number == 0:
        return begin
    # A space: as far behind the character before it as in the text, if the file has room there.
    wanted = written[number - 1][1] + offset - before[number - 1][0] - 1
    line_end = _BREAK.search(raw, written[number - 1][1], end)
    return min(wanted, line_end.start() if line_end else end)


def _written(style: Style, raw: str, begin: int, end: int) -> list[tuple[int, int]]:
    """Where each non-space character of the text is written, escapes as a whole."""
    return [
        found.span()
        for found in _WRITTEN[style].finditer(raw, begin, end)
        if style != "double" or not _SPACE_ESCAPE.fullmatch(found[0])
    ]
