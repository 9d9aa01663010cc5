"""`harness check` in the folder of an assignment: how far one has come with its questions."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness import languages
from harness.api.questions import judged
from harness.assignment import marks
from harness.assignment.reading import load
from harness.assignment.values import FILE, Assignment
from harness.cli import by_hand
from harness.cli.command import AGREES, FINDINGS, Stop
from harness.cli.configured import which
from harness.cli.formats import STDOUT, is_for_people, told_to_programs
from harness.cli.inputs import engine_of, introduced, tell_printed
from harness.cli.streams import columns, say, show
from harness.cli.words import said
from harness.engines.loading import is_ours
from harness.files import need_folder
from harness.grading import assigned, dtype, tally
from harness.grading.by_hand import marking_of
from harness.grading.marking import mark
from harness.grading.suite import Question, Suite
from harness.judging.agreed import held
from harness.judging.missing import next_to_build
from harness.judging.staged.result import as_json
from harness.languages.width import padded, wide
from harness.showing.amounts import amount
from harness.showing.by_hand import summary
from harness.showing.findings import describe_finding, once
from harness.showing.lines import room

DONE, NEXT, NOT_YET = "state-done", "state-next", "state-not-yet"

Result = dict[str, Any]


def check(given: Namespace) -> int:
    """Judges what is there of an assignment; the exit status."""
    path = Path(given.assignment or FILE)
    if given.assignment is None and not path.is_file():
        raise Stop(said("or-in-assignment", which=which(), file=FILE))
    if given.engine or given.cases or given.level or given.upto:
        raise Stop(said("no-place-here", path=path))
    rules = load(path)
    need_folder(Path(given.json or STDOUT))
    every = assigned.read(rules, given.oracle)
    seen = tuple(one for one in every.questions if not one.hidden)
    result = of_all(rules, replace(every, questions=seen), given, path.parent)
    hidden = len(every.questions) - len(seen) + rules.hidden_cases
    own = {one.id: (path.parent / (one.file or rules.engine.file)).as_posix() for one in seen}
    tell(result, rules, hidden, given, own)
    return FINDINGS if result["findings"] else AGREES


def of_all(rules: Assignment, asked: Suite, given: Namespace, folder: Path) -> Result:
    """The result of the engine and of the exercises in a folder."""
    own = [one for one in asked.questions if one.file is None]
    result = _of_engine(rules, own, given, folder)
    parts = [_exercise(one, given, folder) for one in asked.questions if one.file is not None]
    return tally.with_marks(tally.joined(result, parts), asked)


def _of_engine(
    rules: Assignment, questions: Sequence[Question], given: Namespace, folder: Path
) -> Result:
    """What becomes of the cases of the engine."""
    if not questions or not (is_ours(rules.engine.file) or (folder / rules.engine.file).is_file()):
        none = mark(rules.engine.file, [], "cases")
        return {
            **none,
            "cases": tally.unrun(questions, said("no-file-yet", file=rules.engine.file)),
        }
    name = "" if rules.engine.name is None else f":{rules.engine.name}"
    file = rules.engine.adapter or f"{rules.engine.file}{name}"
    given.engine = file if is_ours(file) else (folder / file).as_posix()
    engine = engine_of(given)
    if is_for_people(given):
        introduced(engine)
    other = dtype.settled(engine, rules.conventions.dtype, (one.case for one in questions))
    verdicts = judged(engine, ((one.case, one.truth) for one in questions), None)
    agreed = assigned.agreement(rules.conventions)
    held_to = (held(verdict, agreed) for _, _, verdict in verdicts)
    pairs = list(zip(questions, held_to, strict=True))
    tell_printed(engine)
    result = mark(rules.engine.file, pairs, "cases")
    return dtype.charged(result) if other else result


def _exercise(question: Question, given: Namespace, folder: Path) -> Result:
    """What becomes of an exercise by hand."""
    file = (folder / str(question.file)).as_posix()
    none = mark(file, [], "cases")
    if not Path(file).is_file() or (text := by_hand.staged(file)) is None:
        return {
            **none,
            "cases": tally.unrun([question], said("no-file-yet", file=file)),
        }
    verdict = by_hand.verdict(file, text, given)
    inputs, points = question.case.program.inputs, question.case.points
    result = as_json(verdict, question.id, points, marking_of("cases"), inputs)
    (case,) = result["cases"]
    share = case["score"] / case["max_score"] if case["max_score"] else 0.0
    own: Result = {"asked": marks.asked(question.parts, dict.fromkeys(question.parts, share))}
    if share < 1:
        own["reason"] = summary(verdict)
    return {**none, **result, "student": result["findings"], "cases": [{**case, **own}]}


def tell(
    result: Result, rules: Assignment, hidden: int, given: Namespace, files: Mapping[str, str]
) -> None:
    """The mistakes, and the questions with what has become of them, and how many cases are
    ``hidden``; as JSON where that is asked, or as editors read it, with the ``files`` that answer
    the cases."""
    if told_to_programs(result, given, lambda one: files[one["evidence"]]):
        return
    for number, finding in enumerate(once(result["findings"]), 1):
        show([*describe_finding(number, finding, room(columns())), []])
    if lacking := next_to_build(result["missing"], room(columns())):
        say(f"{lacking}\n")
    for line in table(result, rules):
        say(line, indent=4)
    if hidden:
        say(amount(hidden, "hidden case"))


def table(result: Mapping[str, Any], rules: Assignment) -> Iterator[str]:
    """A line for each question that is not hidden."""
    questions = [one for one in result["questions"] if not one["hidden"]]
    width = max(map(wide, (rules.title, *(one["title"] for one in questions))))
    yield said("points-of", title=padded(rules.title, width))
    by_hand = _by_hand(result)
    for one, state in zip(questions, states(questions), strict=True):
        told = f"{padded(one['title'], width)}  {one['score']:>6.2f}  {one['max_score']:>6.4g}  "
        told += said(state)
        why = by_hand.get(one["title"]) or _why(one)
        yield told + (state == NEXT and bool(why)) * f"{languages.told('words', 'colon')}{why}"


def states(questions: Sequence[Mapping[str, Any]]) -> list[str]:
    """Of each question, whether it is done, the next to be done, or not yet reached."""
    done = [one["score"] >= one["max_score"] for one in questions]
    first = next((number for number, whole in enumerate(done) if not whole), len(done))
    return [DONE if ok else NEXT if n == first else NOT_YET for n, ok in enumerate(done)]


def _by_hand(result: Mapping[str, Any]) -> dict[str, str]:
    """How far each exercise is, by the title of its question."""
    return {
        result["questions"][part["question"] - 1]["title"]: case["reason"]
        for case in result["cases"]
        for part in case["asked"].values()
        if "written" in case and case["reason"]
    }


def _why(question: Mapping[str, Any]) -> str:
    """What keeps the next question from being done."""
    told = []
    if question["failed"]:
        total = question["failed"] + question["passed"]
        told.append(said("wrong-of", failed=question["failed"], total=total))
    if question["lacks"]:
        names = languages.told("words", "listed").join(
            languages.lack(lack["what"]) for lack in question["lacks"][:3]
        )
        more = languages.told("words", "and-so-on") * (len(question["lacks"]) > 3)
        told.append(said("not-there", names=names, more=more))
    if question["not_reached"]:
        told.append(said("not-reached", not_reached=question["not_reached"]))
    return languages.told("words", "lacks").join(told)
