"""The ladder: the level of a case follows from its program and tags, and cases climb it."""

from __future__ import annotations

from pathlib import Path

import pytest
from truths import PATHS, case_at

from harness.language.case import decode
from harness.language.levels import LEVELS, TOPICS, chosen, level_named, level_of
from harness.vocabulary.signatures import OPERATIONS


def level(text: str) -> str:
    return decode(f"about: a\n{text}", Path("a.yaml")).level


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("inputs: {x: 3, y: 2}\nexpr: x * y - 2", "scalar arithmetic"),
        ("inputs: {x: 3, y: 2}\nexpr: tanh(x) * y", "scalar functions"),
        ("inputs: {x: 3, y: 2}\nexpr: tanh(x) * x", "reuse and order"),
        ("inputs: {x: 3, y: 2}\nexpr: x * 2", "reuse and order"),
        ("inputs: {x: 3}\nsteps:\n  f: {start: x, repeat: 3, next: f * 2}", "reuse and order"),
        ("inputs: {x: [3, 1]}\nexpr: x * x", "arrays, elementwise"),
        ("inputs: {x: [3, 1], y: 2}\nexpr: x * y", "broadcasting"),
        ("inputs: {x: [3, 1]}\nexpr: x * 2", "arrays, elementwise"),
        ("inputs: {x: [3, 1]}\nexpr: sum(x)", "reductions"),
        ("inputs: {x: [3, 1]}\nexpr: x[0] * sum(x)", "shapes"),
        ("inputs: {x: [3, 1]}\nexpr: x[None] @ x", "matrix products"),
        ("inputs: {x: [3, 1]}\nexpr: softmax(x) @ x", "softmax and losses"),
        ("inputs: {x: [[3, 1]], w: [1, 2]}\nexpr: layer_norm(x, w, w)", "networks"),
        ("inputs: {x: 0}\nexpr: relu(x)\ntags: [kink]", LEVELS[-1]),
        ("inputs: {x: 9}\nexpr: relu(x)\ntags: [edge]", LEVELS[-1]),
        ("inputs: {x: 9}\nexpr: relu(x)\norder: 2", LEVELS[-1]),
        ("inputs: {x: 9}\nexpr: relu(x)\nbackward: 2", LEVELS[-1]),
        ("inputs: {x: []}\nexpr: x * x", LEVELS[-1]),
        ("inputs: {x: 1}\nsteps:\n  f: {start: x, repeat: 1000, next: f * 1.5}", LEVELS[-1]),
        ("inputs: {x: [3, 1, 2]}\nexpr: sort(x)", "shapes"),
    ],
)
def test_the_level_of_a_case_is_that_of_the_last_thing_in_it(text: str, expected: str) -> None:
    assert level(f"{text}\n") == expected


def test_no_case_needs_an_operation_of_a_later_level() -> None:
    place = {topic: LEVELS.index(name) for topic, name in TOPICS.items()}
    for path in PATHS:
        case = case_at(path)
        topics = {step.operation.topic for step in case.program.steps}
        assert max(place[topic] for topic in topics) <= LEVELS.index(case.level), path


def test_every_level_has_cases_and_the_first_rungs_take_one_operation() -> None:
    climb = sorted(map(case_at, PATHS), key=lambda case: case.rung)
    assert list(dict.fromkeys(case.level for case in climb)) == list(LEVELS)
    assert [step.op for step in climb[0].program.steps] == ["add"]
    for name in LEVELS[:-1]:
        first = next(case for case in climb if case.level == name)
        assert len({step.op for step in first.program.steps}) == 1, name


def test_the_examples_of_the_lecture_come_where_they_can_first_be_solved() -> None:
    levels = {path.stem: case_at(path).level for path in PATHS if path.parent.name == "lecture"}
    assert levels["product_of_sum"] == "scalar arithmetic"
    assert levels["staged"] == "reuse and order"


def test_every_topic_has_a_level() -> None:
    assert {operation.topic for operation in OPERATIONS.values()} == TOPICS.keys()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("3", "reuse and order"),
        ("reuse and order", "reuse and order"),
        ("Reuse", "reuse and order"),
        ("arrays", "arrays, elementwise"),
        ("softmax_and_losses", "softmax and losses"),
        ("11", LEVELS[-1]),
    ],
)
def test_a_level_is_named_by_number_or_by_a_beginning(text: str, name: str) -> None:
    assert level_named(text) == name


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("scalar", "did you mean 'scalar arithmetic' or 'scalar functions'?"),
        ("brodcasting", "did you mean 'broadcasting'?"),
        ("0", "they are 1 scalar arithmetic; 2 "),
        ("12", "they are 1 "),
        ("", "they are 1 "),
    ],
)
def test_what_is_no_level_is_told_with_those_there_are(text: str, hint: str) -> None:
    with pytest.raises(ValueError, match="is no level") as error:
        level_named(text)
    assert hint in str(error.value)


def test_levels_are_chosen_by_name_and_up_to_one() -> None:
    assert chosen([], None) == LEVELS
    assert set(chosen([], "reuse and order")) == set(LEVELS[:3])
    assert set(chosen(["networks"], "scalar arithmetic")) == {"networks", "scalar arithmetic"}


def test_tags_alone_do_not_make_a_case_easier() -> None:
    program = decode("about: a\ninputs: {x: [3, 1]}\nexpr: sum(x)\n", Path("a.yaml")).program
    assert level_of(program, ("reuse", "anything")) == "reductions"
