"""`harness assignment`: one begun, one checked, and what is handed out and uploaded of it."""

from __future__ import annotations

import shlex
from argparse import Namespace
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Final

from harness.assignment import templates
from harness.assignment.handing_out import LayoutError, readme, students_copy
from harness.assignment.reading import load
from harness.assignment.values import FILE, Assignment
from harness.bundled import bundled
from harness.cli.assignment_check import check
from harness.cli.command import AGREES, CLASS, NONE, ORACLE, Stop, argument, command
from harness.cli.streams import aside, say
from harness.cli.uploads import VARIANTS, packed
from harness.files import write
from harness.grading import assigned, suite
from harness.grading.formats import gradescope, kit, platforms
from harness.grading.suite import Suite
from harness.judging.oracle import anew, record
from harness.judging.snapshot import digest
from harness.language import suite as sources
from harness.language.case import decode
from harness.showing.amounts import amount
from harness.showing.exercise import exercise
from harness.showing.staging import stage

NEW, CHECK, PACK = ACTIONS = ("new", "check", "pack")
STUDENT: Final = "student"
"""The folder that is handed out."""
SCHEMA: Final = "assignment.schema.json"
MODELINE: Final = f"# yaml-language-server: $schema={SCHEMA}\n"
"""The first line, by which editors find the schema."""
WORKFLOW: Final = ".github/workflows/classroom.yml"
RECORDED: Final = "recorded"
REDRAWN: Final = 10
"""So often inputs are drawn until torch and the formulas agree."""
NO_PACKAGES: Final = (
    "autograder.zip is left out: there, a submission cannot have packages ({}). Grade with harness "
    "grade, or allow none"
)
TEST: Final = '''\
"""The assignment, tried: the model engine has full marks, and what students begin with has none."""

from harness.cli import main


def test_the_assignment_is_whole() -> None:
    assert main(["assignment", "check", "assignment.yaml", "--starter", "student"]) == 0
'''


@command(
    "assignment",
    help="begin, check or pack a course's assignment",
    description="Begins an assignment, checks it, or packs it. 'new hw2' writes one that works at "
    "once: what it asks, a starter file and a README for students, a test, an autograder to "
    "upload, a workflow for GitHub Classroom. 'check' tells what each question asks and what "
    "typical mistakes would cost. 'pack' makes anew, after a change, what is handed out and "
    "uploaded. Exit status: 0 it is whole, 1 the model engine has not full marks, or the starter "
    "has some, 2 it could not be read.",
    arguments=(
        argument("action", choices=ACTIONS, help="what to do"),
        argument("place", nargs="?", help=f"a folder for new, else the file (default: {FILE})"),
        argument(
            "--like",
            choices=templates.KINDS,
            default=templates.KINDS[0],
            help="the kind of course that new begins with; default: %(default)s",
        ),
        argument("--starter", metavar="DIR", help="check that what is in there has no points"),
        ORACLE,
    ),
)
def assignment(given: Namespace) -> int:
    if given.action == NEW:
        return _new(given)
    rules = load(Path(given.place or FILE))
    asked = assigned.read(rules, given.oracle)
    if given.action == PACK:
        for path in _pack(rules, asked):
            say(path.as_posix())
        return AGREES
    return check(rules, asked, given)


# -- new -------------------------------------------------------------------------------------------


def _new(given: Namespace) -> int:
    if given.place is None:
        raise Stop("where? harness assignment new hw2")
    folder, kind = Path(given.place), given.like
    if folder.exists():
        raise Stop(f"{folder} is there already: choose another name")
    (folder / STUDENT).mkdir(parents=True)
    write(folder / FILE, f"{MODELINE}{templates.text(kind)}".encode())
    write(folder / SCHEMA, bundled("cases").joinpath(SCHEMA).read_bytes())
    if (text := templates.adapter(kind)) is not None:
        write(folder / "adapter.py", text.encode())
    for name, rest in templates.HIDDEN[kind].items():
        _hidden(folder / "hidden", name, rest)
    rules = load(folder / FILE)
    if (text := templates.starter(kind)) is not None:
        write(folder / STUDENT / rules.engine.file, text.encode())
    for question in rules.questions:
        if question.exercise is not None:
            _exercise(question.exercise, folder / STUDENT / str(question.file))
    write(folder / "test_solution.py", TEST.encode())
    asked = assigned.read(rules, given.oracle)
    for path in (folder / FILE, folder / "test_solution.py", *_pack(rules, asked)):
        say(path.as_posix())
    given.starter = str(folder / STUDENT)
    return check(rules, asked, given)


