"""`harness check` of a backward pass that was written by hand."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.cli.command import AGREES, COULD_NOT_RUN, FINDINGS, Stop
from harness.cli.formats import told_to_programs
from harness.cli.new import leaves
from harness.cli.streams import aside, say
from harness.cli.words import said
from harness.engines.loading import EngineError
from harness.engines.staged.cells import joined
from harness.engines.staged.cells import place as place_of
from harness.engines.trace import Trace
from harness.grading.fence import recorded
from harness.judging.judge import judge as judged
from harness.judging.staged.judging import ByHand, judge
from harness.judging.staged.recognition import case_of, is_staged
from harness.judging.staged.result import as_json
from harness.judging.verdict import Verdict
from harness.language import document
from harness.language.case import Case, CaseError
from harness.language.nodes import DocumentError
from harness.showing.amounts import printed
from harness.showing.by_hand import findings, recognised, summary


def staged(place: str) -> str | None:
    """The text of a file of staged code; None where it is an engine, or no file."""
    path = Path(place)
    if path.suffix not in (".py", ".ipynb") or not path.is_file():
        return None
    try:
        text = joined(path.read_bytes()) if path.suffix == ".ipynb" else document.read(place)
    except (DocumentError, EngineError, OSError):
        return None  # the engine's loader says why
    return text if is_staged(text) else None


def verdict(file: str, text: str, given: Namespace) -> ByHand:
    """The verdict on a file; raises Stop, and what ``TOLD`` is."""
    inputs, _ = leaves(Namespace(input=given.input, constant=[], about=None))
    name, kept = Path(file).name, vars(given).get("kept")
    recording, lines = recorded(text, name, inputs, given.timeout, given.show_output, kept)
    if lines:
        aside(printed(lines, "code"))
    if recording.stopped is not None and recording.refused:
        place, message = recording.stopped
        raise Stop(f"{place_of(file, text, max(place, 1))}: {message}")
    try:
        return judge(file, text, recording, gradients(given.gradient))
    except CaseError:
        if recording.stopped is None:
            raise
        place, message = recording.stopped
        raise Stop(
            said("stops-here", place_of=place_of(file, text, max(place, 1)), message=message)
        ) from None


def drawing(file: str, text: str, given: Namespace) -> tuple[Case, Trace, Verdict]:
    """The program of a file as a case, its truth, and what the file says of it, judged."""
    return _as_case(verdict(file, text, given))


def _as_case(found: ByHand) -> tuple[Case, Trace, Verdict]:
    path = Path(found.file)
    about = said("about-by-hand")
    case = Case(path, about, found.reading.forward.program, id=path.name)
    return case, found.truth, judged(case, found.truth, found.trace_of(case, found.truth))


def report(file: str, text: str, given: Namespace) -> str:
    """The page of a file: what is wrong, and a player of its own lines."""
    from harness.showing.report import page
    from harness.showing.report.sections import Entry

    found = verdict(file, text, given)
    case, truth, judged_ = _as_case(found)
    result = as_json(found, case.id)
    entry = Entry(case.id, case, truth, judged_, result["cases"][0]["written"])
    return page(case.id, [entry], result)


def gradients(given: list[str]) -> Mapping[str, str]:
    """The names, and the steps whose gradients they hold, as options say it."""
    holders = {}
    for text in given:
        name, sign, step = (part.strip() for part in text.partition("="))
        if not (name and sign and step):
            raise Stop(said("gradient-needed", text=text))
        holders[name] = step
    return holders


def check(given: Namespace, text: str) -> int:
    """Judges a file of staged code; the exit status."""
    found = verdict(given.engine, text, given)
    result = as_json(found, case_of(text) or "")
    _write_out(found, text, result, given)
    if (found.unplaced or found.reading.unheard) and not found.wrong:
        return COULD_NOT_RUN
    return FINDINGS if result["findings"] or found.blanks else AGREES


def _write_out(found: ByHand, text: str, result: Mapping[str, Any], given: Namespace) -> None:
    if told_to_programs(result, given, lambda _: found.file):
        return
    for line in recognised(found):
        say(f"  {line}", indent=4)
    say("")
    for line in findings(found, text):
        say(line)
    say(f"{found.file}: {summary(found)}")
