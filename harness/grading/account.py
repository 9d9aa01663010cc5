"""What a submission has left of its time, its replies and its lives, and what it is not asked any
more for what has been before."""

from __future__ import annotations

from typing import Final

from harness import languages
from harness.engines.trace import Failure, Trace, endless, not_run
from harness.grading.sandbox.children import Limits
from harness.vocabulary.program import Program, Step

ENOUGH: Final = 3
"""What has not come to an end so often is not tried again."""

ENOUGH_GRADED: Final = 2
"""The same of backward passes where it is graded, and each has cost seconds of the submission's."""

MOST: Final = 2
"""Where so many operations' backward does not come to an end, backward itself does not."""

MOST_TOLD: Final = 3
"""So many cases are named that have used up the time."""

SPARE: Final = 8
"""How many replies of the greatest length a submission may fill with what it was not asked for."""

CASES, AGAIN = "cases", "again"
"""What a submission's seconds are for: the cases, and what the judge asks once more."""


class Account:
    """What is ``left`` within ``limits``, of an engine ``at_home`` or of a submission.

    ``asked`` is the case that is asked, ``charged`` what its seconds are taken from; ``seconds`` is
    what each case has taken, ``slow`` those that were out of their time. ``deaths`` counts how
    often the process has ended or hung, ``ended`` by which cases; ``spare`` bytes may be said
    beyond what is asked for.
    """

    def __init__(self, limits: Limits, at_home: bool) -> None:
        self.limits = limits
        self.left = dict.fromkeys((CASES, AGAIN), limits.submission)
        self.asked, self.charged = "", CASES
        self.seconds, self.slow = dict[str, float](), dict[str, float]()
        self.deaths, self.ended = 0, list[str]()
        self.spare = SPARE * limits.reply
        most = float("inf")
        enough = ENOUGH if at_home and limits.restarts < most else most
        self.fatal = Given(enough)
        self.endless_forward = Given(enough if at_home else ENOUGH_GRADED)
        self.endless_backward = Given(enough if at_home else ENOUGH_GRADED, MOST)

    @property
    def case(self) -> float:
        """Seconds that an answer may take."""
        return min(self.limits.case, self.left[self.charged])

    def take(self, seconds: float, free: float = 0.0) -> None:
        """An answer has taken so long, of which some seconds are ``free``."""
        self.left[self.charged] -= max(0.0, seconds - free)
        if self.charged == CASES:
            self.seconds[self.asked] = self.seconds.get(self.asked, 0.0) + seconds

    def late(self) -> None:
        """The case that is asked was out of its time."""
        if self.charged == CASES:
            self.slow[self.asked] = self.seconds[self.asked]

    @property
    def over(self) -> str | None:
        """Why no further case can be asked; None where one can."""
        if self.left[CASES] <= 0:
            worst = sorted(self.seconds, key=lambda id: -self.seconds[id])[:MOST_TOLD]
            told = languages.told("words", "listed").join(
                languages.told("engine", "seconds-by", seconds=self.seconds[id], case=id)
                for id in worst
            )
            return languages.told("engine", "used-up-by", used_up=self._used_up, told=told)
        if self.deaths > self.limits.restarts:
            worst = list(dict.fromkeys(self.ended))[:MOST_TOLD]
            told = languages.told("words", "listed").join(worst)
            return languages.told("engine", "deaths-by", deaths=self.deaths, worst=told)
        return None

    @property
    def _used_up(self) -> str:
        return languages.told("engine", "used-up", submission=self.limits.submission)

    def spent(self) -> Trace | None:
        """The failure of any program, where no time is left or too much has ended."""
        if self.left[self.charged] <= 0:
            return failed(self._used_up)
        if self.deaths > self.limits.restarts:
            told = languages.told("engine", "deaths-before", deaths=self.deaths)
            return failed(not_run() + told)
        return None

    def hopeless(self, program: Program) -> Trace | None:
        """The failure of a program that is not tried, for what has been before."""
        if (spent := self.spent()) is not None:
            return spent
        for given, id in ((self.endless_forward, "has-endless"), (self.fatal, "has-ended")):
            if (step := given.up(program)) is not None:
                told = languages.told("engine", id, endless=endless())
                more = {"op": step.op, "told": told, "times": given.enough}
                return failed(not_run() + languages.told("engine", "op-before", **more), step.name)
        return None

    def hangs(self, program: Program) -> str:
        """Why no backward pass of the program is to be run, where none has come to an end."""
        if self.endless_backward.up(program) is None:
            return ""
        id, times = "backward-endless-before", self.endless_backward.enough
        return not_run() + languages.told("engine", id, endless=endless(), times=times)

    def note(self, program: Program, trace: Trace) -> None:
        """A run of the program has not come to an end; the trace says where."""
        if trace.failure is not None and trace.failure.direction == "forward":
            self.deaths += 1
            self.endless_forward.note(program, trace.failure.step)
        else:
            self.endless_backward.note(program)

    def lost(self, message: str, program: Program | None = None) -> Trace:
        """The failure to answer. Where the ``program`` is to blame, it is noted."""
        self.deaths += 1
        self.ended.append(self.asked)
        if program is not None:
            self.fatal.note(program)
        return failed(message)


class Given:
    """What is given up after ``enough`` times: each time a program's operations are noted, and
    those that all of the like have in common are to blame. Where ``most`` are, it is all."""

    def __init__(self, enough: float, most: float = float("inf")) -> None:
        self.enough, self.most = enough, most
        self.alike: list[tuple[set[str], int]] = []

    def note(self, program: Program, name: str | None = None) -> None:
        """It has happened again: at the step of that ``name``, or at any."""
        own = {step.op for step in program.steps if step.name == name}
        ops = own or {step.op for step in program.steps}
        for number, (common, times) in enumerate(self.alike):
            if common & ops:
                self.alike[number] = common & ops, times + 1
                return
        self.alike.append((ops, 1))

    def up(self, program: Program) -> Step | None:
        """A step of the program that is to blame; None where it is to be tried."""
        blamed = [common for common, times in self.alike if times >= self.enough]
        if not blamed:
            return None
        if len(blamed) >= self.most:
            return program.steps[0]
        ops = {step.op for step in program.steps}
        hopeless = set[str]().union(*(common for common in blamed if common <= ops))
        return next((step for step in program.steps if step.op in hopeless), None)


def failed(message: str, step: str | None = None) -> Trace:
    """No answer, and why."""
    return Trace({}, failure=Failure("forward", step, message))
