"""The questions of the suite are made from the vocabulary, beside what is made by hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sweeps import long
from truths import CASES, case_at

from harness.language.case import decode
from harness.vocabulary.signatures import OPERATIONS
from tools import questions
from tools.asked import Asked, asked

OWN = CASES / questions.FOLDER


def asks(text: str) -> set[Asked]:
    return asked(decode(f"about: a\n{text}\n", Path("a.yaml")).program)


@long
def test_writing_them_anew_changes_nothing() -> None:
    files = {
        path.relative_to(OWN).as_posix(): path.read_text(encoding="utf-8").partition("\n")[2]
        for path in OWN.rglob("*.yaml")
    }
    assert questions.questions(questions.by_hand()) == files


def test_nothing_but_their_folder_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "about: a\ninputs: {x: 3}\nexpr: x * x\n"
    for name in ("scalars/mine.yaml", "scalars/mine/forward.yml", "questions/numbers/old.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(questions, "ROOT", tmp_path)
    monkeypatch.setattr(questions, "questions", lambda _: {"numbers/new.yaml": text})
    questions.main()
    found = {p.relative_to(tmp_path).as_posix(): p for p in tmp_path.rglob("*") if p.is_file()}
    assert set(found) == {
        "case.schema.json",
        "scalars/mine.yaml",
        "scalars/mine/forward.yml",
        "questions/numbers/new.yaml",
        "questions/numbers/new/forward.yml",
        "questions/numbers/new/backward.yml",
    }
    assert found["scalars/mine/forward.yml"].read_text() == text
    assert "1 cases" in capsys.readouterr().out


def test_each_takes_no_operation_but_its_own_plus_and_times() -> None:
    for path in OWN.rglob("*.yaml"):
        op = max(
            (op for op in OPERATIONS if path.stem == op or path.stem.startswith(f"{op}_")), key=len
        )
        assert {step.op for step in case_at(path).program.steps} <= {op, "add", "mul"}, path


def test_none_names_an_operation_in_its_maker() -> None:
    quoted = "|".join(OPERATIONS)
    for name in ("questions.py", "edges.py", "given.py", "drafts.py", "asked.py"):
        text = (Path(questions.__file__).parent / name).read_text(encoding="utf-8")
        named = set(re.findall(rf'op == "({quoted})"|\.name == "({quoted})"', text))
        assert named == set()


@pytest.mark.parametrize(
    ("text", "ask"),
    [
        ("inputs: {x: 3}\nexpr: tanh(x)", ("tanh", "numbers", "rule", "x")),
        ("inputs: {x: 3}\nexpr: tanh(x)\nseed: 2", ("tanh", "numbers", "upstream", "x")),
        ("inputs: {x: 3}\nexpr: tanh(x * 2)", ("tanh", "numbers", "below", "x")),
        ("inputs: {x: 3}\nexpr: tanh(x) * x", ("tanh", "numbers", "before", "x")),
        ("inputs: {x: 3}\nexpr: x * tanh(x * 2)", ("mul", "numbers", "twice", "x")),
        ("inputs: {x: -3}\nexpr: tanh(x) * x", ("tanh", "numbers", "before", "x below zero")),
        ("inputs: {x: 3}\nexpr: 2 - x", ("sub", "numbers", "left", "")),
        ("inputs: {x: 0}\nexpr: relu(x)", ("relu", "numbers", "corner", "x kink")),
        ("inputs: {x: 0}\nexpr: log(x)", ("log", "numbers", "corner", "x inf")),
        ("inputs: {x: 2, y: 2}\nexpr: maximum(x, y)",
         ("maximum", "numbers", "corner", "x kink, y kink")),
        ("inputs: {x: [1, 2], y: [[3], [4]]}\nexpr: x * y",
         ("mul", "arrays", "stretched", "y along axis -1")),
        ("inputs: {x: [1, 2]}\nexpr: x[::2]", ("index", "arrays", "parameter",
                                              "index -- steps of one")),
        ("inputs: {x: [1, 2]}\nexpr: sum(x, axis=-1)",
         ("sum", "arrays", "parameter", "axis from behind")),
        ("inputs: {x: [1, 0]}\nexpr: prod(x)\norder: 2", ("prod", "arrays", "second", "at zero")),
    ],
)  # fmt: skip
def test_a_question_that_is_asked_is_seen(text: str, ask: tuple[str, ...]) -> None:
    assert Asked(*ask) in asks(text)


@pytest.mark.parametrize(
    ("text", "ask"),
    [
        ("inputs: {x: 3}\nexpr: tanh(x)", ("tanh", "numbers", "upstream", "x")),
        ("inputs: {x: 3}\nexpr: tanh(x) * 2", ("tanh", "numbers", "before", "x")),
        ("inputs: {x: 1, y: 2}\nexpr: maximum(x, y)", ("maximum", "numbers", "rule", "x")),
        ("inputs: {x: 1}\nexpr: relu(x)", ("relu", "numbers", "corner", "x kink")),
        ("inputs: {x: [1, 2, 3]}\nexpr: x[::2]", ("index", "arrays", "parameter",
                                                 "index -- steps of one")),
    ],
)  # fmt: skip
def test_a_question_that_is_not_asked_is_not_seen(text: str, ask: tuple[str, ...]) -> None:
    assert Asked(*ask) not in asks(text)
