"""The plugin among other plugins, in other people's projects, and from other folders."""

from __future__ import annotations

import os
import re
import sys

import pytest
from pytest_plugin.projects import GOOD, PRODUCT, Project
from sweeps import long

pytest_plugins = ["pytester"]

WRONG = GOOD.replace("(other, self.data)", "(other, -self.data)")


@pytest.fixture
def project(project: Project) -> Project:
    """With an engine that has a mistake."""
    project.write("mine.py", WRONG)
    return project


# -- other people's projects -----------------------------------------------------------------------

FOREIGN = "services:\n  db: {image: postgres}\ninputs: [a, b]\n"


def test_a_foreign_projects_yaml_is_left_alone(pytester: pytest.Pytester) -> None:
    for name in ("cases/x.yaml", "cases/sub/forward.yml", "x.yaml"):
        path = pytester.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(FOREIGN)
    pytester.makepyfile("def test_something():\n    pass\n")
    for arguments in ([], ["."], ["cases", "."]):
        run = pytester.runpytest_inprocess(*arguments)
        run.assert_outcomes(passed=1)
        assert "engine:" not in run.stdout.str()


def test_an_unrelated_run_imports_nothing_of_the_harness(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        "import sys\n\n"
        "def test_something():\n"
        "    found = {name for name in sys.modules if name.partition('.')[0] == 'harness'}\n"
        "    own = {'', '.bundled', '.configuration', '.files', '.languages', '.pytest_plugin'}\n"
        "    own |= {f'.pytest_plugin.{name}' for name in ('files', 'options', 'state', 'words')}\n"
        "    assert found == {f'harness{name}' for name in own}\n"
        "    assert 'numpy' not in sys.modules and 'yaml' not in sys.modules\n"
    )
    command = ["-p", "no:hypothesispytest", "-p", "no:regressions", "-p", "no:xdist"]
    pytester.runpytest_subprocess(*command).assert_outcomes(passed=1)


def test_short_options_are_left_to_whoever_else_has_them(project: Project) -> None:
    project.recorded().write(
        "conftest.py",
        """
        def pytest_addoption(parser):
            parser.addoption("--engine", default="none")
            parser.addoption("--oracle", action="store_true")
        """,
    )
    project.write(
        "test_database.py",
        "def test_it(request):\n    assert request.config.getoption('--engine') == 'postgres'\n",
    )
    run = project.pytester.runpytest_inprocess("test_database.py", "--engine=postgres", "--oracle")
    run.assert_outcomes(passed=1)
    run = project.run("--harness-engine=mine.py", "--engine=postgres", "--harness-oracle=recorded")
    run.assert_outcomes(passed=3, failed=1)


def test_pytests_own_strictness_is_no_wish_for_ours(project: Project) -> None:
    project.recorded().write(
        "cases/basics/log.yaml", "about: a\ninputs: {x: 1}\nexpr: sigmoid(x)\n"
    )
    project.write("mine.py", GOOD)
    run = project.run("--engine=mine.py", "-o", "strict=true")
    run.assert_outcomes(passed=4, skipped=2)
    project.run("--engine=mine.py", "--harness-strict").assert_outcomes(passed=4, failed=2)


def test_a_fixture_may_ask_for_its_module(project: Project) -> None:
    project.recorded().write(
        "conftest.py",
        """
        import pytest

        @pytest.fixture(autouse=True)
        def named(request):
            assert request.module.__name__
            assert request.cls is None and request.path
        """,
    )
    project.run().assert_outcomes(passed=4)


# -- places ----------------------------------------------------------------------------------------


def test_ids_as_they_are_printed_can_be_pasted_back(project: Project) -> None:
    listed = project.recorded().run("-v").outlines
    ids = [line.split()[0] for line in listed if "PASSED" in line]
    assert ids[0] == "cases/basics/total.yaml::forward" or "::" in ids[0]
    assert len(ids) == 4
    project.pytester.runpytest_inprocess(*ids).assert_outcomes(passed=4)


def test_an_older_pytest_is_told_in_one_line(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pytest, "version_tuple", (8, 3, 0))
    run = project.run()
    run.stdout.fnmatch_lines(["*cases need pytest 9.1 or newer, and this is pytest *pip install*"])
    assert "INTERNALERROR" not in run.stdout.str()


def test_tags_are_listed_as_markers(project: Project) -> None:
    run = project.pytester.runpytest_inprocess("--markers")
    run.stdout.fnmatch_lines(["@pytest.mark.product: cases with this tag"])
    project.pytester.makeini("[pytest]\n")
    run = project.pytester.runpytest_inprocess("--markers")
    assert "cases with this tag" not in run.stdout.str()


