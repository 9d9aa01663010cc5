"""What hostile replies cost the judge: `python tests/benchmarks/replies.py 1000000`.

Random replies (`tests/replies.py`) to cases picked at random are judged, explained and put into a
result. Prints the processor time that one takes, what it takes beside a right reply to the same
case where it is most, and how much memory the process has had at most. An exception ends it.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections import defaultdict
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from replies import Hostile  # noqa: E402

from harness.engines.engine import Engine  # noqa: E402
from harness.engines.loading import load  # noqa: E402
from harness.grading.marking import mark  # noqa: E402
from harness.grading.suite import Question, read  # noqa: E402
from harness.judging.precision import examined  # noqa: E402

ROUND = 5_000
"""So many are judged with one seed, and told of."""


def seconds(engine: Engine, question: Question) -> float:
    """The processor time of one answer."""
    begin = time.process_time()
    verdict = examined(engine, question.case, question.truth)
    json.dumps(mark("x", [(question, verdict)], "cases"))
    return time.process_time() - begin


def main() -> None:
    count = int(sys.argv[1])
    questions = read(oracle="recorded").questions
    honest = load("minigrad")
    usual = {question.id: seconds(honest, question) for question in questions}
    begin = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    times: list[float] = []
    worst: defaultdict[str, float] = defaultdict(float)
    for seed in range(-(-count // ROUND)):
        hostile, random = Hostile(honest, seed), Random(seed)
        for question in random.choices(questions, k=min(ROUND, count - len(times))):
            hostile.known.clear()
            hostile.tried.clear()
            taken = seconds(hostile, question)
            times.append(taken)
            worst[question.id] = max(worst[question.id], taken)
        ordered = sorted(times)
        more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - begin
        slow = [id for id in worst if worst[id] > 0.05]
        print(
            f"{len(times):,} replies: median {ordered[len(times) // 2] * 1e3:.1f} ms, "
            f"999 of 1,000 within {ordered[int(len(times) * 0.999)] * 1e3:.1f} ms, "
            f"most {ordered[-1] * 1e3:.0f} ms; {more / 1024:.0f} MB more than before\n"
            f"  more than 50 ms: {sum(one > 0.05 for one in times)}, of "
            + ", ".join(f"{id} ({worst[id]:.2f} s; right {usual[id]:.2f} s)" for id in slow[:8]),
            flush=True,
        )


if __name__ == "__main__":
    main()
