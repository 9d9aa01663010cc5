"""Whose a file is, by the names that course platforms give to what they let an instructor download.

Canvas puts all files of all students into one folder, and Moodle does so, too, or makes a folder
for each; both write into the name whose it is. Gradescope numbers its folders and has the names in
a file beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import yaml

CANVAS: Final = re.compile(
    r"(?P<name>[^_\s][^_]*?)(?P<late>_late)?_(?P<id>\d+)_(?P<number>\d{2,})_(?P<file>.+)", re.I
)
"""``lovelaceada_LATE_101_5001_engine.py``: the person's number, and that of the file."""
AGAIN: Final = re.compile(r"(.+?)-(\d+)(\.\w+)")
"""How Canvas calls a file that was handed in anew."""
MOODLE: Final = re.compile(
    r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<file>.*)", re.S
)
METADATA: Final = "submission_metadata.yml"
"""Gradescope's file of who has handed in what."""
MOST_METADATA: Final = 64 << 20
MOST_KEPT: Final = 8 << 20
KEPT: Final = (":submitters:", ":created_at:")


@dataclass(frozen=True, slots=True)
class Who:
    """A person, as far as a name or a file beside it tells. ``id`` is the platform's number."""

    name: str = ""
    id: str = ""
    sid: str = ""
    email: str = ""

    def plain(self) -> dict[str, str]:
        """What is known, for a gradebook."""
        return {key: value for key, value in asdict(self).items() if value}


@dataclass(frozen=True, slots=True)
class Named:
    """What the name of a file or folder says: whose it is, what the file was called, and the order
    of what one person has handed in. ``when`` is empty where it says who is ``late`` and not when
    it came: then a file's time, which is that of the download, means nothing."""

    who: tuple[Who, ...]
    file: str = ""
    order: tuple[int, int] = (0, 0)
    late: bool = False
    when: str | None = None


def named(name: str, is_folder: bool, known: Mapping[str, Named]) -> Named | None:
    """What a name in a folder of submissions says; None of one that no platform has given. Of
    Gradescope's folders it is ``known``."""
    if name in known:
        return known[name]
    if found := MOODLE.fullmatch(name):
        if is_folder == (found["file"] != ""):
            return None
        return Named((Who(found["name"].strip(), found["id"]),), found["file"])
    if not is_folder and (found := CANVAS.fullmatch(name)):
        again = AGAIN.fullmatch(found["file"])
        file, version = (again[1] + again[3], int(again[2])) if again else (found["file"], 0)
        order = version, int(found["number"])
        return Named((Who(found["name"], found["id"]),), file, order, bool(found["late"]), "")
    return None


def gradescope(folder: Path, names: Sequence[str]) -> dict[str, Named]:
    """Of Gradescope's folders, by their names, who has handed them in; nothing where the file that
    tells is not there, or cannot be read."""
    path = folder / METADATA
    if METADATA not in names or path.is_symlink() or path.stat().st_size > MOST_METADATA:
        return {}
    kept = "".join(_kept(path))[:MOST_KEPT]
    try:
        told = yaml.load(kept, yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError):
        return {}
    pairs = told.items() if isinstance(told, dict) else ()
    return {name: _of_entry(entry) for name, entry in pairs if isinstance(entry, dict)}


def _kept(path: Path) -> Iterator[str]:
    """The lines that say who and when; those of the results, of which there are many, are not."""
    kept = True
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            if re.match(r" {0,2}[^\s-]", line):
                kept = not line.startswith(" ") or line.strip().startswith(KEPT)
            if kept:
                yield line


def _of_entry(entry: Mapping[str, Any]) -> Named:
    people = entry.get(":submitters")
    several = people if isinstance(people, list) else []
    who = tuple(
        Who(**{key: str(one.get(f":{key}") or "") for key in ("name", "sid", "email")})
        for one in several
        if isinstance(one, dict)
    )
    return Named(who, when=_when(entry.get(":created_at")))


def _when(text: Any) -> str | None:
    """A time as it is kept: to the second, with its offset where it has one."""
    told = re.sub(r"\.\d+| (?=[+-]\d\d:?\d\d$)", "", str(text).replace(" UTC", "+00:00"))
    try:
        return datetime.fromisoformat(told).isoformat(timespec="seconds")
    except ValueError:
        return None
