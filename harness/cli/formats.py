"""Findings as editors and platforms read them: each one line, with its place in the student's file.

Where an exception was raised there is a line of the engine's; elsewhere the place is where the
operation is defined, or ``backward``, or the class.
"""

from __future__ import annotations

import ast
import json
import re
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from harness.cli.command import argument
from harness.cli.streams import say
from harness.cli.words import said
from harness.engines.loading import split
from harness.engines.names import METHODS
from harness.files import write
from harness.judging.codes import EDGE
from harness.judging.mistakes import ENGINE
from harness.showing.phrases import title_of
from harness.vocabulary.aliases import ALIASES
from harness.vocabulary.native import NATIVE

Finding = Mapping[str, Any]

TEXT, STDOUT = "text", "-"
"""What is for people; and standard output, as the name of a file."""
LARGEST: Final = 1 << 20
"""Bytes of a file in which an operation is looked for."""
CRASH: Final = re.compile(r"([^\s:]+\.py):(\d+)")
ESCAPES: Final = {"%": "%25", "\r": "%0D", "\n": "%0A"}
"""What a message of GitHub's cannot have as it is."""
IN_PROPERTIES: Final = {**ESCAPES, ":": "%3A", ",": "%2C"}


@dataclass(frozen=True, slots=True)
class Place:
    """In a file, a line and a column from 1 on."""

    file: str
    line: int = 1
    column: int = 1


# -- where -----------------------------------------------------------------------------------------


def place_of(finding: Finding, spec: str) -> Place:
    """Where a finding on the engine that ``spec`` names, or on a file of staged code, is mended."""
    path = Path(split(spec)[0])
    file = path.as_posix()
    if path.suffix != ".py":
        return Place(file)
    if "line" in finding:
        return Place(file, finding["line"])
    crash = CRASH.match(finding.get("place", ""))
    if crash is not None and (path.parent / crash[1]).is_file():
        return Place((path.parent / crash[1]).as_posix(), int(crash[2]))
    return _defined(finding["op"], path)


def _defined(op: str, path: Path) -> Place:
    """Where the operation is defined in a file, or the engine's machinery; its beginning where
    neither is found."""
    wanted = [*_names(op), *METHODS]
    places: dict[str, Place] = {}
    for node in _definitions(path):
        places.setdefault(node.name, Place(path.as_posix(), node.lineno, node.col_offset + 1))
    return next((places[name] for name in wanted if name in places), Place(path.as_posix()))


def _names(op: str) -> Iterator[str]:
    """What the function of an operation may be called."""
    if op == ENGINE:
        return
    if op in NATIVE:
        yield NATIVE[op].method
    yield from ALIASES.get(op, (op,))


def _definitions(path: Path) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    try:
        tree = ast.parse(path.read_bytes()[:LARGEST])
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node


# -- how -------------------------------------------------------------------------------------------


def _github(place: Place, finding: Finding) -> str:
    """A workflow command of GitHub's, which shows it beside the line."""
    properties = {"file": place.file, "line": place.line, "col": place.column}
    told = {**properties, "title": title_of(finding)}
    written = ",".join(f"{name}={_escaped(str(v), IN_PROPERTIES)}" for name, v in told.items())
    kind = "warning" if finding["weight"] == EDGE else "error"
    return f"::{kind} {written}::{_escaped(_message(finding), ESCAPES)}"


def _vscode(place: Place, finding: Finding) -> str:
    """A line as compilers write it."""
    kind = "warning" if finding["weight"] == EDGE else "error"
    message = " ".join(f"{title_of(finding)}: {finding['message']}".split())
    return f"{place.file}:{place.line}:{place.column}: {kind}: {message}"


def _json(place: Place, finding: Finding) -> str:
    """An object in a line: the finding as ``--json`` has it, and its place."""
    where = {"file": place.file, "line": place.line, "column": place.column}
    return json.dumps({**where, **finding, **where}, allow_nan=False)


def _message(finding: Finding) -> str:
    see = said("see-pass", evidence=finding["evidence"], direction=finding["direction"])
    return "\n".join(text for text in (finding["message"], finding["hint"], see) if text)


def _escaped(text: str, escapes: Mapping[str, str]) -> str:
    return "".join(escapes.get(sign, sign) for sign in text)


FORMATS: Final[Mapping[str, Callable[[Place, Finding], str]]] = {
    "github": _github,
    "vscode": _vscode,
    "json-lines": _json,
}
FORMAT: Final = argument(
    "--format",
    choices=(TEXT, *FORMATS),
    default=TEXT,
    help="how findings are written: as text for people (default), or each in a line with its place "
    "in your file, as annotations of GitHub's (github), as compilers do, which editors read "
    "(vscode), or as JSON (json-lines)",
)


def is_for_people(given: Namespace) -> bool:
    """Whether standard output is read by a person."""
    return bool(given.json != STDOUT and given.format == TEXT)


def told_to_programs(
    result: Mapping[str, Any], given: Namespace, file_of: Callable[[Finding], str]
) -> bool:
    """Writes a result as JSON where that is asked, and each finding, on the file that it is about,
    as editors read it. Whether nothing is left to be told to people."""
    text = json.dumps(result, indent=1, allow_nan=False)
    if given.json == STDOUT:
        say(text)
    elif given.json:
        write(Path(given.json), f"{text}\n".encode())
    if is_for_people(given):
        return False
    if given.format != TEXT:
        for finding in result["findings"]:
            say(FORMATS[given.format](place_of(finding, file_of(finding)), finding))
    return True