def test_an_item_has_the_line_of_its_expression(project: Project) -> None:
    project.recorded().write(
        "conftest.py",
        """
        def pytest_collection_finish(session):
            for item in session.items:
                print("PLACE", *item.location[:2])
        """,
    )
    lines = [line for line in project.run("-q", "-s").outlines if line.startswith("PLACE")]
    assert sorted(set(lines)) == [
        "PLACE cases/basics/product.yaml 5",
        "PLACE cases/basics/total.yaml 3",
    ]


def test_a_skip_points_to_the_case_and_is_told_once(project: Project) -> None:
    for name in ("one", "two"):
        project.write(f"cases/{name}.yaml", "about: a\ninputs: {x: 1}\nexpr: sigmoid(x)\n")
    run = project.run("--engine=mine.py", "-rs", "--junitxml=out.xml")
    run.stdout.fnmatch_lines(["SKIPPED [[]4] cases: unsupported: the engine has no sigmoid"])
    assert "pytest_plugin" not in run.stdout.str()
    text = (project.pytester.path / "out.xml").read_text()
    assert "cases/one.yaml:3: " in text and "pytest_plugin" not in text


def test_a_debugger_stops_in_the_engine(project: Project) -> None:
    project.write(
        "recorder.py",
        """
        import pdb

        class Recorder(pdb.Pdb):
            def interaction(self, frame, traceback):
                traceback = getattr(traceback, "__traceback__", traceback)
                while traceback.tb_next is not None:
                    traceback = traceback.tb_next
                code = traceback.tb_frame.f_code
                print("STOPPED IN", code.co_filename.rpartition("/")[2], code.co_name)
        """,
    )
    project.pytester.syspathinsert()
    project.write("mine.py", GOOD.replace("self.data * other.data,", "self.data / 0,"))
    run = project.run("--engine=mine.py", "--pdb", "--pdbcls=recorder:Recorder")
    assert "STOPPED IN mine.py __mul__" in run.stdout.str()
    assert "STOPPED IN items.py" not in run.stdout.str()


