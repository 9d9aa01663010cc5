"""What a search has found as a case of its own: a file, and its snapshot beside it."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Final

from harness.engines import reference
from harness.judging.findings import Finding
from harness.judging.mistakes import ENGINE
from harness.judging.oracle import record
from harness.language.case import KINK, Case, decode
from harness.language.writing import case_text
from harness.vocabulary.program import Program

LONGEST_ABOUT: Final = 120


def kept(program: Program, finding: Finding, folder: Path) -> Case:
    """The program as a case in the folder, named after the mistake that it shows."""
    tags = [KINK] if reference.gradcheck(program) is not None else []
    text = case_text(about_of(finding), program, tags=tags)
    path = _free(folder, f"{finding.op}_{finding.direction}_{finding.code}".replace("-", "_"))
    case = decode(text, path)
    record(case, text, reference.evaluate(case.program), folder)
    return case


def about_of(finding: Finding) -> str:
    """One sentence for a case: where the mistake is, and what it is."""
    op = "the engine" if finding.op == ENGINE else finding.op
    sentence = finding.message.partition(". ")[0].rstrip(".!;,")
    return textwrap.shorten(
        f"{op}, {finding.direction}: {sentence}", LONGEST_ABOUT, placeholder=" …"
    )


def _free(folder: Path, name: str) -> Path:
    """A path for a case that neither a case nor a snapshot has taken."""
    number, path = 1, folder / f"{name}.yaml"
    while path.exists() or path.with_suffix("").exists():
        number += 1
        path = folder / f"{name}_{number}.yaml"
    return path
