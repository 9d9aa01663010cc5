"""What the playground answers, by a process of its own: the case of an expression, and what may be
taken along of it."""

from __future__ import annotations

import multiprocessing
import re
import threading
import warnings
from argparse import Namespace
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import ClassVar, Final

from harness.cli.command import Stop
from harness.cli.new import expression_text
from harness.cli.words import said
from harness.engines.trace import Undefined
from harness.judging.oracle import provisional
from harness.language.case import Case, CaseError, decode
from harness.language.syntax import is_name, shorten
from harness.showing import exercise
from harness.showing.look import WAYS, Look
from harness.showing.staging import stage
from harness.showing.words import say

SECONDS: Final = 10.0
MEMORY: Final = 2 << 30
STEPS: Final = 200
ELEMENTS: Final = 20_000
"""At most this many steps, and numbers in all, may an expression of the page have."""


WORDS: Final = {"expr": "expression", "input": "input"}
"""What options of a command are called on the page."""


@dataclass(frozen=True, slots=True)
class Question:
    """An expression, and inputs as NAME=VALUE; its circuit goes from left to right or ``down``."""

    expr: str
    inputs: list[str]
    down: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """Content of a ``kind``; ``name`` is that of a file. What is not ``right`` says why not."""

    content: bytes
    kind: str = "text/plain; charset=utf-8"
    name: str = ""
    right: bool = True


def refused(message: str) -> Answer:
    """Why there is no other answer."""
    return Answer(message.encode(), right=False)


class Answerer:
    """A process that answers one question after the other, and is begun anew after one that takes
    too long."""

    KINDS: ClassVar = ("show", "svg", "png", "listing", "case", "exercise")

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds, self.lock = seconds, threading.Lock()
        self._begin()

    def _begin(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.line, other = context.Pipe()
        self.process = context.Process(target=_answering, args=(other,), daemon=True)
        self.process.start()
        other.close()
        self.ready = False

    def ask(self, kind: str, question: Question) -> Answer:
        """The answer; one that is not right where the process does not give any."""
        with self.lock:
            with suppress(OSError, EOFError):
                self._wait()
                self.line.send((kind, question))
                if self.line.poll(self.seconds):
                    answer: Answer = self.line.recv()
                    return answer
            self.close()
            self._begin()
            return refused(said("takes-long-or-much", seconds=self.seconds))

    def _wait(self) -> None:
        """Waits until the process has what it needs, which is not the question's to pay."""
        if not self.ready:
            self.line.recv()
            self.ready = True

    def close(self) -> None:
        """Ends the process."""
        self.process.kill()
        self.process.join()
        self.line.close()


def _answering(line: Connection) -> None:
    warnings.simplefilter("ignore")  # the terminal is the lecturer's
    answer("show", Question("x * x", ["x=1"]))  # imports all that is needed
    with suppress(ImportError, ValueError):  # not every system has limits
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with suppress(EOFError, KeyboardInterrupt):
        line.send("ready")
        while True:
            line.send(answer(*line.recv()))


def answer(kind: str, question: Question) -> Answer:
    """What is asked for, of the case that a question makes; or what is wrong with it."""
    if wrong := _misnamed(question.inputs):
        return refused(wrong)
    about = shorten(said("about-expression", expr=question.expr), 120)
    given = Namespace(expr=question.expr, input=question.inputs, constant=[])
    try:
        text = expression_text(given, about)
        case = decode(text, Path("playground.yaml"), "playground.yaml")
        if too_large := _too_large(case):
            return refused(too_large)
        return _answers(kind, case, text, Look(direction=WAYS[question.down]))
    except (Stop, CaseError, Undefined) as error:
        return refused(re.sub(r"^--(expr|input)\b", lambda m: WORDS[m[1]], str(error), flags=re.M))
    except MemoryError:
        return refused(said("takes-much"))


def _misnamed(inputs: Sequence[str]) -> str:
    """Which input has no name of its own, or no number; empty where all have."""
    names = [text.partition("=")[0].strip() for text in inputs]
    for text, name in zip(inputs, names, strict=True):
        if not is_name(name) or not text.partition("=")[2].strip():
            return say("input-needs", given=text.replace("=", " = ", 1).strip())
        if names.count(name) > 1:
            return say("input-twice", name=name)
    return ""


def _too_large(case: Case) -> str:
    """Why a case is not for a page that answers at once; empty where it is."""
    program = case.program
    size = sum(_size(shape) for shape in program.shapes.values())
    if len(program.steps) > STEPS or size > ELEMENTS:
        return said(
            "too-much-for-page",
            steps=len(program.steps),
            size=size,
            steps2=STEPS,
            elements=ELEMENTS,
        )
    return ""


def _size(shape: tuple[int, ...]) -> int:
    size = 1
    for length in shape:
        size *= length
    return size


def _answers(kind: str, case: Case, text: str, look: Look) -> Answer:
    if kind == "case":
        return Answer(text.encode(), name="playground.yaml")
    if kind in ("listing", "exercise"):
        listing = stage(case.program)
        if kind == "listing":
            return Answer(listing.text().encode(), name="listing.py")
        written = exercise.exercise(listing, case.id, "exercise.py")
        return Answer(written.encode(), name="exercise.py")
    from harness.showing import picture
    from harness.showing.report.sections import Entry, section

    truth = provisional(case)
    if kind == "show":
        content = section(Entry(case.id, case, truth, look=look), "", is_open=True)
        return Answer(content.encode(), "text/html; charset=utf-8")
    svg = picture.svg(case, truth, look=look)
    if kind == "png":
        return Answer(picture.png(svg), "image/png", "playground.png")
    return Answer(svg.encode(), "image/svg+xml", "playground.svg")
