"""The keys of ``assignment.yaml``, and what each holds, as it is told where one is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

KEYS: Final[Mapping[str, str]] = {
    "title": "what the assignment is called",
    "engine": "how an engine is found in a submission: file, class, adapter",
    "conventions": "what the course has agreed on: dtype, arrays, broadcasting, exponents, "
    "ranks, kinks, gradients, recursion, reverse",
    "cases": "folders of cases beside this file, and builtin (default) for the built-in suite",
    "hidden": "folders of cases that no student sees; in a student's copy, how many cases they are",
    "questions": "what is asked, in order: each with points, and a selection of cases or an "
    "exercise by hand",
    "packages": "what a submission may import beside numpy: name: version",
    "limits": "seconds for a case, its first call and a submission; MiB of memory",
    "vary": "whether inputs are drawn anew, which cases keep theirs, and what else is drawn",
    "due": "when it is to be handed in: 2026-10-01, or 2026-10-01 23:59",
    "counts": "which attempt counts: latest (default), best, or last before due",
    "rounding": "marks are rounded to multiples of this, at the end (default 0.01)",
}
"""Every key of an assignment, and what it holds."""

ENGINE_KEYS: Final[Mapping[str, str]] = {
    "file": "the file of a submission that is imported (default engine.py)",
    "class": "the name of the engine's class; else it is found",
    "adapter": "a file beside this one that says how the engine is run; never a submission's",
}
CONVENTION_KEYS: Final[Mapping[str, str]] = {
    "dtype": "float64 or float32; else what the engine is found to compute in",
    "arrays": "false of an engine of plain numbers, which is asked no case with arrays",
    "broadcasting": "how far shapes are stretched: none, leading (axes in front) or full (default)",
    "exponents": "what x ** n is asked for: any n (default), or numbers alone",
    "ranks": "the ranks that operands of a matrix product may have: [2], or [2, 3]",
    "kinks": "operations at whose kinks another choice than torch's costs points",
    "gradients": "what a second backward does: accumulate or anew; else either is right",
    "recursion": "the longest chain of steps that is asked",
    "reverse": "true where gradients that seem to be found without reverse mode earn nothing",
}
QUESTION_KEYS: Final[Mapping[str, str]] = {
    "title": "what the question is called",
    "points": "what it is worth",
    "passes": "what is asked of each case: forward, backward, second (default the first two)",
    "levels": "only cases of these levels of the ladder, by number or name",
    "operations": "only cases with one of these; a case is in when all of its operations have been "
    "asked for by then",
    "tags": "only cases with one of these tags",
    "paths": "only these cases, or those of these topics",
    "share": "among what the points are shared equally: operations (default) or cases",
    "worth": "cases with points of their own, which the others share the rest of: path: points",
    "exercise": "a case whose backward pass is written by hand",
    "file": "the file of a submission that the exercise is in",
    "hidden": "true where students are told of the number of its cases alone",
}
LIMIT_KEYS: Final[Mapping[str, str]] = {
    "case": "seconds for a case (default 2)",
    "first": "seconds for the first call of each operation, where a package compiles then",
    "submission": "seconds for a submission (default 30)",
    "memory": "MiB for a submission (default 1024)",
}
VARY_KEYS: Final[Mapping[str, str]] = {
    "inputs": "for whom inputs are drawn anew: class (default), each, or none",
    "keep": "cases, or topics, that keep the numbers of their files",
    "relabel": "true where programs are asked under other names and in another order, too",
    "drawn": "how many cases more are drawn from the grammar of the search, over the operations",
}
