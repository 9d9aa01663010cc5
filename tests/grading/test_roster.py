"""A roster gives each mark its person, and Canvas' import a row that it matches."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from grading.class_of import grade
from grading.conftest import HONEST

from harness.cli import COULD_NOT_RUN, main
from harness.grading.roster import Person, Roster, RosterError, joined, read

CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,HW 1
    Points Possible,,,,,10
"Lovelace, Ada",101,S1,alove,Lab A,
"Müller-Lüdenscheidt, Jörg",102,S2,jorg,Lab B,
"O'Neil, Dan",103,S3,dan,Lab A,
"Stone, Dan",104,S4,dstone,Lab A,
"""
MOODLE = """Identifier;Full name;Email address;ID number
Participant 31;Ada Lovelace;ada@example.org;S1
Participant 32;Jörg Müller-Lüdenscheidt;jorg@example.org;S2
"""


def people(tmp_path: Path, text: str) -> tuple[Person, ...]:
    (tmp_path / "roster.csv").write_text(text)
    return read(tmp_path / "roster.csv")


def test_rosters_of_platforms_are_read(tmp_path: Path) -> None:
    ada, jorg, *_ = people(tmp_path, CANVAS)
    assert ada == Person("Lovelace, Ada", "101", "alove", "S1", "Lab A")
    assert jorg.key == "jorg" and len(people(tmp_path, CANVAS)) == 4
    ada, _ = people(tmp_path, "\ufeff" + MOODLE)
    assert (ada.id, ada.email, ada.sis) == ("31", "ada@example.org", "S1")
    (one,) = people(tmp_path, "First Name\tLast Name\tSID\tStatus\nAda\tLovelace\t7\tdropped\n")
    assert one == Person(name="Ada Lovelace", sis="7", left=True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ":1: no column of a roster is named here"),
        ("points,remark\n1,2\n", ":1: no column of a roster is named here"),
        ("login,name\na,A\nb,B\na,C\n", ":4: login a is that of line 2, too"),
    ],
)
def test_what_is_no_roster_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(RosterError, match=f"{told}"):
        people(tmp_path, text)


@pytest.mark.parametrize(
    ("id", "who", "login"),
    [
        ("lovelaceada", [{"name": "lovelaceada", "id": "101"}], "alove"),
        ("Ada Lovelace", [{"name": "Ada Lovelace", "id": "31"}], "alove"),
        ("müllerlüdenscheidtjörg", [{"name": "müllerlüdenscheidtjörg", "id": "9"}], "jorg"),
        ("Lab A-Jörg Müller-Lüdenscheidt", [], "jorg"),
        ("x", [{"name": "A. L.", "sid": "s1"}], "alove"),
        ("ALOVE", [], "alove"),
        ("S3", [], "dan"),
        ("104", [], "dstone"),
        ("dan", [], "dan"),
        ("Dan", [{"name": "Grace Hopper", "id": "104"}], "dan"),
    ],
)
def test_a_submission_finds_its_person(
    tmp_path: Path, id: str, who: list[dict[str, str]], login: str
) -> None:
    assert [one.login for one in Roster(people(tmp_path, CANVAS)).whose(id, who)] == [login]


def test_nobody_is_found_where_several_may_be_meant(tmp_path: Path) -> None:
    twins = Roster(people(tmp_path, "login,name\na,Ann Lee\nb,Ann Lee\n"))
    assert twins.whose("Ann Lee", []) == () and twins.whose("who", []) == ()
    group = Roster(people(tmp_path, "login,group\na,Team 1\nb,Team 1\nc,Team 2\n"))
    assert [one.login for one in group.whose("team 1", [])] == ["a", "b"]


def test_who_is_in_the_roster_no_more_has_left(tmp_path: Path) -> None:
    before = people(tmp_path, "login\na\nb\n")
    now = joined(before, people(tmp_path, "login\nb\nc\n"))
    assert [(one.login, one.left) for one in now] == [("b", False), ("c", False), ("a", True)]


