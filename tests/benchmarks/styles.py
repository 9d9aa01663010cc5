"""How engines of many styles are judged, with mistakes made in them by program, and without any.

`python tests/benchmarks/styles.py` tries every mutant of every style of tests/styles/engines;
`--heldout` takes those that the diagnosis was written without, `--survivors` asks only whether
each is caught, in a tenth of the time, and `--minimal` whether by what the smallest engine that can
have the mistake can run. Of each: is it *caught* (a case
fails), *located* (the first finding has its operation and direction), *named* (by a code that the
way it was made allows), and is it *alone* (nothing else is said, conventions left out). What no
case tells, and no random program, is *equal*: it is left out of the counts. At the end stands
what survived, was misplaced, misnamed or not alone.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from styles.equal import agrees, proofs  # noqa: E402
from styles.keeper import HELDOUT, STYLES, Told, ground, is_caught, judged, look, of_style  # noqa: E402
from styles.mutations import Mutant  # noqa: E402

from harness.engines.clock import OutOfTime  # noqa: E402

MEMORY = 6 << 30
PROGRAMS = 2000
CORRECT = ROOT / "tests" / "zoo" / "correct"
VERDICTS = ("caught", "located", "named", "alone")


def tried(job: tuple[Path, str, int, bool, bool]) -> dict[str, Any]:
    """What was said of one mutant, as plain data; or only whether it is caught."""
    path, name, programs, briefly, minimal = job
    mutant = of_style(path)[name]
    row = {
        "style": path.stem,
        "name": name,
        "kind": mutant.kind,
        **{key: value for key, value in asdict(mutant.label).items() if key != "codes"},
        "codes": sorted(mutant.label.codes),
    }
    if name in proofs().get(path.stem, {}):
        return {**row, "equal": True, "seconds": 0.0}
    with tempfile.TemporaryDirectory() as folder:
        try:
            if briefly and is_caught(path, mutant, Path(folder), minimal):
                return {**row, **dict.fromkeys(VERDICTS, True), "equal": False, "seconds": 0.0}
            if minimal:
                equal = agrees(path, mutant, Path(folder), programs, minimal)
                return {**row, **dict.fromkeys(VERDICTS, False), "equal": equal, "seconds": 0.0}
            told = look(path, mutant, Path(folder))
        except (Exception, OutOfTime) as error:
            return {**row, **_refused(mutant, error)}
        equal = not told.caught and agrees(path, mutant, Path(folder), programs)
    return {**row, **_summary(mutant, told), "equal": equal}


def _refused(mutant: Mutant, error: BaseException) -> dict[str, Any]:
    """An engine that cannot be judged: told as it should be where it cannot be loaded at all, so
    that nobody takes it for a right one; else what stopped its judge speaks for none of it."""
    try:
        exec(compile(mutant.text, "mutant", "exec"), {"__name__": "mutant"})
        loads = True
    except Exception:
        loads = False
    said = f"not judged: {type(error).__name__}: {error}"
    return {**dict.fromkeys(VERDICTS, not loads), "equal": False, "seconds": 0.0, "said": [said]}


def _summary(mutant: Mutant, told: Told) -> dict[str, Any]:
    label = mutant.label
    return {
        "caught": told.caught,
        "located": told.placed(label),
        "named": told.named(label),
        "alone": told.placed(label) and told.only(label),
        "seconds": told.seconds,
        "endless": told.endless,
        "said": [
            f"{one['op']} {one['direction']} {one['code']} ({len(one['cases'])}): {one['message']}"
            for one in told.findings
        ],
    }


def rows(paths: list[Path], given: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Every chosen mutant of some styles, style by style."""
    limit = (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1])
    for path in paths:
        names = list(of_style(path))
        if given.sample:
            names = sorted(random.Random(f"{given.seed} {path.stem}").sample(names, given.sample))
        ground(path)
        brief = given.survivors or given.minimal
        jobs = [(path, name, given.programs, brief, given.minimal) for name in names]
        with ProcessPoolExecutor(
            given.jobs,
            multiprocessing.get_context("fork"),
            resource.setrlimit,
            (resource.RLIMIT_AS, limit),
        ) as pool:
            yield from pool.map(tried, jobs)


