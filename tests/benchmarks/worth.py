"""What each case is worth: `python tests/benchmarks/worth.py` lists the cases that are spare.

A case is spare if without it every mutant of minigrad is still killed by another case, and no cell
of the coverage table is empty. Most are, one at a time; so this goes through all of them, those
first that kill the rarest mutants last, and takes away each that is spare by then. What it lists is
there to teach, or can go. Cases that kill no mutant at all are marked.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from mutants import build, mutants  # noqa: E402
from test_mutants import EQUIVALENT, is_red, suite, told_by  # noqa: E402

from tools.coverage import cover, gaps  # noqa: E402


def main() -> None:
    killers: dict[str, set[Path]] = {}
    for mutant in mutants():
        if str(mutant) in EQUIVALENT:
            continue
        engine = build(mutant)
        killers[str(mutant)] = {
            case.path for case, truth in told_by(mutant) if is_red(engine, case, truth)
        }
    kills: dict[Path, list[str]] = defaultdict(list)
    for mutant_name, paths in killers.items():
        for path in paths:
            kills[path].append(mutant_name)

    kept = {case.path: case for case, _ in suite()}

    def rarest(path: Path) -> int:
        return min((len(killers[name]) for name in kills[path]), default=len(kept))

    spare = []
    for path in sorted(kept, key=lambda path: (-rarest(path), len(kills[path]), path)):
        rest = kept.keys() - {path}
        needed = any(not killers[name] & rest for name in kills[path])
        if not needed and not gaps(cover(kept[other] for other in rest)):
            del kept[path]
            for name in kills[path]:
                killers[name].discard(path)
            spare.append(path)
    print(f"{len(kept)} cases kill all {len(killers)} mutants and cover everything")
    print(f"{len(spare)} more are spare; those that kill no mutant are marked")
    for path in sorted(spare):
        mark = "" if kills[path] else "  (kills none)"
        print(f"  {path.relative_to(ROOT)}{mark}")


if __name__ == "__main__":
    main()
