"""Expected failures: where an engine is known to disagree with torch, and why.

A YAML file maps each reason to the ids (``cases/…yaml::backward``) that fail for it. It can be
written from a run; the reasons are there to be improved by hand. Those of engines of others come
with the harness: ``peer:micrograd``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from harness import languages
from harness.bundled import PACKAGE, bundled
from harness.engines.loading import PEER
from harness.judging.findings import Finding
from harness.language import suite
from harness.vocabulary.program import DIRECTIONS

PEERS: Final = PACKAGE / "engines" / "peers"
ENDING: Final = ".xfail.yaml"


class ExpectedError(Exception):
    """A file of expected failures that cannot be used; the message names file and line."""


def place(given: str) -> Path:
    """The file that is meant; ``peer:NAME`` is the one that comes with the harness. Raises
    :class:`ExpectedError`."""
    if not given.startswith(PEER):
        return Path(given)
    known = {path.name.removesuffix(ENDING): path for path in sorted(PEERS.glob(f"*{ENDING}"))}
    name = given.removeprefix(PEER)
    if name not in known:
        told = languages.told("truth", "expected-known", known=", ".join(known))
        raise ExpectedError(f"{given}: {told}")
    return known[name]


def read(given: str | Path, root: Path) -> dict[str, str]:
    """The reason for each id, as ids are now, from the file that is meant. A case lies below
    ``root`` or is a built-in one. Raises :class:`ExpectedError`, also for an id of no case."""
    path = place(str(given))
    try:
        text = path.read_text(encoding="utf-8")
        table = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError) as error:
        raise ExpectedError(f"{path}: {getattr(error, 'strerror', None) or error}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise ExpectedError(
            languages.told("truth", "expected-not-yaml", path=path, line=line)
        ) from None
    found: dict[str, str] = {}
    for reason, ids in (table or {}).items() if isinstance(table or {}, dict) else [(None, None)]:
        if not isinstance(reason, str) or not isinstance(ids, list):
            raise ExpectedError(languages.told("truth", "expected-mapping", path=path))
        for name in ids:
            where = f"{path}:{_line(text, str(name))}"
            id = _id(str(name), root)
            if id is None:
                raise ExpectedError(
                    languages.told("truth", "matches-nothing", where=where, name=name)
                )
            if id in found:
                raise ExpectedError(languages.told("truth", "stands-twice", where=where, name=name))
            found[id] = reason
    return found


def _id(name: str, root: Path) -> str | None:
    """What a pass is called now; None if there is no such case. One's own cases come first."""
    case, _, direction = name.rpartition("::")
    if not case or direction not in DIRECTIONS:
        return None
    if (root / case).is_file():
        return name
    inner = suite.place(case)[1].resolve()
    built_in = inner.is_file() and inner.is_relative_to(bundled(suite.FOLDER))
    return suite.current(name) if built_in else None


def _line(text: str, name: str) -> int:
    lines = text.splitlines()
    return next((number for number, line in enumerate(lines, 1) if name in line), 1)


def reasons(failed: Iterable[str], findings: Iterable[Finding]) -> dict[str, str]:
    """A reason for each failed id, from the findings that explain it."""
    told = list(findings)
    found = {}
    for name in failed:
        case, _, direction = name.rpartition("::")
        own = [finding for finding in told if case in finding.cases]
        own.sort(key=lambda finding: finding.direction != direction)
        found[name] = (
            f"{own[0].op}: {own[0].message}" if own else languages.told("truth", "not-looked-into")
        )
    return found


def render(title: str, table: Mapping[str, str]) -> str:
    """The text of a file: ids by reason, both in order."""
    groups: dict[str, list[str]] = {}
    for name in sorted(table):
        groups.setdefault(table[name], []).append(name)
    plain: dict[str, Any] = {reason: groups[reason] for reason in sorted(groups)}
    body = yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=1000)
    return f"# {title}\n{body if plain else '{}'}"