@pytest.mark.parametrize("arguments", [["cases"], ["--builtin"], ["../project/cases/basics"]])
def test_the_built_in_suite_is_there_wherever_pytest_is_started(
    project: Project, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = project.pytester.path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    if arguments[0].startswith(".."):
        arguments = [os.path.join("..", "cases")]
    engine = ["--engine", "../mine.py", "-k", "x_times_x or product"]
    run = project.pytester.runpytest_inprocess("-p", "no:cacheprovider", *arguments, *engine)
    assert run.ret == pytest.ExitCode.TESTS_FAILED
    rerun = re.search(r"rerun: pytest (\S+) --engine \.\./mine\.py", run.stdout.str())
    assert rerun is not None
    run = project.pytester.runpytest_inprocess(rerun[1], "--engine", "../mine.py")
    run.assert_outcomes(failed=1)


@pytest.mark.parametrize("place", ["mine", "mine/empty.yaml", "alone/empty.yaml"])
@pytest.mark.parametrize("text", ["", "# to be written\n\n"])
def test_an_empty_file_that_is_named_or_lies_beside_a_case_is_told(
    project: Project, place: str, text: str
) -> None:
    project.write("mine/a.yaml", PRODUCT)
    for folder in ("mine", "alone"):
        project.write(f"{folder}/empty.yaml", text)
    run = project.pytester.runpytest_inprocess(place)
    run.stdout.fnmatch_lines(["*/empty.yaml:1:1: the file is empty: *"])
    assert run.parseoutcomes()["errors"] == 1


def test_an_empty_file_of_another_kind_is_left_alone(project: Project) -> None:
    project.write("alone/empty.yaml", "")
    project.write("alone/conf.yaml", "a: 1\n")
    run = project.pytester.runpytest_inprocess("alone")
    assert run.ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_where_no_case_is_collected_it_is_said_why(project: Project) -> None:
    (project.pytester.path / "empty").mkdir()
    project.write("conf.yaml", "a: 1\n")
    for arguments in (["empty", "--engine=mine.py"], ["conf.yaml"]):
        run = project.pytester.runpytest_inprocess(*arguments)
        assert run.ret in (pytest.ExitCode.NO_TESTS_COLLECTED, pytest.ExitCode.USAGE_ERROR)
        run.stdout.fnmatch_lines(["No case was collected. rootdir: *", "*pytest --builtin*"])
    run.stdout.fnmatch_lines(["*conf.yaml: it has not the keys of a case*"])


def test_an_engine_elsewhere_does_not_hide_the_cases(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """pytest takes the engine's path for one to be tested, and may choose another root."""
    other = tmp_path_factory.mktemp("other") / "engine.py"
    other.write_text(WRONG)
    run = project.pytester.runpytest_inprocess("cases", "--engine", str(other))
    run.assert_outcomes(passed=3, failed=1)


def test_a_built_in_case_keeps_its_id_beside_an_engine_elsewhere(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other") / "engine.py"
    other.write_text(WRONG)
    run = project.pytester.runpytest_inprocess(
        "cases/scalars/multiply.yaml", "--engine", str(other)
    )
    run.stdout.fnmatch_lines(["FAILED cases/scalars/multiply.yaml::backward*"])


def test_a_copied_case_takes_the_place_of_the_built_in_one(project: Project) -> None:
    project.write("cases/scalars/x_times_x.yaml", "about: a\ninputs: {x: 1}\nexpr: x + x\n")
    run = project.pytester.runpytest_inprocess(
        "cases", "--builtin", "--engine=mine.py", "-k", "x_times_x or x_plus_x"
    )
    run.assert_outcomes(passed=4)


# -- order, and other plugins ----------------------------------------------------------------------


def test_stepwise_goes_on_in_the_order_of_the_climb(project: Project) -> None:
    project.write("cases/a/long.yaml", "about: a\ninputs: {x: 2, y: 3}\nexpr: x * y + x * x + y\n")
    run = project.pytester.runpytest_inprocess
    run("cases", "--engine=mine.py", "--sw").assert_outcomes(passed=3, failed=1)
    run("cases", "--engine=mine.py", "--sw").assert_outcomes(failed=1, deselected=3)
    project.write("mine.py", GOOD)
    run("cases", "--engine=mine.py", "--sw").assert_outcomes(passed=3, deselected=3)


def test_another_order_is_told(project: Project) -> None:
    reverse = "def pytest_collection_modifyitems(items):\n    items.reverse()\n"
    project.recorded().write("conftest.py", reverse)
    project.run().stdout.fnmatch_lines(["cases: in another plugin's order, and not from easy*"])
    project.write("conftest.py", "")
    assert "another plugin" not in project.run().stdout.str()


@long
def test_diagnoses_are_the_same_in_parallel(project: Project) -> None:
    pytest.importorskip("xdist")
    for number, text in enumerate(("x * y", "x * x", "x * y + x", "y * x * x", "x + y * y")):
        case = f"about: a\ninputs: {{x: 2.5, y: 3}}\nexpr: {text}\n"
        project.write(f"cases/many/case_{number}.yaml", case)
    told = []
    for options in ([], ["-n", "2"]):
        command = [sys.executable, "-m", "pytest", "cases", "--engine", "mine.py", *options]
        output = project.pytester.run(*command).stdout.str()
        told.append(output[output.index("explains all") :].partition("short test summary")[0])
    assert told[0] == told[1] and "wrong-sign" in told[0]


def test_a_snapshot_that_cannot_be_written_is_told(project: Project) -> None:
    project.write("cases/basics/product", "in the way")
    run = project.run()
    run.stdout.fnmatch_lines(["*cannot record cases/basics/product/forward.yml: *"])
    assert "Traceback" not in run.stdout.str() and "INTERNALERROR" not in run.stdout.str()


PLUGINS: tuple[tuple[str, list[str]], ...] = (
    ("pytest-randomly", []),
    ("pytest-timeout", ["--timeout=300"]),
    ("pytest-sugar", []),
    ("pytest-html", ["--html=report.html", "--self-contained-html"]),
    ("pytest-json-report", ["--json-report"]),
    ("pytest-cov", ["--cov=mine"]),
    ("pytest-rerunfailures", ["--reruns=1"]),
    ("pytest-split", ["--splits=2", "--group=1"]),
    ("syrupy", []),
)


@pytest.mark.slow
@pytest.mark.parametrize(("plugin", "options"), PLUGINS)
def test_it_lives_with_other_plugins(
    project: Project, plugin: str, options: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Installed beside the harness from the package index, and used in one run."""
    place = tmp_path_factory.mktemp("plugin")
    command = [sys.executable, "-m", "pip", "install", "-q", "--target", str(place), plugin]
    project.pytester.run(*command)
    project.pytester._monkeypatch.setenv("PYTHONPATH", str(place))
    command = [sys.executable, "-m", "pytest", "cases", "--engine", "mine.py", *options]
    run = project.pytester.run(*command)
    output = run.stdout.str() + run.stderr.str()
    assert "INTERNALERROR" not in output and "Traceback" not in output, output
    assert run.ret == pytest.ExitCode.TESTS_FAILED or plugin == "pytest-split", output
