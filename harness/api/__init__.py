"""What `import harness` offers: an engine checked, a function compared, a case drawn and listed, a
word explained. The commands are callers of the same."""

from harness.api.cases import Case
from harness.api.checking import Finding, Level, Outcome, Result, check
from harness.api.comparing import Comparison, compare
from harness.api.drawing import Drawing, Listing, draw, listing
from harness.api.explaining import Explanation, explain
from harness.engines.engine import EngineError
from harness.language.case import CaseError

__all__ = [
    "Case",
    "CaseError",
    "Comparison",
    "Drawing",
    "EngineError",
    "Explanation",
    "Finding",
    "Level",
    "Listing",
    "Outcome",
    "Result",
    "check",
    "compare",
    "draw",
    "explain",
    "listing",
]
