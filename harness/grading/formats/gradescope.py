"""Gradescope: ``results.json``, and the archive that is uploaded as an autograder.

The format: https://gradescope-autograders.readthedocs.io/en/latest/specs/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from harness.grading.formats import kit
from harness.grading.formats.common import Result, is_grader_error, rows, summary

STATUS: Final = {True: "passed", False: "failed"}
SETUP: Final = """\
#!/usr/bin/env bash
# Runs once, when the image is built.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends python3 python3-venv bubblewrap
python=python3
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then  # as on Ubuntu 22.04
    apt-get install -y --no-install-recommends python3.11 python3.11-venv
    python=python3.11
fi
"$python" -m venv /autograder/environment
/autograder/environment/bin/pip install /autograder/source/{wheel}
"""

RUN: Final = """\
#!/usr/bin/env bash
# Runs for each submission; what students see is in results.json alone.
set -uo pipefail
# A submission runs as a user of its own, who gets at nothing below this folder: neither the cases,
# this harness and its model engine, the marks, nor what the student may not change.
chmod 700 /autograder
cd /autograder/source
export PATH=/autograder/environment/bin:$PATH
rm -rf /autograder/class /autograder/marks /autograder/results/results.json
mkdir -p /autograder/class /autograder/results
cp -R /autograder/submission /autograder/class  # a class of one, whatever was handed in
# The container is thrown away after one submission, so a weaker sandbox will do where it has no
# namespaces to give. What held is told in the log, which students do not see.
{{
    harness doctor
    harness grade /autograder/class --out /autograder/marks --jobs 1 --allow-weak \\
        --oracle recorded --entry {entry} {options}
}} > /autograder/grade.log 2>&1
cat /autograder/grade.log
harness export gradescope --from /autograder/marks -o /autograder/results/results.json
"""

SAID: Final = (
    "Gradescope's containers, as a rule, let nobody make namespaces. There the sandbox is weak: a "
    "submission is a user of its own that opens no socket, starts nothing, and reads neither "
    "cases, marks, this harness nor its model engine.",
    "What cannot be held there: it can tell whether a file is there, and where Linux is older than "
    "5.13 (no Landlock) it reads the image's own files, and the command lines of its processes.",
    "What held is at the top of each run's log (harness doctor), which students do not see.",
)
"""What the one who builds the archive is told of the sandbox there."""


def results(result: Result) -> dict[str, Any]:
    """One submission as Gradescope's ``results.json``. A grader error has no score: Gradescope
    then says that the autograder failed, and not that the student did. Where there are hidden cases
    it has neither a score nor a time of all: Gradescope adds up the scores, and withholds that of
    hidden cases until it is published."""
    hides = any(case["hidden"] for case in result["cases"])
    whole: dict[str, Any] = {
        "output": summary(result),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "execution_time": 0.0 if hides else result.get("seconds", 0.0),
        "extra_data": {"marking": result["marking"], "status": result["status"]},
        "tests": [],
    }
    if is_grader_error(result):
        return whole
    tests = [
        {
            "name": row.name,
            "name_format": "text",
            "number": str(number),
            "score": row.score,
            "max_score": row.most,
            "status": STATUS[row.passed],
            "output": row.told,
            "output_format": "text",
            "tags": ["hidden"] if row.hidden else [],
            "visibility": "after_published" if row.hidden else "visible",
        }
        for number, row in enumerate(rows(result), 1)
    ]
    return {**whole, **({} if hides else {"score": result["score"]}), "tests": tests}


def archive(cases: Mapping[str, bytes], entry: str, options: str) -> bytes:
    """The autograder as a zip: the light wheel of this harness, and ``cases`` of the course's own
    by their paths in the archive. Raises :class:`~harness.grading.formats.kit.KitError`."""
    scripts = {
        "setup.sh": SETUP.format(wheel=kit.WHEEL_NAME).encode(),
        "run_autograder": RUN.format(entry=entry, options=options).encode(),
    }
    files = {**cases, **scripts, kit.WHEEL_NAME: kit.light_wheel()}
    return kit.zipped(files, frozenset(scripts))
