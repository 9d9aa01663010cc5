"""Staged code with torch in the place of numpy."""

from __future__ import annotations

from dataclasses import replace

from harness.language.helpers import source
from harness.language.in_torch import OWN, in_torch
from harness.showing.listing import Line, Listing, comment
from harness.showing.python import functions


def with_torch(listing: Listing) -> Listing:
    """The listing with torch; raises :class:`~harness.language.in_torch.NotInTorch`."""
    lines = tuple(_line(line) for line in listing.lines)
    imports = ["import torch", "", "torch.set_default_dtype(torch.float64)"]
    for name in functions(line.code for line in listing.lines):
        if name not in OWN:
            imports += ["", "", *in_torch(source(name)).splitlines()]
    imports += [""] if len(imports) > 3 else []
    return replace(listing, imports=tuple(imports), lines=lines, style="torch")


def _line(line: Line) -> Line:
    if line.kind == "comment":
        begin, _, end = comment("code-backprop", code="\0").partition("\0")
        if not (line.code.startswith(begin) and line.code.endswith(end)):
            return line
        own = line.code[len(begin) : len(line.code) - len(end)]
        return replace(line, code=comment("code-backprop", code=in_torch(own)))
    literal = line.code.replace("np.array(", "torch.tensor(")
    if line.kind != "forward" and literal != line.code and "np." not in literal:
        return replace(line, code=literal)  # laid out in columns
    return replace(line, code=in_torch(line.code))
