"""What it costs that a failing engine is asked: `python tests/benchmarks/experiments.py`.

Each engine is judged on every case twice, in turn: with the experiments that explain what is wrong,
and without. Of the zoo's mistakes so many of each style are tried; or the engines in the files that
are named. A line each: how many cases fail, seconds of processor time, and how many times as long.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from truths import PATHS, case_at, name_of  # noqa: E402
from zoo.keeper import STYLES, mistakes, text_of  # noqa: E402

from harness.engines.loading import load  # noqa: E402
from harness.judging import examination  # noqa: E402
from harness.judging.oracle import Oracle  # noqa: E402
from harness.judging.precision import examined  # noqa: E402
from harness.judging.result import as_json  # noqa: E402


def judged(path: Path) -> tuple[int, float]:
    """How many cases the engine fails, and the seconds that judging it takes."""
    oracle, cases = Oracle("recorded"), [case_at(path) for path in PATHS]
    asked = [(name_of(case.path), case, oracle.truth(case)) for case in cases]
    begin = time.process_time()
    engine = load(str(path))
    verdicts = [(name, examined(engine, case, truth)) for name, case, truth in asked]
    as_json(path.name, verdicts)
    seconds = time.process_time() - begin
    return sum(verdict.status == "failed" for _, verdict in verdicts), seconds


def engines(sample: int, seed: int, folder: Path) -> Iterator[tuple[str, Path]]:
    """Engines of the zoo with a mistake each."""
    for style in STYLES:
        for one in random.Random(f"{seed} {style}").sample(list(mistakes(style)), sample):
            path = folder / f"{style}.py"
            path.write_text(one.made_in(text_of(style)), encoding="utf-8")
            yield f"{style}, {one.name}", path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--sample", type=int, default=3, help="mistakes of each style of the zoo")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print(f"{'engine':52}{'failed':>7}{'without':>9}{'with':>7}{'times':>7}")
    total = [0.0, 0.0]
    with tempfile.TemporaryDirectory() as folder:
        own = [(path.name, path) for path in given.files]
        for name, path in own or engines(given.sample, given.seed, Path(folder)):
            with patch.object(examination, "shown", lambda *_: {}):
                _, without = judged(path)
            failed, asked = judged(path)
            total = [total[0] + without, total[1] + asked]
            print(f"{name[:51]:52}{failed:7}{without:9.1f}{asked:7.1f}{asked / without:7.2f}")
    print(f"{'all':52}{'':7}{total[0]:9.1f}{total[1]:7.1f}{total[1] / total[0]:7.2f}")


if __name__ == "__main__":
    main()
