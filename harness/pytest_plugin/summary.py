"""At the end of a red run the mistakes that explain it, not all the failures they cause."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import asdict
from typing import Any, Final, TypedDict

import pytest

from harness import languages
from harness.judging import standing
from harness.judging.codes import EDGE
from harness.judging.findings import Finding, gather
from harness.judging.missing import gathered, lacks, next_to_build, nothing_judged
from harness.judging.result import conventions, remarks, weight_of, weights_of
from harness.judging.symptoms import Symptom
from harness.judging.verdict import Verdict
from harness.pytest_plugin import expected
from harness.pytest_plugin.failures import CaseFailure, Representation, lines_of, print_lines
from harness.pytest_plugin.items import CaseItem
from harness.pytest_plugin.state import state_of
from harness.pytest_plugin.words import said
from harness.showing.amounts import explaining, printed, some
from harness.showing.findings import describe_finding, once
from harness.showing.lines import wrapped
from harness.showing.words import say

MAX_FINDINGS: Final = 10
MOST_OPS: Final = 3
"""So many operations that are right by another convention are told in a line."""

MANY: Final = 10
"""Of more failures than these, only those are shown in full that are evidence of a finding."""


class Carried(TypedDict, total=False):
    """What a report of ours carries, as plain data, from xdist's workers too. Of a failure its
    ``summary`` and ``symptoms``; of a pass that the engine has answered why it was not judged, what
    the engine lacks, what should be known of it, its case's level and status, and the operations
    that it is right at by another convention than torch's; and how many lines were ``printed``."""

    summary: str
    symptoms: list[dict[str, Any]]
    reason: str | None
    lacks: list[str]
    remarks: list[str]
    choices: list[str]
    level: str
    status: str
    printed: int


def carry(report: pytest.TestReport, item: pytest.Item, error: BaseException | None) -> None:
    """Gives a report what it is to carry."""
    own: Carried = {}
    if isinstance(error, CaseFailure):
        own["summary"] = error.summary
        own["symptoms"] = [asdict(symptom) for symptom in error.symptoms]
    if isinstance(item, CaseItem):
        own["printed"], item.file.printed = item.file.printed, 0
        verdict = vars(item.file).get("verdict")
        if isinstance(verdict, Verdict) and report.when == "call":
            own["reason"] = verdict.direction(item.name).note
            own["lacks"] = list(lacks(verdict.trace))
            own["level"], own["status"] = item.file.case.level, verdict.status
            own["remarks"] = [message for _, message in remarks(verdict)]
            own["choices"] = [
                one["op"]
                for one in conventions(verdict)
                if one["direction"] == item.name and report.passed
            ]
    vars(report)["harness"] = own


def carried(report: Any) -> Carried:
    """What a report carries; nothing where it is not one of ours."""
    own: Carried = vars(report).get("harness", {})
    return own


