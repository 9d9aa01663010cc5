"""The wheel is the product: in an empty folder, with nothing else, everything works."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from installed import ROOT, Installed, built_wheel
from sweeps import LONG, long

from harness.cli import main
from harness.grading.formats import kit
from harness.language import suite

ENGINE = """
class Value:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents

    def __add__(self, other):
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        return Value(self.data * other.data, [(self, other.data), (other, -self.data)])

    def backward(self, upstream=1.0):
        self.grad += upstream
        for parent, local in self.parents:
            parent.backward(local * upstream)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_wheel(tmp_path_factory.mktemp("wheel"))


LIGHT = pytest.param("light", marks=LONG)
"""The wheel of a student's kit; what it grades is tested with the autograder's zip, too."""


@pytest.fixture(scope="module", params=["full", LIGHT])
def installed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, wheel: Path
) -> Installed:
    """The wheel, and the one without torch from a student's kit."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "full":
        return Installed.make(folder / "environment", wheel)
    assert main(["export", "student-kit", "-o", str(folder / "kit.zip")]) == 0
    with zipfile.ZipFile(folder / "kit.zip") as archive:
        assert sorted(archive.namelist()) == ["README.md", kit.WHEEL_NAME]
        archive.extractall(folder)
    return Installed.make(folder / "environment", folder / kit.WHEEL_NAME, torch=False)


CASES = len(suite.find(()))
COMMANDS = {
    "harness --version": (0, "harness 0."),
    "harness check my_engine.py": (1, "mul, backward by y: wrong-sign"),
    "harness check my_engine.py --cases cases/scalars --json -": (1, '"code": "wrong-sign"'),
    "harness check peer:minigrad --cases cases/lecture": (0, "3 cases: 3 passed, 0 failed"),
    "harness engines my_engine.py": (0, "engine     ./my_engine.py"),
    "harness cases": (0, "lecture"),
    "harness cases scalars/x_plus_x": (0, "cases/scalars/x_plus_x.yaml"),
    "harness cases lecture --copy mine": (0, "3 cases in mine"),
    "harness check my_engine.py --cases mine": (1, "mine/lecture/product_of_sum.yaml::backward"),
    "harness check my_engine.py --cases builtin --cases mine": (1, f"{CASES + 3:,} cases: "),
    "harness draw lecture/staged -o a.svg": (0, "a.svg"),
    "harness draw lecture/product_of_sum --engine my_engine.py -o b.png": (0, "b.png"),
    "harness listing scalars/x_times_x": (0, "dx += x # Notice +="),
    "harness listing tensors/dot_product": (0, "# backprop f"),
    "harness report --engine my_engine.py --cases cases/scalars -o r.html": (0, "r.html: 72 cases"),
    "harness new own/gated --expr 'x * sigmoid(y)' --input x=3 --input y=-1": (0, "agrees with"),
    "harness check my_engine.py --cases cases/own": (2, "1 unsupported"),
    "harness grade my_engine.py --out marks --cases cases/scalars --allow-weak": (
        0,
        "1 found: 1 graded.",
    ),
    "harness export json --from marks -o marks.json": (0, "marks.json"),
    "harness export pages --from marks --cases cases/scalars -o page.html": (0, "page.html"),
    "harness export gradescope --vary none -o autograder.zip": (0, "autograder.zip"),
    "harness export student-kit -o kit.zip --cases mine": (0, "kit.zip"),
    "pytest --builtin -q -k x_times_x --engine my_engine.py": (1, "1 failed, 1 passed"),
    "pytest cases/scalars/x_times_x.yaml::backward -q --engine my_engine.py": (
        1,
        "rerun: pytest c",
    ),
    "pytest cases/own -q": (0, "2 passed"),
    "pytest mine -q": (0, "6 passed"),
}
"""What is typed in the empty folder, one after the other, with the status and what it says."""


def test_every_command_works_in_an_empty_folder(installed: Installed, tmp_path: Path) -> None:
    (tmp_path / "my_engine.py").write_text(ENGINE)
    for command, (status, told) in COMMANDS.items():
        done = installed.run(*shlex.split(command), cwd=tmp_path)
        assert (done.returncode, told in done.stdout) == (status, True), (
            f"{command}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        )
    json.loads((tmp_path / "marks.json").read_text())


@long
def test_the_search_works_where_torch_is(installed: Installed, tmp_path: Path) -> None:
    (tmp_path / "my_engine.py").write_text(ENGINE)
    command = "harness fuzz --engine my_engine.py --time 5 --seed 1 --ops mul -o found"
    done = installed.run(*shlex.split(command), cwd=tmp_path)
    if "light" in str(installed.folder):
        assert done.returncode == 2
        assert "pip install torch" in done.stderr
    else:
        assert done.returncode == 1, done.stdout + done.stderr
        assert list((tmp_path / "found").glob("*.yaml"))


def test_a_new_case_is_provisional_without_torch(installed: Installed, tmp_path: Path) -> None:
    command = "harness new own/gated --expr 'x * sigmoid(y)' --input x=3 --input y=-1"
    done = installed.run(*shlex.split(command), cwd=tmp_path)
    first = (tmp_path / "cases/own/gated/forward.yml").read_text().splitlines()[0]
    light = "light" in str(installed.folder)
    assert ("provisional" in done.stdout) == light
    assert first.startswith("# provisional, " if light else "# torch 2.")


def test_there_is_one_name_at_the_top_level(wheel: Path) -> None:
    for content in (wheel.read_bytes(), kit.light_wheel()):
        file = wheel.parent / "some.zip"
        file.write_bytes(content)
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
        tops = {name.partition("/")[0] for name in names}
        assert {top for top in tops if not top.endswith(".dist-info")} == {"harness"}
        for needed in (
            "cases/lecture/staged.yaml",
            "cases/lecture/staged/forward.yml",
            "minigrad/tensor.py",
            "engines/peers/micrograd.xfail.yaml",
            "cases/case.schema.json",
            "py.typed",
        ):
            assert f"harness/{needed}" in names
        assert not any("__pycache__" in name for name in names)


def test_the_light_wheel_is_the_same_but_for_torch(wheel: Path, tmp_path: Path) -> None:
    """As the harness makes it that was installed from the wheel."""
    installed = Installed.make(tmp_path / "environment", wheel)
    done = installed.run("harness", "export", "student-kit", "-o", "kit.zip", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / "kit.zip") as archive:
        light = Path(archive.extract(kit.WHEEL_NAME, tmp_path))
    contents = []
    for path in (wheel, light):
        with zipfile.ZipFile(path) as archive:
            contents.append({name: archive.read(name) for name in archive.namelist()})
    full, own = contents
    files = {name for name in full if ".dist-info/" not in name}
    assert files == {name for name in own if ".dist-info/" not in name}
    assert all(full[name] == own[name] for name in files)
    needs = [
        {line for line in content[name].decode().splitlines() if line.startswith("Requires-Dist")}
        for content in contents
        for name in content
        if name.endswith(".dist-info/METADATA")
    ]
    assert {line.split()[1].partition("<")[0] for line in needs[0] - needs[1]} == {"torch"}
    assert not needs[1] - needs[0]


def test_the_wheel_is_the_same_from_the_sdist(wheel: Path, tmp_path: Path) -> None:
    hatchling = pytest.importorskip("hatchling.build")
    pytest.MonkeyPatch().chdir(ROOT)
    name = hatchling.build_sdist(str(tmp_path))
    with tarfile.open(tmp_path / name) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.glob("*/")
    assert (source / "tests/test_installed.py").is_file() and (source / ".ci/run").is_file()
    again = built_wheel(tmp_path / "again", source)
    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(again) as other:
        assert sorted(one.namelist()) == sorted(other.namelist())


@pytest.mark.parametrize("how", ["minigrad/engine.py", "minigrad.engine", "minigrad.engine:Value"])
def test_a_students_own_minigrad_is_never_mixed_up_with_the_model(
    installed: Installed, tmp_path: Path, how: str
) -> None:
    package = tmp_path / "minigrad"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "ops.py").write_text("def product(a, b):\n    return a * b\n")
    (package / "engine.py").write_text(
        ENGINE.replace("self.data * other.data", "ops.product(self.data, other.data)").replace(
            "class Value", "import minigrad.ops as ops\n\n\nclass Value"
        )
    )
    done = installed.run("harness", "check", how, "--cases", "cases/scalars", cwd=tmp_path)
    assert done.stdout.startswith("engine: ./minigrad/engine.py\n")
    assert "wrong-sign" in done.stdout
    case = "cases/scalars/x_times_x.yaml"
    done = installed.run("pytest", "-q", case, "--engine", how, cwd=tmp_path)
    assert "1 failed, 1 passed" in done.stdout
    done = installed.run("pytest", "-q", case, cwd=tmp_path)
    assert "2 passed" in done.stdout


def test_a_local_package_wins_over_an_installed_peer_of_its_name(
    installed: Installed, tmp_path: Path
) -> None:
    (tmp_path / "micrograd").mkdir()
    (tmp_path / "micrograd/__init__.py").write_text(ENGINE)
    done = installed.run("harness", "engines", "micrograd", cwd=tmp_path)
    assert done.stdout.startswith("engine     ./micrograd/__init__.py\n"), done.stderr
    done = installed.run("harness", "engines", "peer:micrograd", cwd=tmp_path)
    assert done.stdout.startswith("engine     micrograd 0."), done.stderr
    done = installed.run("pytest", "cases/scalars", "-q", "--engine", "micrograd", cwd=tmp_path)
    assert "wrong-sign" in done.stdout


def test_an_engines_own_lines_are_told_whatever_its_file_is_called(
    installed: Installed, tmp_path: Path
) -> None:
    """A file that lies beside the package, and whose name begins as the package's, is not ours."""
    engine = installed.site / "harness_engine.py"
    engine.write_text(ENGINE.replace("return Value(self.data + other.data", "1 / 0; (1"))
    case = "cases/scalars/add.yaml"
    done = installed.run("pytest", "-q", case, "--engine", str(engine), cwd=tmp_path)
    assert "harness_engine.py:7: in __add__" in done.stdout


def test_run_from_an_archive_it_says_what_to_do(wheel: Path, tmp_path: Path) -> None:
    code = "import runpy, sys; sys.path.insert(0, sys.argv.pop(1))"
    code = f"{code}; runpy.run_module('harness', run_name='__main__', alter_sys=True)"
    done = subprocess.run(
        [sys.executable, "-c", code, str(wheel), "draw", "lecture/staged", "-o", "a.svg"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "does not run from an archive: pip install it" in done.stderr
