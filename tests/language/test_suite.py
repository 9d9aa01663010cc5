"""Which files are cases, and what they are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.language import suite

CASE = "about: a\ninputs: {x: 2}\nexpr: x * x\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("cases/own/square.yaml", "cases/own/.hidden/none.yaml", "more/other.yaml"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(CASE)
    return tmp_path


def ids(*places: str) -> list[str]:
    return [source.id for source in suite.find(places)]


def test_without_a_place_it_is_the_built_in_suite(here: Path) -> None:
    assert ids() == ids(suite.BUILTIN)
    assert "cases/lecture/staged.yaml" in ids()


def test_a_folder_has_its_cases_but_for_those_in_hidden_folders(here: Path) -> None:
    assert ids("cases", "more/other.yaml") == ["cases/own/square.yaml", "more/other.yaml"]
    (source,) = suite.find(["cases/own"])
    assert (source.id, source.root) == ("cases/own/square.yaml", Path("cases/own"))
    assert source.load().program.output == "f"


def test_a_file_that_is_named_twice_is_one_case(here: Path) -> None:
    assert ids("cases", "cases/own/square.yaml", "cases/own") == ["cases/own/square.yaml"]


def test_the_current_folder_is_no_part_of_an_id(here: Path) -> None:
    assert "more/other.yaml" in ids(".")


def test_a_case_of_ones_own_takes_the_place_of_the_built_in_one(here: Path) -> None:
    own = Path("cases/lecture/staged.yaml")
    own.parent.mkdir()
    own.write_text(CASE)
    sources = {source.id: source for source in suite.find([suite.BUILTIN, "cases"])}
    assert sources["cases/lecture/staged.yaml"].path == own
    assert not suite.is_builtin(own)
    assert suite.is_builtin(sources["cases/lecture/product_of_sum.yaml"].path)


@pytest.mark.parametrize("name", ["own/square", "cases/own/square.yaml", "cases/own/square"])
def test_one_case_is_found_by_its_path_or_the_end_of_it(here: Path, name: str) -> None:
    assert suite.one(name).id == "cases/own/square.yaml"


def test_a_built_in_case_is_found_by_the_name_that_it_once_had(here: Path) -> None:
    assert suite.current("cases/tensors") == "cases/arrays"
    new = "cases/arrays/row_added_to_matrix.yaml"
    assert suite.one("cases/tensors/row_added_to_matrix.yaml").id == new
    assert suite.current("cases/tensors/mine.yaml::forward") == "cases/tensors/mine.yaml::forward"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("own", "this is a topic, and one case is needed, such as own/square; harness cases own"),
        ("own/sqare", "there is no such case; did you mean own/square?"),
        ("§", "there is no such case: name a YAML file, or its path below cases/"),
    ],
)
def test_what_is_no_case_is_told_with_what_there_is(here: Path, name: str, told: str) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        suite.one(name)
    assert str(caught.value.strerror).startswith(told)


@pytest.mark.parametrize(
    ("place", "told"),
    [("nowhere", "there are no cases here: neither"), ("empty", "there are no cases (*.yaml)")],
)
def test_a_place_without_cases_is_told(here: Path, place: str, told: str) -> None:
    Path("empty").mkdir()
    with pytest.raises(FileNotFoundError) as caught:
        suite.find([place])
    assert str(caught.value.strerror).startswith(told)
