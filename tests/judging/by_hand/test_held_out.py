"""Passes in other people's styles: nothing is said of right ones, and mistakes are told."""

from __future__ import annotations

from pathlib import Path

from judging.by_hand.held_out import FILES, Mistake, judged, mistakes, told
from sweeps import sweep

OPEN = frozenset(
    {
        "nabla-rule-36",  # a helper's line: told at the line that uses it
        "batchnorm_with_cache-missing-50",  # what is left is zero
        "coursera_caches-scale-35",  # 1/m twice: told where it is divided the second time
        "kalman_lists-rule-31",  # a gradient of zero, by a name that does not say of what
        "lstm_lists-rule-48",  # a copy for another turn: told where that is used
        "lstm_tape-rule-38",  # the same
        "svm_loss-scale-19",  # a count that is made in a line above
        "linear_regression-scale-30",  # told where what is divided is added up
        "holt_smoothing-sign-32",  # its right version is accused
    }
)
"""Mistakes that are told at another line."""

ACCUSED = frozenset(
    {
        "holt_smoothing",  # ``d_l_prev`` is of two steps while it is added to, each in its turn
        "lstm_tape_dictionaries",  # ``da``, filled row by row, is taken for that of one turn
    }
)
"""Right ones of which something is said."""


@sweep("path", FILES, always=2, sample=6, ids=lambda path: path.stem)
def test_nothing_is_said_of_what_is_right(path: Path) -> None:
    verdict = judged(path.read_text())
    assert verdict.stopped is None
    assert bool(verdict.wrong) == (path.stem in ACCUSED)
    if verdict.wrong:
        return
    assert not verdict.unplaced
    assert not verdict.reading.unheard
    assert verdict.right == len(verdict.by_line) > 1


@sweep("mistake", list(mistakes()), always=4, sample=16, ids=lambda mistake: mistake.id)
def test_the_first_wrong_line_is_named(mistake: Mistake) -> None:
    line, _, said = told(mistake)
    assert line == (mistake.id not in OPEN), said
