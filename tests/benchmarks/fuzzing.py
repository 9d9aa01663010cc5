"""What fuzzing finds, how quickly, and how often it cries wolf.

python tests/benchmarks/fuzzing.py zoo      # broken engines: found within 10 s, and how small
python tests/benchmarks/fuzzing.py correct  # right engines: nothing to be found
python tests/benchmarks/fuzzing.py alarms   # torch in another order, minigrad by torch, and back
python tests/benchmarks/fuzzing.py speed    # programs a second, and where the time goes
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import statistics
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from respelt import RespeltTorch  # noqa: E402
from zoo.keeper import STYLES, ZOO, mistakes, text_of  # noqa: E402

from harness.engines.engine import Engine  # noqa: E402
from harness.engines.loading import load  # noqa: E402
from harness.engines.trace import Trace, Undefined  # noqa: E402
from harness.judging.wording import sentence  # noqa: E402
from harness.language.writing import case_text  # noqa: E402
from harness.search.fuzzer import Fuzzer, menu_of  # noqa: E402
from harness.vocabulary.program import Program  # noqa: E402


def one(job: tuple[str, int, float, int]) -> tuple[str, float, int, str, int]:
    """The first mistake found in an engine: seconds, steps, what is said of it, programs."""
    path, seed, seconds, order = job
    engine = load(path)
    begin = time.perf_counter()
    fuzzer = Fuzzer(engine, menu_of(engine, order=order), seed, path)
    for found in fuzzer.run(seconds):
        finding = fuzzer.findings()[0]
        told = f"{finding.op} {finding.direction} {finding.code}"
        spent = time.perf_counter() - begin
        return path, spent, len(found.program.steps), told, fuzzer.counts.programs
    return path, time.perf_counter() - begin, 0, "", fuzzer.counts.programs


def zoo(given: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(given.jobs) as pool:
        jobs, wanted = [], {}
        for style in STYLES:
            for mistake in mistakes(style):
                if given.only and given.only not in mistake.name:
                    continue
                path = Path(folder) / f"{style}_{mistake.name}.py"
                path.write_text(mistake.made_in(text_of(style)), encoding="utf-8")
                order = 2 if mistake.direction == "second" else 1
                jobs.append((str(path), given.seed, given.seconds, order))
                wanted[str(path)] = f"{mistake.op} {mistake.direction} {mistake.code}"
        results = []
        for result in pool.map(one, jobs):
            results.append(result)
            path, spent, steps, told, count = result
            name = Path(path).stem
            if told != wanted[path] or steps > 3 or given.all:
                print(
                    f"{name}: {spent:.1f} s, {count} programs, {steps} steps: "
                    f"{told or 'NOT FOUND'} (made: {wanted[path]})",
                    flush=True,
                )
    found = [result for result in results if result[3]]
    if not found:
        print(f"none of {len(results)} found")
        return
    named = sum(result[3] == wanted[result[0]] for result in found)
    steps = [result[2] for result in found]
    print(
        f"{len(found)} of {len(results)} found within {given.seconds:g} s each; {named} named "
        f"right by that one program; median {statistics.median(steps)} steps, "
        f"{sum(n <= 3 for n in steps)} of at most 3, longest {max(steps)}; "
        f"median {statistics.median(r[1] for r in found):.1f} s until shrunk"
    )


def correct(given: argparse.Namespace) -> None:
    paths = [*(ZOO / "correct").glob("*.py"), *(ZOO / f"{style}.py" for style in STYLES)]
    for path in sorted(paths):
        engine = load(str(path))
        fuzzer = Fuzzer(engine, menu_of(engine), given.seed, str(path))
        for found in fuzzer.run(given.seconds):
            print(case_text(sentence(found.symptoms[0].mistakes[0]), found.program))
        print(path.name, fuzzer.counts, flush=True)


MINIGRAD = load("minigrad")


class ByMinigrad(Fuzzer):
    """A search for what an engine has otherwise than minigrad."""

    def truth(self, program: Program) -> Trace:
        torchs, trace = super().truth(program), MINIGRAD.run(program)
        if trace.unsupported or trace.failure:
            raise Undefined(trace.unsupported or str(trace.failure))
        untouched = {name: array for name, array in torchs.gradients.items() if not np.any(array)}
        return replace(trace, gradients={**untouched, **trace.gradients})


def alarms(given: argparse.Namespace) -> None:
    """Right engines that differ from the truth in the order of roundings, or in all but the
    mathematics: whatever is found is a false alarm."""
    pairs: dict[str, tuple[type[Fuzzer], Engine]] = {
        "torch in another order, by torch": (Fuzzer, RespeltTorch()),
        "minigrad, by torch": (Fuzzer, load("minigrad")),
        "torch, by minigrad": (ByMinigrad, load("torch")),
    }
    for name, (search, engine) in pairs.items():
        if given.only not in name:
            continue
        begin = time.perf_counter()
        fuzzer = search(engine, menu_of(engine, order=given.order), given.seed, name)
        for found in fuzzer.run(most=given.programs):
            print(case_text(sentence(found.symptoms[0].mistakes[0]), found.program), flush=True)
        spent = time.perf_counter() - begin
        print(f"{name}: {len(fuzzer.found)} false alarms; {fuzzer.counts} in {spent:.0f} s")


def speed(given: argparse.Namespace) -> None:
    engine = load("minigrad")
    fuzzer = Fuzzer(engine, menu_of(engine), given.seed, "speed")
    begin = time.perf_counter()
    list(fuzzer.run(most=given.programs))
    spent = time.perf_counter() - begin
    print(f"{given.programs / spent:.0f} programs a second, one process")
    fuzzer = Fuzzer(engine, menu_of(engine), given.seed, "speed")
    with cProfile.Profile() as profile:
        list(fuzzer.run(most=given.programs))
    pstats.Stats(profile).sort_stats("cumulative").print_stats(
        r"programs.py:\d+\(build|reference.py:\d+\(evaluate|examination.py:\d+\(examine|"
        r"objects.py:\d+\(run|judge.py:\d+\(judge|core.py:\d+\(find|fuzzer.py:\d+\(tried"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("zoo", "correct", "alarms", "speed"))
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--order", type=int, choices=(1, 2), default=1)
    parser.add_argument("--programs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="")
    parser.add_argument("--all", action="store_true")
    given = parser.parse_args()
    {"zoo": zoo, "correct": correct, "alarms": alarms, "speed": speed}[given.what](given)


if __name__ == "__main__":
    main()