def _hidden(folder: Path, name: str, rest: str) -> None:
    """Writes a hidden case, with its snapshot."""
    text = f"about: {name.replace('_', ' ')}, which no student sees\n{rest}\n"
    folder.mkdir(exist_ok=True)
    case = decode(text, folder / f"{name}.yaml")
    record(case, text, anew()(case), folder)


def _exercise(place: str, file: Path) -> None:
    """Writes an exercise by hand."""
    case = sources.one(place).load()
    write(file, exercise(stage(case.program, None), case.id, file.name, "backward").encode())


# -- pack ------------------------------------------------------------------------------------------


def _pack(rules: Assignment, asked: Suite) -> Iterator[Path]:
    """Writes what is handed out and uploaded beside an assignment."""
    folder = rules.path.parent
    student = folder / STUDENT
    hidden = sum(one.hidden for one in asked.questions)
    try:
        text = students_copy(rules, rules.path.read_text(encoding="utf-8"), hidden)
    except LayoutError as error:
        raise Stop(f"{rules.path}: {error}") from None
    files = {
        student / FILE: text.encode(),
        student / SCHEMA: bundled("cases").joinpath(SCHEMA).read_bytes(),
        student / "README.md": readme(rules, kit.WHEEL_NAME).encode(),
        student / kit.WHEEL_NAME: kit.light_wheel(),
        student / WORKFLOW: _workflow(rules).encode(),
    }
    if rules.packages:
        aside(NO_PACKAGES.format(", ".join(rules.packages)))
    else:
        files[folder / "autograder.zip"] = _autograder(rules, asked)
    if rules.adapter is not None:
        files[student / str(rules.engine.adapter)] = rules.adapter.encode()
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, content)
        yield path


def _workflow(rules: Assignment) -> str:
    """For GitHub Classroom: it lies in the student's repository, as the assignment and the wheel
    do."""
    return platforms.assignment_workflow(
        wheel=shlex.quote(kit.WHEEL_NAME),
        entry=shlex.quote(rules.engine.file),
        file=FILE,
        dependencies=shlex.join(kit.dependencies()),
    )


def _autograder(rules: Assignment, asked: Suite) -> bytes:
    """For Gradescope: the assignment with all that it names, and inputs that are drawn."""
    files = {FILE: rules.path.read_bytes()}
    options = ["--assignment", FILE]
    if rules.adapter is not None:
        files[str(rules.engine.adapter)] = rules.adapter.encode()
    if rules.vary.inputs != NONE:
        files["variants.json"] = _variants(rules, asked)
        options += ["--variants", "variants.json"]
    for folder in (*rules.cases, *rules.hidden):
        if folder != sources.BUILTIN:
            own: Sequence[sources.Source] = sources.find([rules.beside(folder)])
            files |= {f"{folder}/{name}": content for name, content in packed(own)}
    return gradescope.archive(files, shlex.quote(rules.engine.file), " ".join(options))


def _variants(rules: Assignment, asked: Suite) -> bytes:
    """Inputs that are drawn, with torch's truths where torch is here. The cases that are drawn from
    the grammar come of these bytes, there, where the formulas give the truth: so torch is asked
    here whether it agrees."""
    count = 1 if rules.vary.inputs == CLASS else VARIANTS
    aside(f"drawing {amount(count, 'set')} of inputs for {len(asked.questions):,} cases …")
    for _ in range(REDRAWN):
        drawn = [suite.drawn(asked, token_hex(16), anew()) for _ in range(count)]
        packed = suite.pack_variants(asked, drawn)
        if _drawn(rules, packed, RECORDED) == _drawn(rules, packed, None):
            return packed
    raise Stop("vary: torch and the formulas differ on what is drawn; run it again")


def _drawn(rules: Assignment, packed: bytes, oracle: str | None) -> dict[str, str]:
    """The programs that are drawn from the grammar where the inputs are these, by their ids."""
    drawn = assigned.unseen(rules, sha256(packed).hexdigest(), oracle)
    return {id: digest(case.program) for id, (case, _) in drawn.items()}
