"""Another language is a folder: one is made here whose messages have no words but their fields, so
that every English word in what is told is one that is no message."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import harness
from harness import languages
from harness.cli import main
from harness.judging.codes import CODES
from harness.vocabulary.signatures import GATES
from tools import language

pytest_plugins = ["pytester"]

FIELD = re.compile(r"(\{\w+(?:![rs])?(?::[^}]*)?\}|%\(\w+\)\w|\n)")
CODE = {
    *CODES,
    *GATES,
    "harness",
    "pytest",
    "cases",
    "yaml",
    "mine",
    "torch",
    "minigrad",
    "cpu",
    "py",
    "dx",
}
"""Words that are the same in every language."""

ENGINE = """\
class Value:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents

    def __add__(self, other):
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def exp(self):
        raise KeyError(self.data)

    def backward(self):
        self.grad = 1.0
        for parent, local in self.parents:
            parent.grad = local * self.grad
"""
WRONG = """\
about: x
inputs: {x: "3", y: [1, [2]], f: {uniform: 3}}
expr: sigmod(x) + z
tags: [1x]
tolerance: {rtol: 2}
points: -1
foo: 3
"""
CASE = "about: {0}\ninputs: {{x: 0.5}}\nexpr: {0}\n"


def wordless(message: Any) -> Any:
    """A message without its words."""
    if isinstance(message, Mapping):
        return {key: wordless(one) for key, one in message.items()}
    if isinstance(message, list):
        return list(map(wordless, message))
    parts = FIELD.split(message)
    return "".join(
        part if n % 2 else re.sub(r"[A-Za-z]+", "词", part) for n, part in enumerate(parts)
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the wordless language lies."""
    folder = tmp_path_factory.mktemp("languages")
    every = {
        section: {id: wordless(one) for id, one in own.items()}
        for section, own in language.english().items()
    }
    every["argparse"] = {text: wordless(text) for text in languages.catalogue("zh")["argparse"]}
    language.write(folder / "xx", every)
    return folder


