"""How much more work many leaves are than few, in engines of reverse mode and in those without.

For every engine of the zoo, of strangers' styles (both indices) and for minigrad: the growth that
tells them apart, and ``limit``: how many times the limit that is told from, where it comes nearest
to one. At the end the least and the greatest. Engines of one backward pass for each
argument, without a backward pass or without plain arithmetic cannot be asked.
"""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
from pathlib import Path

import yaml

STRANGERS = Path(__file__).resolve().parent.parent / "strangers"
ZOO = STRANGERS.parent / "zoo"
FORWARD = ("dual_numbers", "dualnumbers", "jets", "transforms")
"""Engines in forward mode that are not in the folder of such."""


def engines() -> dict[str, bool]:
    """What to load, and whether it is of reverse mode."""
    styles = [ZOO / f"{name}.py" for name in ("arrays", "classes", "rules", "scalars")]
    found = ["minigrad", *map(str, [*styles, *sorted((ZOO / "correct").glob("*.py"))])]
    for index in ("index", "unseen"):
        known = yaml.safe_load((STRANGERS / f"{index}.yaml").read_text(encoding="utf-8"))
        found += [engine["entry"] for engine in known.values()]
    forward = map(str, sorted((ZOO / "forward").glob("*.py")))
    backward = {one: Path(one.partition(":")[0]).stem not in FORWARD for one in found}
    return backward | dict.fromkeys(forward, False)


def growth(engine: str) -> dict[str, float] | None:
    """The growth of an engine's work; None where it cannot be asked."""
    from harness.engines.loading import EngineError, load
    from harness.grading import reverse
    from harness.grading.work import counted

    with contextlib.redirect_stdout(io.StringIO()):
        try:
            loaded = load(engine)
        except EngineError:
            return None
        with contextlib.suppress(Exception):  # what is worked out once is no graph's
            loaded.answer(reverse._graphs(reverse.OPERATIONS)[0][-1])
        found = reverse.measured(lambda program: counted(loaded, program), reverse.OPERATIONS)
    if found is None:
        return None
    grown = reverse.growth(*found)
    arithmetic = max(grown["operations"], grown["multiplications"])
    nearest = max(arithmetic / reverse.APART, grown["size"] / reverse.APART_IN_SIZE)
    return {**grown, "limit": nearest}


def main() -> None:
    """Prints a line for each engine, and the sums."""
    if len(sys.argv) > 1:
        print(json.dumps(growth(sys.argv[1])))
        return
    sums: dict[bool, list[dict[str, float]]] = {True: [], False: []}
    for engine, backward in engines().items():
        command = [sys.executable, "-P", __file__, engine]
        done = subprocess.run(command, cwd=STRANGERS, capture_output=True, text=True, check=True)
        found = json.loads(done.stdout)
        mode = "reverse" if backward else "forward"
        told = "not asked"
        if found is not None:
            sums[backward].append(found)
            told = "  ".join(f"{name} {ratio:6.2f}" for name, ratio in found.items())
        print(f"{mode}  {engine.removeprefix(str(ZOO.parent)):<40} {told}")
    for backward, grown in sums.items():
        print(f"{len(grown)} engines {'of' if backward else 'without'} reverse mode:")
        for name in grown[0]:
            ratios = [one[name] for one in grown]
            print(f"  {name:<15} {min(ratios):.2f} to {max(ratios):.2f}")


if __name__ == "__main__":
    main()