def test_a_roster_with_other_columns_has_the_same_people(tmp_path: Path) -> None:
    before = people(tmp_path, "login,id,name\na,1,Ann Bee\nb,2,Bob Stone\nc,3,Cyd Ray\n")
    now = joined(before, people(tmp_path, 'id,name\n1,"Bee, Ann"\n3,Dan Eel\n'))
    assert [(one.id, one.left) for one in now] == [
        *(("1", False), ("3", False)),  # a number of another platform's
        *(("2", True), ("3", True)),
    ]


def canvas(*options: str) -> list[list[str]]:
    arguments = ["export", "canvas", "--from", "marks", "-o", "c.csv", "--assignment", "HW 1"]
    assert main([*arguments, *options]) == 0
    return list(csv.reader(Path("c.csv").read_text().splitlines()))


@pytest.fixture
def rostered(class_: Path) -> Path:
    rows: tuple[tuple[str, ...], ...]
    rows = ("Bee, Ann", "1", "S1", "ann", "A"), ("Stone, Bob", "2", "S2", "bob", "A")
    rows += (("Ray, Cyd", "3", "S3", "cyd", "B"), ("Eel, Eve", "5", "S5", "eve", "B"))
    with open("roster.csv", "w", newline="") as file:
        head = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
        csv.writer(file).writerows([head, *rows])
    assert grade("--roster", "roster.csv", "--vary", "none") == 0
    return class_


def test_grade_says_who_is_on_no_roster_and_who_has_handed_in_nothing(
    rostered: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert grade("--vary", "none") == 0
    told = capsys.readouterr().out
    assert "nobody on the roster: =cyd, dan\n" in told
    assert "nothing handed in: Ray, Cyd, Eel, Eve\n" in told


def test_canvas_has_the_rosters_rows_and_names_who_is_not_on_it(
    rostered: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head, points, *rows = canvas("--round", "1")
    assert head == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "HW 1"]
    assert points[5] == "6.0"
    assert rows == [
        ["Bee, Ann", "1", "S1", "ann", "A", "6.0"],
        ["Stone, Bob", "2", "S2", "bob", "A", "5.0"],
        ["Ray, Cyd", "3", "S3", "cyd", "B", ""],
        ["Eel, Eve", "5", "S5", "eve", "B", ""],
    ]
    assert "left out, nobody on the roster: =cyd, dan" in capsys.readouterr().out


def test_who_has_left_the_course_is_told_and_left_out(
    rostered: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("roster.csv").write_text("login,name\nbob,Bob Stone\n")
    assert grade("--roster", "roster.csv", "--vary", "none") == 0
    assert [row[3] for row in canvas()[2:]] == ["bob"]
    told = capsys.readouterr().out
    assert "in the course no more (--withdrawn takes them, too): Bee, Ann; " in told.replace(
        ", Ray", "; Ray"
    )
    assert [row[3] for row in canvas("--withdrawn")[2:]] == ["bob", "ann", "cyd", "eve"]


def test_of_several_attempts_of_one_person_one_counts(class_: Path) -> None:
    """The better one came late."""
    for file in (class_ / "submissions").iterdir():
        file.unlink() if file.is_file() else file.rename(class_ / "away")
    names = "stonebob_102_5001_engine.py", "stonebob_LATE_102_5002_engine-1.py"
    texts = HONEST, HONEST.replace("else 0.0", "else self.data")
    for name, text in zip(names, texts, strict=True):
        (class_ / "submissions" / name).write_text(text)
    points = {}
    for rule in ("latest", "best", "last before due"):
        assert grade("--vary", "none", "--counts", rule) == 0
        points[rule] = [row[5] for row in canvas()[2:]]
    assert points == {"latest": ["6.0"], "best": ["6.0"], "last before due": ["4.5"]}


def test_a_roster_that_is_none_stops_the_run(
    class_: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("roster.csv").write_text("points\n1\n")
    assert grade("--roster", "roster.csv") == COULD_NOT_RUN
    assert "roster.csv:1: no column of a roster" in capsys.readouterr().err
