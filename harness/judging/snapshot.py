"""The snapshot of a case: torch's numbers for every step, as text that a reviewer can read.

``<case>/forward.yml`` maps each input and step to its value, ``<case>/backward.yml`` to its
gradient, in full precision. The first line tells who computed them, and of which program: they are
the truth for that one alone. :func:`render` writes such text; :func:`differences` compares two.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import yaml

from harness import languages
from harness.judging.comparing import close
from harness.vocabulary.program import Array, Program

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN: Final = re.compile(r"[A-Za-z]\w*")
_WORDS: Final = frozenset(
    {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "inf", "nan"}
)


class SnapshotError(Exception):
    """A snapshot that cannot be read, told with its line and column."""


PROVISIONAL: Final = "provisional"
"""Who computed the numbers where torch was not there: the formulas of the vocabulary."""

_FIRST_LINE: Final = re.compile(r"# (torch \S+|provisional), program ([0-9a-f]{16})\n")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a snapshot's numbers come from: ``by`` is ``torch 2.13.0`` or ``provisional``, and
    ``program`` the digest of what they were computed from."""

    by: str
    program: str

    def __str__(self) -> str:
        return f"# {self.by}, program {self.program}\n"


def origin(text: str) -> Origin | None:
    """What the first line of a snapshot tells; None if it tells nothing."""
    found = _FIRST_LINE.match(text)
    return Origin(*found.groups()) if found else None


def digest(program: Program) -> str:
    """16 hexadecimal digits that change with anything that a program's numbers depend on: its
    leaves, steps, seed, dtype, order and passes. The same on every platform and version."""
    found = hashlib.sha256()
    for part in _parts(program):
        found.update(part if isinstance(part, bytes) else part.encode())
        found.update(b"\0")
    return found.hexdigest()[:16]


def _parts(program: Program) -> Iterator[str | bytes]:
    yield f"{program.dtype} {program.order} {program.backward_calls}"
    for leaves in (program.inputs, program.constants, {"seed": program.seed}):
        yield f"{len(leaves)}"
        for name, value in leaves.items():
            array = np.asarray(value)
            kind = {"f": "<f8", "b": "|b1"}.get(array.dtype.kind, "<i8")
            yield f"{name} {kind} {array.shape}"
            yield np.ascontiguousarray(array, dtype=kind).tobytes()
    for step in program.steps:
        yield repr((step.name, step.op, step.operands, sorted(step.parameters.items())))


def render(numbers: Mapping[str, Array], source: Origin) -> str:
    """The text of a snapshot. YAML 1.1 reads every number back to the last bit."""
    return f"{source}{body(numbers)}"


def body(numbers: Mapping[str, Array]) -> str:
    """The text of a snapshot without its first line."""
    lines = []
    for name, array in numbers.items():
        key = (
            name
            if _PLAIN.fullmatch(name) and name.lower() not in _WORDS
            else json.dumps(name, ensure_ascii=False)
        )
        if array.ndim >= 2 and array.size:
            lines.append(f"{key}:")
            lines += [f"- {_text(row.tolist())}" for row in array]
        elif array.size:
            lines.append(f"{key}: {_text(array.tolist())}")
        else:
            lines.append(f"{key}: {{shape: {list(array.shape)}}}")
    return "\n".join(lines) + "\n"


def _text(number: Any) -> str:
    if isinstance(number, list):
        return f"[{', '.join(map(_text, number))}]"
    if isinstance(number, bool):
        return "true" if number else "false"
    text = repr(number)
    if number - number != 0:  # inf or nan
        return f"-.{text[1:]}" if text.startswith("-") else f".{text}"
    # YAML 1.1 takes 1e-05 for text: a float has a point.
    mantissa, e, exponent = text.partition("e")
    return text if not e or "." in mantissa else f"{mantissa}.0e{exponent}"


def parse(text: str, name: str = "snapshot") -> dict[str, Array]:
    """The numbers of a snapshot; raises :class:`SnapshotError`."""
    try:
        table = yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise SnapshotError(
            languages.told(
                "truth",
                "not-yaml",
                name=name,
                place=place,
                regenerate=languages.told("truth", "record-anew"),
            )
        ) from None
    if not isinstance(table, dict):
        raise SnapshotError(
            languages.told(
                "truth", "no-mapping", name=name, regenerate=languages.told("truth", "record-anew")
            )
        )
    found = {}
    for key, value in table.items():
        try:
            if isinstance(value, dict):
                found[str(key)] = np.zeros(value["shape"])
            else:
                found[str(key)] = np.asarray(value)
            if found[str(key)].dtype.kind not in "fib":
                raise ValueError
        except (ValueError, TypeError, KeyError):
            raise SnapshotError(
                languages.told(
                    "truth",
                    "no-number",
                    name=name,
                    key=key,
                    regenerate=languages.told("truth", "record-anew"),
                )
            ) from None
    return found


def differences(
    recorded: Mapping[str, Array], obtained: Mapping[str, Array], rtol: float, atol: float
) -> list[str]:
    """What a snapshot says differently, a line each; empty if the two agree within tolerance."""
    lines = [
        languages.told("truth", "no-longer", name=name) for name in recorded if name not in obtained
    ]
    for name, array in obtained.items():
        if name not in recorded:
            lines.append(languages.told("truth", "not-recorded", name=name))
        elif recorded[name].shape != array.shape:
            lines.append(
                languages.told(
                    "truth",
                    "other-shape",
                    name=name,
                    shape=recorded[name].shape,
                    shape2=array.shape,
                )
            )
        elif not close(recorded[name].astype(float), array.astype(float), rtol, atol):
            lines.append(
                languages.told(
                    "truth",
                    "other-number",
                    name=name,
                    short=_short(recorded[name]),
                    short2=_short(array),
                )
            )
    return lines


def _short(array: Array) -> str:
    if array.size == 1:
        return _text(array.reshape(-1)[0].item())
    return " ".join(np.array2string(array, threshold=8, edgeitems=2, separator=", ").split())
