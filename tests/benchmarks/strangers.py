"""How engines in the styles of strangers fare without any configuration.

For each engine of tests/strangers/index.yaml, or of unseen.yaml with the argument ``unseen``:
whether it is understood, so that some case passes; how many cases are judged in some pass; and
which findings there are that the index does not know of.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent.parent / "strangers"


def judged(entry: str) -> dict[str, Any] | None:
    """The result of an engine as JSON; None where it is not understood."""
    command = [sys.executable, "-m", "harness", "check", entry, "--json", "-"]
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True)
    result: dict[str, Any] | None = json.loads(done.stdout) if done.stdout else None
    return result


def unknown(engine: dict[str, Any], result: dict[str, Any]) -> list[str]:
    """The findings that are neither the engine's one mistake nor a limit that it is known for."""
    mistake = engine.get("mistake")
    return [
        f"{finding['op']}, {finding['direction']}: {finding['code']}"
        for finding in result["findings"]
        if finding["code"] not in engine.get("limits", ())
        and {key: finding[key] for key in ("op", "direction", "code")} != mistake
    ]


def main() -> None:
    """Prints a line for each engine, and the sums."""
    which = sys.argv[1] if len(sys.argv) > 1 else "index"
    index = yaml.safe_load((FOLDER / f"{which}.yaml").read_text(encoding="utf-8"))
    counts = dict.fromkeys(("understood", "course", "clean", "wrong", "named"), 0)
    for name, engine in index.items():
        result = judged(engine["entry"])
        if result is None:
            print(f"{name:<24} not understood")
            continue
        odd = unknown(engine, result)
        some = sum(
            any(one["status"] != "unsupported" for one in case["passes"].values())
            for case in result["cases"]
        )
        if not any(case["status"] == "passed" for case in result["cases"]):
            print(f"{name:<24} no case passes  {'; '.join(odd)}")
            continue
        counts["understood"] += 1
        counts["course"] += bool(engine.get("course"))
        counts["clean"] += engine["right"] and not odd
        counts["wrong"] += not engine["right"]
        counts["named"] += not engine["right"] and len(odd) < len(result["findings"])
        print(f"{name:<24} {some:>4} cases  {'; '.join(odd)}")
    print(f"of {len(index)}: {counts}")


if __name__ == "__main__":
    main()
