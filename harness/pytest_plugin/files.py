"""Which files are cases: those in folders of cases, and of others those that look like it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from harness.files import beginning
from harness.pytest_plugin.state import FOLDER, State

KEYS: Final = re.compile(rb"^(about|inputs|constants|expr|steps|expect)[ \t]*:", re.MULTILINE)
SNAPSHOT: Final = re.compile(rb"# (torch \S+|provisional), program [0-9a-f]{16}\n")
SNAPSHOTS: Final = frozenset({"forward.yml", "backward.yml", "second.yml"})
BY_HAND: Final = "by_hand.py"
"""What the backward pass of a case that is written by hand is called, in the folder beside it."""
BESIDE: Final = SNAPSHOTS | {BY_HAND, "__pycache__"}
LOOKED_AT: Final = 1 << 14
"""How many bytes of a YAML file tell whether it is a case."""


def is_ours(path: Path, state: State) -> bool:
    """Whether a file is a case, or a snapshot, that is to be collected."""
    if path.suffix not in (".yaml", ".yml") or path.name.endswith(".obtained.yml"):
        return False
    if state.root_of(path) is not None:
        return not (state.is_builtin(path) and _is_replaced(path, state))
    return state.is_named(path) and (_looks_like_a_case(path) or _is_to_be_written(path, state))


def is_folder_of_snapshots(path: str, state: State) -> bool:
    """Whether a folder lies beside its case, and holds nothing but snapshots."""
    if not path.startswith(state.prefixes) or not os.path.isfile(f"{path}.yaml"):
        return False
    return os.path.isdir(path) and BESIDE.issuperset(os.listdir(path))


def _is_replaced(path: Path, state: State) -> bool:
    """Whether a case of one's own has a built-in one's id, and is collected itself."""
    own = state.config.rootpath / FOLDER / path.relative_to(state.suite)
    return own != path and own.is_file() and (state.is_named(own) or bool(state.root_of(own)))


def _looks_like_a_case(path: Path) -> bool:
    """Whether a YAML file has two of a case's own keys, or is a snapshot."""
    text = beginning(path, LOOKED_AT)
    return len(set(KEYS.findall(text))) >= 2 or SNAPSHOT.match(text) is not None


def _is_to_be_written(path: Path, state: State) -> bool:
    """Whether a YAML file with nothing but comments is named itself, or lies beside a case."""
    empty = all(line.strip()[:1] in (b"", b"#") for line in beginning(path, LOOKED_AT).splitlines())
    beside = path.parent.glob("*.yaml")
    return empty and (path in state.named or any(map(_looks_like_a_case, beside)))
