"""What grading a class costs: `python tests/benchmarks/grading.py --submissions 1000`.

Submissions are varied: good engines, engines with a mistake, engines that lack most operations,
and, one in twenty (`--hostile`), any attack there is. The suite has 100 cases (`--cases`). Prints,
for each of `--vary`, submissions a second, the memory of the process that grades and of all it has
started, the gradebook's size, how many submissions have a result, and how many processes are left;
then, for a few, plain `pytest` on the same cases, and otter-grader with a test for each case
(`--otter VENV`: a virtual environment in which `pip install otter-grader ipykernel` was run).
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ZOO = ROOT / "tests/zoo"
ATTACKS = sorted((ROOT / "tests/attacks/submissions").glob("*.py"))


def hand_in(folder: Path, count: int, hostile: int) -> None:
    """``count`` submissions, no two alike, one in ``hostile`` an attack."""
    chance = random.Random(1)
    good = [(ZOO / f"{name}.py").read_text() for name in ("scalars", "arrays", "rules", "classes")]
    honest = (ROOT / "tests/attacks/honest.py").read_text()
    for number in range(count):
        if number % hostile == 0:
            place = folder / f"s{number:05}"
            place.mkdir()
            (place / "honest.py").write_text(honest)
            text = chance.choice(ATTACKS).read_text()
            place /= "engine.py"
        else:
            text = chance.choice([*good, honest])
            signs = [i for i, sign in enumerate(text) if text[i : i + 3] in (" * ", " + ", " - ")]
            if number % 3 == 0:
                at = chance.choice(signs)
                text = f"{text[: at + 1]}{chance.choice('+-*')}{text[at + 2 :]}"
            place = folder / f"s{number:05}.py"
        place.write_text(f"{text}\n# {number}\n")


def choose(folder: Path, count: int) -> None:
    """So many cases of all kinds, with their snapshots."""
    short = [p for p in sorted((ROOT / "cases").rglob("*.yaml")) if p.stat().st_size < 900]
    short = [path for path in short if "deep" not in path.name and "chain" not in path.name]
    for path in random.Random(2).sample(short, count):
        place = folder / path.parent.name
        place.mkdir(exist_ok=True, parents=True)
        shutil.copy(path, place)
        shutil.copytree(path.with_suffix(""), place / path.stem)


OTTER_TEST = """\
OK_FORMAT = False
from otter.test_files import test_case
name, points = "{name}", 1

@test_case()
def test_it(env):
    from pathlib import Path
    from harness.engines.loading import load
    from harness.judging.examination import examine
    from harness.judging.oracle import Oracle
    from harness.language import case
    if "engine" not in env:
        env["engine"] = load(str(next(Path(".").glob("s*.py"))))
    path = Path("{path}")
    found = case.load(path, path.name, path.parent)
    assert examine(env["engine"], found, Oracle('recorded').truth(found)).passed