def correct(paths: list[Path]) -> None:
    """Prints what is said against right engines: nothing but conventions."""
    blamed = 0
    for path in [*paths, *sorted(CORRECT.glob("*.py"))]:
        right = ground(path)
        told = judged(path, right, set())
        blamed += bool(told.against)
        for one in told.against:
            print(f"  {path.stem}: {one['op']} {one['direction']} {one['code']}: {one['message']}")
    print(f"{len(paths) + len(list(CORRECT.glob('*.py')))} right engines, {blamed} accused\n")


def table(found: list[dict[str, Any]]) -> None:
    """Prints the shares by style."""
    print(
        f"{'style':18}{'mutants':>8}{'equal':>7}" + "".join(f"{one:>9}" for one in VERDICTS), end=""
    )
    print(f"{'seconds':>9}")
    styles = list(dict.fromkeys(row["style"] for row in found))
    for style in [*styles, "all"]:
        own = [row for row in found if style in ("all", row["style"])]
        told = [row for row in own if not row["equal"]]
        shares = [sum(row[one] for row in told) / max(len(told), 1) for one in VERDICTS]
        mean = sum(row["seconds"] for row in own) / max(len(own), 1)
        print(f"{style:18}{len(own):8}{len(own) - len(told):7}", end="")
        print("".join(f"{share:9.1%}" for share in shares), f"{mean:8.1f}")


def lists(found: list[dict[str, Any]]) -> None:
    """Prints what survived, was misplaced, misnamed or not alone: which kinds, and each."""
    told = [row for row in found if not row["equal"]]
    groups = {
        "survived": [row for row in told if not row["caught"]],
        "misplaced": [row for row in told if row["caught"] and not row["located"]],
        "misnamed": [row for row in told if row["located"] and not row["named"]],
        "not alone": [row for row in told if row["located"] and not row["alone"]],
        "equal": [row for row in found if row["equal"]],
    }
    for group, members in groups.items():
        kinds = Counter(row["kind"] for row in members).most_common()
        print(f"\n{group}: {len(members)}", ", ".join(f"{kind} {n}" for kind, n in kinds))
        for row in members:
            print(f"  {row['style']}: {row['name']}  [{row['kind']}: {', '.join(row['codes'])}]")
            for said in row.get("said", ())[:3]:
                print(f"      {said}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--style", action="append", help="only this one; may be repeated")
    parser.add_argument("--heldout", action="store_true", help="the styles held out")
    parser.add_argument("--survivors", action="store_true", help="only whether each is caught")
    parser.add_argument(
        "--minimal",
        action="store_true",
        help="only whether each is caught by a case that takes no operation but that one, + and *",
    )
    parser.add_argument("--sample", type=int, metavar="N", help="so many mutants of each style")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--programs", type=int, default=PROGRAMS, help="random ones, for survivors")
    parser.add_argument("--rows", type=Path, help="add each mutant's result to a file, a line each")
    given = parser.parse_args()
    every = HELDOUT if given.heldout else STYLES
    paths = [path for name, path in every.items() if name in (given.style or every)]
    start = time.perf_counter()
    if not given.style:
        correct(list({**STYLES, **HELDOUT}.values()))
    found = []
    for row in rows(paths, given):
        found.append(row)
        if given.rows:
            with given.rows.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
        if sys.stderr.isatty():
            print(f"\r{len(found)} {row['style']:20}", end="", file=sys.stderr)
        elif len(found) % 50 == 0:
            print(len(found), row["style"], file=sys.stderr, flush=True)
    table(found)
    lists(found)
    print(f"\n{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