@pytest.fixture(autouse=True)
def _another(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The wordless language is spoken; the current folder has an engine and cases."""
    monkeypatch.setenv("HARNESS_LANGUAGES", str(folder))
    monkeypatch.setenv("HARNESS_LANG", "xx")
    monkeypatch.chdir(tmp_path)
    lay_out()
    _forget()
    yield
    languages.speak(languages.ENGLISH)
    monkeypatch.undo()
    _forget()


def lay_out() -> None:
    """Writes the engine and the cases."""
    Path("mine.py").write_text(ENGINE)
    Path("wrong.yaml").write_text(WRONG)
    Path("cases").mkdir(exist_ok=True)
    for name, expression in (("sum", "x + x"), ("raises", "exp(x) + 1"), ("lacks", "tanh(x) * x")):
        Path(f"cases/{name}.yaml").write_text(CASE.format(expression))


def _forget() -> None:
    for cached in (languages.known, languages.catalogue, languages._places):
        cached.cache_clear()


def words(text: str, known: str = "") -> list[str]:
    """The English words of a text but those of lines of code, of what is the same in every
    language, and of what is known besides."""
    told = [line for line in text.splitlines() if not re.match(r" {4,}\S|.*(f = |[✓✗] )", line)]
    found = re.findall(r"[A-Za-z]{2,}", re.sub(r"\S+/\S+|mine.py", "", " ".join(told)))
    every = {part for code in {*CODE, *known.split()} for part in re.findall("[A-Za-z]+", code)}
    return [word for word in found if word not in every]


CHECK = ["check", "mine.py", "--cases", "cases", "--oracle", "torch", "--in-process"]


CASES = "KeyError sum raises lacks forward backward"
KEYS = (
    "about inputs constants expr steps outputs expect seed dtype tolerance tags order points hint"
)
KEYS += " uniform low high shape rtol atol why wrong sigmod foo sigmoid backward"
TOPICS = "topic arrays detached edges elementwise kinks lecture models networks passes"
TOPICS += " questions numbers reductions scalars twice"
HARNESS = "--harness HARNESS_ENGINE pyproject toml tool.harness my_engine engine"


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        (CHECK, CASES),
        (["check", "gone.py"], "gone.py"),
        (["check"], f"{HARNESS} assignment"),
        (["check", "mine.py", "--nothing"], "nothing check"),
        (["check", "mine.py", "--timeout", "x"], "timeout check"),
        (["check", "mine.py", "--level", "99"], "level check"),
        (["check", "mine.py", "--cases", "wrong.yaml"], KEYS),
        (["chekc"], "chekc check"),
        (["cases"], TOPICS),
        (["cases", "--op", "foo"], "by operation foo"),
        (["listing", "wrong.yaml"], KEYS),
        (["listing", "gone"], "gone"),
        (["listing", "scalars"], "scalars absolute"),
        (["draw", "cases/sum.yaml", "-o", "x.gif"], "x.gif svg png pdf"),
        (["draw", "--expr", "x * y", "--input", "x=3", "-o", "x.svg"], "expr column"),
        (["exercise", "cases/sum.yaml"], "exercise.py solution sum"),
        (
            ["new", "a", "--expr", "x", "--input", "x=3"],
            "TOPIC NAME new expr input scalars gated x",
        ),
        (["new", "a/b", "--expr", "x * x", "--input", "x"], "input NAME VALUE"),
        (["explain", "nothing"], "nothing"),
        (["explain", "overwrite"], CASES + " overwrite grad"),
        (["engines", "mine.py", "--in-process"], "Value number data grad out seed KeyError engine"),
        (["fuzz", "--engine", "mine.py", "--ops", "foo"], "ops foo by operation"),
        (["init", "."], "my_engine test_my_engine pyproject toml watch"),
        (["adapt", "gone.py"], "gone.py"),
        (["report", "--engine", "mine.py", "-o", "x.pdf"], "x.pdf html"),
        (["watch", "peer:micrograd"], "peer:micrograd check"),
    ],
    ids=lambda one: " ".join(one[:4]) if isinstance(one, list) else "",
)
def test_a_command_says_no_english_word(
    typed: list[str], known: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with suppress(SystemExit):
        main(typed)
    told = capsys.readouterr()
    usage = re.compile(r"(?m)^词: harness.*\n(?:  .*\n)*")
    assert told.out + told.err
    assert words(usage.sub("", told.out + told.err), known) == []


BY_HAND = {
    "right": "x = 3.0\nf = x * x\ndf = 1.0\ndx = 2 * x * df\n",
    "wrong": """\
import numpy as np
x = np.array([[1.0, -2.0, 3.0], [0.5, 1.5, -1.0]])
w = np.array([0.1, 0.2, 0.3])
h = x * w
for i in range(2):
    h = h * 1.5
r = np.maximum(h, 0)
s = r.sum(axis=1)
loss = (s * s).mean()
dloss = 1.0
ds = 2 * s
dr = ds[:, None] * np.ones_like(r)
dh = dr * (r < 0)
dw = dh * x
dx = dh * h
dx = dx + dh
""",
    "refused": "import torch\nx = torch.tensor([1.0])\nf = torch.fft(x)\ndf = 1.0\ndx = df\n",
    "stops": "x = 3.0\nf = x * x\ndf = 1.0\ndx = {}[3]\n",
    "unheard": "x = 3.0\nf = x * x\ndx = 6.0\ndy = 'text'\n",
}
NAMES = "np loss dloss ds dr dh dw df fft dy KeyError STEP grad keepdims"


@pytest.mark.parametrize("kind", BY_HAND)
def test_a_pass_by_hand_says_no_english_word(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("pass.py").write_text(BY_HAND[kind])
    assert main(["check", "pass.py"]) in (0, 1, 2)
    told = capsys.readouterr()
    code = BY_HAND[kind].splitlines()
    lines = map(str.strip, (told.out + told.err).splitlines())
    text = "\n".join(line for line in lines if line not in code)
    assert "词" in text
    assert words(text.replace("pass.py", ""), NAMES) == []


ASSIGNMENT = """\
title: Two
conventions: {arrays: false}
questions:
  - {title: Sums, points: 2, operations: [add], paths: scalars}
  - {title: Products, points: 2, operations: [mul], paths: scalars}
  - {title: By hand, points: 2, exercise: lecture/staged, file: staged.py}
engine: {file: mine.py}
hidden: 3
"""
NUMBERS = """\
    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
"""


def test_an_assignments_folder_has_no_english_word(capsys: pytest.CaptureFixture[str]) -> None:
    Path("assignment.yaml").write_text(ASSIGNMENT)
    adds = ENGINE.replace("    def __add__(self, other):\n", NUMBERS)
    Path("mine.py").write_text(f"{adds}\n    __radd__ = __add__\n")
    assert main(["check", "--in-process"]) == 1
    told = capsys.readouterr()
    assert "词" in told.out
    assert words(told.out + told.err, f"Two Sums Products By hand staged {CASES} overwrite") == []


@pytest.mark.parametrize("style", ["math", "torch"])
def test_comments_of_an_exercise_have_no_english_word(style: str) -> None:
    assert main(["exercise", "cases/sum.yaml", "--style", style, "-o", "e.py"]) == 0
    marker, *lines = Path("e.py").read_text().splitlines()
    assert marker == "# harness exercise: cases/sum.yaml"
    comments = [line.partition("# ")[2] for line in lines if "# " in line]
    assert len(comments) > 4 and all("词" in comment for comment in comments)


def test_files_of_a_new_project_have_no_english_word() -> None:
    assert main(["init", "project"]) == 0
    text = Path("project/my_engine.py").read_text() + Path("project/test_my_engine.py").read_text()
    said = re.findall(r'("""[^"]+"""|\("[^"]+"\)|# .+)', text)
    assert len(said) == 12 and all("词" in one for one in said)


def test_a_page_has_no_english_word() -> None:
    main(["report", "--engine", "mine.py", "--cases", "cases", "--oracle", "torch", "-o", "p.html"])
    page = Path("p.html").read_text()
    text = html.unescape(re.sub(r"(?s)<(style|script|code|svg|pre)\b.*?</\1>|<[^>]*>", " ", page))
    assert "词" in text and words(text, f"{CASES} {TOPICS} grad") == []


def test_import_harness_says_no_english_word(capsys: pytest.CaptureFixture[str]) -> None:
    languages._spoken.clear()
    result = harness.check("mine.py", "x + x", x=3, in_process=True)
    assert words(str(result), CASES) == []
    for wrong in (
        lambda: harness.check("mine.py", "x + y", x=3),
        lambda: harness.check(3),
        lambda: harness.check("mine.py", "x + x", x=3, timeout="x"),  # type: ignore[arg-type]
        lambda: harness.draw("x * x", x=3, kind="gif"),
        lambda: harness.explain("nothing"),
    ):
        with pytest.raises((TypeError, ValueError, LookupError)) as error:
            wrong()
        assert (
            words(str(error.value), "column timeout nothing peer:micrograd my_engine py kind str")
            == []
        )


def test_pytest_says_no_english_word_of_its_own(pytester: pytest.Pytester) -> None:
    pytester.chdir()
    lay_out()
    run = pytester.runpytest_inprocess(
        "cases",
        "--engine",
        "mine.py",
        "--in-process",
        "--oracle",
        "torch",
        "-rs",
        "-p",
        "no:randomly",
    )
    told = "\n".join(line for line in run.outlines if not PYTESTS.search(line))
    assert "词" in told
    assert (
        words(told, CASES + " FAILED SKIPPED look rerun oracle engine in process report html") == []
    )


PYTESTS = re.compile(
    r"^(platform|rootdir|plugins|collected|cachedir|configfile|cases/)|^=+ |^_+ |^$"
)
"""Lines that are pytest's own."""
