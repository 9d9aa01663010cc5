"""What course platforms and students need to run the harness, to be uploaded or handed out."""

from __future__ import annotations

import shlex
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from secrets import token_hex
from typing import Final

from harness.cli.command import CLASS, NONE, Stop
from harness.cli.streams import aside
from harness.grading import suite
from harness.grading.formats import gradescope, kit, platforms
from harness.grading.suite import Suite
from harness.judging.oracle import anew
from harness.language.suite import BUILTIN, Source, find
from harness.showing.amounts import amount

VARIANTS: Final = 4
"""How many sets of inputs an autograder is given; a submission gets one of them."""


def _autograder(given: Namespace) -> bytes:
    """For Gradescope: cases, hidden ones too, inputs that are drawn, and what runs the harness."""
    asked = suite.read(given.cases, given.hidden, "recorded")  # there is no torch there
    options = _options(given)
    files: dict[str, bytes] = {}
    if given.vary != NONE:
        files["variants.json"] = _variants(given, asked)
        options.append("--variants variants.json")
    known: set[Path] = set()  # a hidden case may lie in a folder of cases, too
    for kind, folders in (("hidden", given.hidden), ("cases", given.cases or [BUILTIN])):
        for number, folder in enumerate(folders):
            place = BUILTIN if folder == BUILTIN else f"{kind}{number}"
            options.append(f"--{kind} {place}")
            if folder != BUILTIN:  # that one is in the wheel
                sources = [one for one in find([folder]) if one.path.resolve() not in known]
                known.update(one.path.resolve() for one in sources)
                files |= {f"{place}/{name}": content for name, content in packed(sources)}
    return gradescope.archive(files, shlex.quote(given.entry), " ".join(options))


def _variants(given: Namespace, asked: Suite) -> bytes:
    """Inputs drawn for each that a submission may get."""
    count = 1 if given.vary == CLASS else VARIANTS
    aside(f"drawing {amount(count, 'set')} of inputs for {len(asked.questions):,} cases …")
    drawn = [suite.drawn(asked, token_hex(16), anew(given.oracle)) for _ in range(count)]
    return suite.pack_variants(asked, drawn)


def _workflow(given: Namespace) -> bytes:
    """For GitHub Classroom, where students can read it."""
    if given.hidden or _has_hidden(given.cases):
        raise Stop("a workflow runs where students can read: it cannot have hidden cases")
    folders, files = list[str](), dict[str, bytes]()
    for number, folder in enumerate(given.cases):
        place = BUILTIN if folder == BUILTIN else f"own_cases/{number}"
        folders.append(f"--cases {place}")
        if folder != BUILTIN:
            files |= {f"{place}/{name}": content for name, content in packed(find([folder]))}
    text = platforms.workflow(
        repository=shlex.quote(given.repository),
        entry=shlex.quote(given.entry),
        options=" ".join([*_options(given), *folders]),
        dependencies=shlex.join(kit.dependencies()),
        cases=kit.zipped(files) if files else b"",
    )
    return text.encode()


def _kit(given: Namespace) -> bytes:
    """For students: the harness without torch, cases and a README."""
    return kit.student_kit(dict(packed(find(given.cases) if given.cases else ())))


UPLOADS: Final[Mapping[tuple[str, str], tuple[Callable[[Namespace], bytes], Sequence[str]]]] = {
    ("gradescope", ".zip"): (_autograder, gradescope.SAID),
    ("github", ".yml"): (_workflow, platforms.SAID),
    ("github", ".yaml"): (_workflow, platforms.SAID),
    ("student-kit", ".zip"): (_kit, ()),
}
"""By the format that is asked for and the ending of its file: what makes it, and what is to be
known of it."""


def _has_hidden(folders: Sequence[str]) -> bool:
    """Whether a case in the folders, as far as they are here, has the tag of hidden ones."""
    here = [folder for folder in folders if Path(folder).exists()]
    return bool(here) and any(suite.HIDDEN in source.load().tags for source in find(here))


def _options(given: Namespace) -> list[str]:
    """What grade is given there, beside the cases."""
    return [
        f"--marking {given.marking}",
        f"--vary {given.vary}",
        *["--allow-adapters"] * given.allow_adapters,
        *["--reverse-only"] * given.reverse_only,
    ]


def packed(sources: Iterable[Source]) -> Iterator[tuple[str, bytes]]:
    """The files of cases and their snapshots, by their paths below the folder of cases."""
    for source in sources:
        for path in source.files():
            yield path.relative_to(source.root).as_posix(), path.read_bytes()