"""


def otter(venv: Path, folder: Path, chosen: list[Path], environment: dict[str, str]) -> float:
    """Seconds that otter-grader takes for one submission: `otter run`, without a container."""
    (folder / "tests").mkdir()
    for number, path in enumerate(sorted((folder / "cases").rglob("*.yaml"))):
        text = OTTER_TEST.format(name=f"q{number:03}", path=path)
        (folder / "tests" / f"q{number:03}.py").write_text(text)
    environment = {**environment, "JUPYTER_PATH": str(venv / "share/jupyter")}
    program = str(venv / "bin/otter")

    def run(*words: str) -> None:
        subprocess.run(
            [program, *words], cwd=folder, env=environment, capture_output=True, check=True
        )

    run("generate", "-t", "tests", "-o", "autograder.zip")
    (folder / "graded").mkdir()
    begin = time.perf_counter()
    for path in chosen:
        run("run", str(path), "-a", "autograder.zip", "-o", "graded", "--no-logo")
    return (time.perf_counter() - begin) / len(chosen)


def memory(pid: int) -> Iterator[tuple[int, int]]:
    """Bytes of a process, and of all below it, now."""
    parents: dict[int, int] = {}
    sizes: dict[int, int] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                fields = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
                pages = int(Path(f"/proc/{name}/statm").read_text().split()[1])
            except OSError:
                continue
            parents[int(name)], sizes[int(name)] = int(fields[1]), pages * 4096

    def below(one: int) -> bool:
        while one > 1 and one != pid:
            one = parents.get(one, 0)
        return one == pid

    yield sizes.get(pid, 0), sum(size for one, size in sizes.items() if below(one))


def grade(folder: Path, vary: str, count: int, cases: int, environment: dict[str, str]) -> None:
    """Grades the class in a folder, and prints what that took."""
    command = [sys.executable, "-m", "harness", "grade", "class", "--out", vary]
    command += ["--cases", "cases", "--oracle", "recorded", "--vary", vary]
    begin = time.perf_counter()
    running = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    seen: list[tuple[int, int]] = []

    def watch() -> None:
        while running.poll() is None:
            seen.extend(memory(running.pid))
            time.sleep(1.0)

    thread = threading.Thread(target=watch)
    thread.start()
    status = running.wait()
    seconds = time.perf_counter() - begin
    thread.join()
    print(
        f"{count} submissions, {cases} cases, --vary {vary}: {seconds:.1f} s, "
        f"{count / seconds:.1f} a second, exit status {status}"
    )
    for part in (0.1, 0.5, 0.9):
        own, every = seen[int(part * (len(seen) - 1))]
        print(f"  memory at {part:.0%}: {own / 1e6:.0f} MB, with all it runs {every / 1e6:.0f} MB")
    print(f"  most memory of all together: {max(every for _, every in seen) / 1e6:.0f} MB")
    book = folder / vary / "gradebook.sqlite"
    size = book.stat().st_size
    print(f"  gradebook: {size / 1e6:.1f} MB, {size / count / 1e3:.1f} kB each")
    rows = sqlite3.connect(book).execute("SELECT status, count(*) FROM result GROUP BY status")
    print("  results: " + ", ".join(f"{found} {what}" for what, found in rows))
    print(f"  processes left: {len(list(left()))}", flush=True)


def left() -> Iterator[int]:
    """Processes of the grader's that are still there."""
    for name in os.listdir("/proc"):
        try:
            if name.isdigit() and b"harness.grading" in Path(f"/proc/{name}/cmdline").read_bytes():
                yield int(name)
        except OSError:
            continue


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--submissions", type=int, default=1000)
    parser.add_argument("--cases", type=int, default=100)
    parser.add_argument("--hostile", type=int, default=20, help="one in so many is an attack")
    parser.add_argument("--vary", nargs="+", default=["none", "class", "each"])
    parser.add_argument("--beside", type=int, default=5, help="how many are run by others, too")
    parser.add_argument("--otter", type=Path, metavar="VENV", help="where otter-grader is")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "class").mkdir()
        hand_in(folder / "class", given.submissions, given.hostile)
        choose(folder / "cases", given.cases)
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        for vary in given.vary:
            grade(folder, vary, given.submissions, given.cases, environment)
        engines = sorted((folder / "class").glob("s*.py"))
        chosen = engines[: given.beside]
        begin = time.perf_counter()
        for path in chosen:
            subprocess.run(
                [
                    *(sys.executable, "-m", "pytest", "-q", "--engine", str(path)),
                    *("--oracle=recorded", "-p", "no:cacheprovider", "-c", "/dev/null"),
                    *("--rootdir", ".", "-o", "case_paths=cases", "cases"),
                ],
                cwd=folder,
                env=environment,
                stdout=subprocess.DEVNULL,
            )
        each = (time.perf_counter() - begin) / given.beside
        print(f"  plain pytest, one at a time, no sandbox: {1 / each:.2f} a second")
        if given.otter is not None:
            each = otter(given.otter.absolute(), folder, chosen, environment)
            print(f"  otter-grader, one at a time, no sandbox: {1 / each:.2f} a second")
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(f"  processor time of all: {children.ru_utime + children.ru_stime:.0f} s")


if __name__ == "__main__":
    main()