class Summary:
    """Finds the mistakes, and tells of them between the failures and pytest's short summary. Of
    many failures it leaves those to be shown that are their evidence."""

    def __init__(self, width: int) -> None:
        self.told: list[tuple[str, Carried]] = []
        self.findings: list[Finding] = []
        self.failures = self.hidden = self.printed = 0
        self.width = width

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        own = carried(report)
        self.printed += own.get("printed", 0)
        if "reason" in own:
            self.told.append((report.nodeid.rpartition("::")[0], own))

    @property
    def nothing(self) -> str | None:
        """That no pass at all was judged, and why; None where one was, or none was asked for."""
        reasons = dict.fromkeys(own["reason"] for _, own in self.told)
        return nothing_judged(reasons) if reasons and None not in reasons else None

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Where nothing was judged, nothing has passed."""
        if self.nothing is not None and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(specname="pytest_terminal_summary", wrapper=True, tryfirst=True)
    def pytest_find_mistakes(
        self, terminalreporter: pytest.TerminalReporter
    ) -> Generator[None, object, object]:
        """Before pytest shows the failures: finds the mistakes, and hides what shows them again."""
        state, stats = state_of(terminalreporter.config), terminalreporter.stats
        failed: list[Any] = stats.get("failed", [])
        _restore(failed)
        _fold(stats.get("skipped", []))
        own = sorted(
            (report for report in failed if carried(report).get("symptoms")),
            key=lambda report: report.nodeid,
        )
        writes = state.option("write-xfail") is not None
        if len(own) < 2 and not writes:
            return (yield)
        symptoms = (Symptom.from_json(one) for report in own for one in carried(report)["symptoms"])
        self.findings = gather(symptoms)
        if writes:
            right = {r.nodeid for key in ("passed", "skipped") for r in stats.get(key, [])}
            expected.write_from(state, [r.nodeid for r in own], right, self.findings)
        hidden = []
        if len(own) > MANY and terminalreporter.config.get_verbosity() <= 0:
            told = self.findings[:MAX_FINDINGS]
            evidence = {f"{one.evidence}::{one.direction}" for one in told}
            hidden = [report for report in own if report.nodeid not in evidence]
        self.failures, self.hidden = len(own), len(hidden)
        shown = [report for report in failed if report not in hidden]
        stats["failed"] = _edges_last(shown, self.findings)
        try:
            return (yield)
        finally:
            stats["failed"] = failed

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        tell = terminalreporter.write_line
        target = state_of(terminalreporter.config).option("write-xfail")
        if self.printed:
            tell(printed(self.printed))
        if target is not None:
            tell(said("failures-written", failures=self.failures, target=target))
        if self.failures > 1:
            self._tell_findings(terminalreporter)
        for remark in dict.fromkeys(remark for _, own in self.told for remark in own["remarks"]):
            tell(said("remark", remark=remark))
        for line in self._by_convention():
            tell(line)
        lacks = gathered((what, case) for case, own in self.told for what in own["lacks"])
        if lacking := next_to_build(lacks, self.width):
            tell(lacking)
        writer = terminalreporter.config.get_terminal_writer()
        print_lines(writer, [[(line, "")] for line in self._levels()])
        if self.nothing is not None:
            tell(said("error", nothing=self.nothing), red=True)

    def _levels(self) -> Iterator[str]:
        """How far the engine has come on the ladder, where there are several cases."""
        weights = weights_of(self.findings)
        cases = {
            case: (own["level"], own["status"], weight_of(own["status"], weights.get(case, ())))
            for case, own in self.told
        }
        return standing.told(standing.standing(cases.values()) if len(cases) > 1 else [])

    def _by_convention(self) -> list[str]:
        """How many passes are right by other conventions than torch's, and at which operations."""
        passes = [own["choices"] for _, own in self.told if own["choices"]]
        if not passes:
            return []
        ops = list(dict.fromkeys(op for each in passes for op in each))
        count = languages.amount(len(passes), "pass")
        told = say("by-convention", passes=count, ops=some(ops, MOST_OPS))
        return wrapped(f"remark: {told}", self.width, 2)

    def _tell_findings(self, terminalreporter: pytest.TerminalReporter) -> None:
        count = len(self.findings)
        findings = explaining([asdict(finding) for finding in self.findings])
        title = say("explain-failures", findings=findings, count=self.failures)
        terminalreporter.section(title)
        writer, width = terminalreporter.config.get_terminal_writer(), self.width
        shown = once(map(asdict, self.findings[:MAX_FINDINGS]))
        for number, finding in enumerate(shown, 1):
            print_lines(writer, describe_finding(number, finding, width))
        if count > MAX_FINDINGS:
            terminalreporter.write_line(said("and-more", count=count - MAX_FINDINGS))
        if self.hidden:
            terminalreporter.write_line(said("not-shown", hidden=self.hidden))


def _edges_last(failed: Iterable[Any], findings: Iterable[Finding]) -> list[Any]:
    """The failures of what matters at extremes only after all others."""
    weights = weights_of(findings)

    def is_edge(report: Any) -> bool:
        return weights.get(report.nodeid.rpartition("::")[0]) == frozenset({EDGE})

    return sorted(failed, key=is_edge)


def _restore(failed: Iterable[Any]) -> None:
    """Makes a failure's representation anew that has come as text, from another process."""
    for report in failed:
        if isinstance(report.longrepr, str) and "summary" in (own := carried(report)):
            lines = lines_of(report.longrepr)
            line = (report.location[1] or 0) + 1
            report.longrepr = Representation(lines, report.nodeid, own["summary"], line)


def _fold(skipped: Iterable[Any]) -> None:
    """Lets pytest tell what the engine lacks once, and not for every case."""
    for report in skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        if ".yaml::" in report.nodeid and reason.startswith(
            f"Skipped: {languages.told('pytest', 'unsupported', note='')}"
        ):
            report.longrepr = (report.nodeid.partition("/")[0], None, reason)
