"""What questions ask, and how their points are shared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.assignment.asking import Asked, AskingError, ask, depth, fits
from harness.assignment.values import Assignment, Conventions, Question
from harness.language.case import Case, decode

TEXTS = {
    "add": "inputs: {x: 2.0, y: 3.0}\nexpr: x + y",
    "mul": "inputs: {x: 2.0, y: 3.0}\nexpr: x * y",
    "other_mul": "inputs: {x: 0.5, y: 3.0}\nexpr: x * y",
    "tanh": "inputs: {x: 0.5}\nexpr: tanh(x)",
    "mixed": "inputs: {x: 0.5, y: 2.0}\nexpr: tanh(x) * y",
    "reuse": "inputs: {x: 0.5}\nexpr: x * x + x",
    "row": "inputs: {x: [[1.0, 2.0], [3.0, 4.0]], y: [1.0, 2.0]}\nexpr: x + y",
    "column": "inputs: {x: [[1.0, 2.0], [3.0, 4.0]], y: [[1.0], [2.0]]}\nexpr: x + y",
    "product": "inputs: {x: [[1.0, 2.0], [3.0, 4.0]], y: [1.0, 2.0]}\nexpr: x @ y",
    "twice": "inputs: {x: 0.5}\nexpr: tanh(x)\norder: 2",
    "square": "inputs: {x: 0.5}\nexpr: x ** 2",
    "power": "inputs: {x: 0.5, y: 2.0}\nexpr: x ** y",
    "base": "inputs: {x: 0.5}\nexpr: 2 ** x",
    "single": "inputs: {x: [0.5]}\nexpr: x * x\ndtype: float32",
    "deep": "inputs: {x: 0.5}\nsteps:\n  z: {start: x, repeat: 50, next: z * 0.9}",
}
CASES = {
    name: decode(f"about: a case\n{text}", Path(f"cases/{name}.yaml"))
    for name, text in TEXTS.items()
}


def asked(*questions: Question, **rules: Any) -> dict[str, Asked]:
    found = ask(Assignment(Path("a.yaml"), "A", questions, **rules), CASES.values())
    return {one.case.path.stem: one for one in found}


def question(title: str = "Q", points: float = 6.0, **selection: Any) -> Question:
    return Question(title, points, **selection)


def worth(found: dict[str, Asked], number: int = 1) -> dict[tuple[str, str], float]:
    return {
        (name, direction): round(part.points, 9)
        for name, one in found.items()
        for direction, part in one.parts.items()
        if part.question == number
    }


def test_a_case_is_in_when_all_of_its_operations_have_been_asked_for_by_then() -> None:
    first, second = question(operations=("add", "mul")), question("R", operations=("tanh",))
    found = asked(first, second)
    assert {name for name, _ in worth(found, 1)} >= {"add", "mul", "other_mul", "reuse"}
    assert {name for name, _ in worth(found, 2)} == {"tanh", "mixed"}
    assert "product" not in found and "twice" not in found  # of the last level, which is not named


def test_points_are_shared_among_operations_and_not_among_cases() -> None:
    found = worth(asked(question(operations=("add", "mul"), levels=("scalar arithmetic",))))
    assert found == {
        ("add", "forward"): 1.5,
        ("add", "backward"): 1.5,
        ("mul", "forward"): 0.75,
        ("mul", "backward"): 0.75,
        ("other_mul", "forward"): 0.75,
        ("other_mul", "backward"): 0.75,
    }


def test_a_case_counts_for_the_operation_that_is_asked_for_last() -> None:
    """So that who has the first operations alone has their part."""
    found = worth(asked(question(operations=("mul", "tanh", "add"), passes=("forward",))))
    assert found["mixed", "forward"] == found["tanh", "forward"] == 0.75
    assert found["mul", "forward"] == found["other_mul", "forward"] == 0.75
    assert found["add", "forward"] == found["reuse", "forward"]


def test_plain_numbers_count_like_an_operation() -> None:
    found = worth(asked(question(operations=("add", "mul"), passes=("forward",))))
    assert found["deep", "forward"] == 2.0  # z * 0.9, the only one with a number


def test_points_are_shared_among_cases_where_the_question_says_so() -> None:
    selection: dict[str, Any] = {"operations": ("add", "mul"), "levels": ("scalar arithmetic",)}
    assert set(worth(asked(question(share="cases", **selection))).values()) == {1.0}


def test_a_case_may_have_points_of_its_own_and_the_others_share_the_rest() -> None:
    selection: dict[str, Any] = {"operations": ("add", "mul"), "levels": ("scalar arithmetic",)}
    found = worth(asked(question(worth={"add": 4.0}, passes=("forward",), **selection)))
    assert found == {
        ("add", "forward"): 4.0,
        ("mul", "forward"): 1.0,
        ("other_mul", "forward"): 1.0,
    }


def test_a_pass_belongs_to_the_first_question_that_asks_it() -> None:
    first, second = question(passes=("forward",), levels=("scalar arithmetic",)), question("R")
    parts = asked(first, second)["add"].parts
    assert {direction: part.question for direction, part in parts.items()} == {
        "forward": 1,
        "backward": 2,
    }


def test_what_is_not_asked_is_not_run() -> None:
    found = asked(question(passes=("forward",)))
    assert found["add"].case.program.directions == ("forward",)
    assert found["add"].case.share("forward") == 1.0
    whole = asked(question(passes=("forward", "backward", "second")))["twice"].case
    assert whole.program.directions == ("forward", "backward", "second")
    assert asked(question(levels=("conventions, edges, second order",)))["twice"].case.program.order


def test_all_that_a_question_is_worth_is_shared_out() -> None:
    first = question(operations=("add", "mul", "tanh"))
    second = question("R", 3.0, operations=("matmul",), share="cases")
    found = asked(first, second)
    assert sum(worth(found, 1).values()) == pytest.approx(6.0)
    assert sum(worth(found, 2).values()) == pytest.approx(3.0)
    assert sum(one.case.points for one in found.values()) == pytest.approx(9.0)


def test_a_case_is_hidden_as_a_whole() -> None:
    first = question(passes=("forward",), levels=("scalar arithmetic",))
    second = question("R", hidden=True)
    found = asked(first, second)
    assert set(found["add"].parts) == {"forward"} and set(found["tanh"].parts) == {
        "forward",
        "backward",
    }


@pytest.mark.parametrize(
    "selection, told",
    [
        ({"operations": ("conv2d",)}, "no case is all of that"),
        ({"operations": ("add", "conv2d")}, "no case has conv2d"),
        ({"worth": {"nowhere": 1.0}}, "worth: nowhere is no case that it asks"),
        ({"worth": {"add": 7.0}}, "worth: its cases have more than the 6 points"),
        ({"worth": {"add": 5.0}, "paths": ("add",)}, "worth: its cases have less"),
        ({"paths": ("ad", "add")}, r"there is no case or topic ad; did you mean add\?"),
    ],
)
def test_a_question_that_cannot_be_asked_is_told(selection: dict[str, Any], told: str) -> None:
    with pytest.raises(AskingError, match=f"1:1: Q: {told}"):
        asked(question(**selection))


def kept(agreed: Conventions) -> set[str]:
    return {name for name, case in CASES.items() if fits(case, agreed)}


def test_cases_beyond_the_conventions_are_left_out() -> None:
    every, arrays = set(CASES) - {"single"}, {"row", "column", "product"}
    assert kept(Conventions()) == every
    assert kept(Conventions(arrays=False)) == every - arrays
    assert kept(Conventions(broadcasting="none")) == every - {"row", "column"}
    assert kept(Conventions(broadcasting="leading")) == every - {"column"}
    assert kept(Conventions(ranks=(2,))) == every - {"product"}
    assert kept(Conventions(dtype="float32")) == {*every, "single"}
    assert kept(Conventions(recursion=49)) == every - {"deep"}
    assert kept(Conventions(exponents="numbers")) == every - {"power", "base"}


def test_depth_is_that_of_the_longest_chain() -> None:
    def of(case: Case) -> int:
        return depth(case.program)

    assert (of(CASES["add"]), of(CASES["reuse"]), of(CASES["deep"])) == (1, 2, 50)
