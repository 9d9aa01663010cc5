"""What a plain scalar of a YAML file means, for people who write mathematics.

`1e-3` is a number, `010` is ten, and `on`, `no`, `1:30`, `0x10` or `2001-01-01` are text.
"""

import math
import re

from harness.language.syntax import shorten
from harness.language.words import said

MAX_DIGITS = 400

_WORDS: dict[str, float | bool | None] = {
    "": None,
    "~": None,
    "null": None,
    "true": True,
    "True": True,
    "false": False,
    "False": False,
    **dict.fromkeys(("inf", "Inf", "+inf", "+Inf", ".inf", ".Inf", "+.inf", "+.Inf"), math.inf),
    **dict.fromkeys(("-inf", "-Inf", "-.inf", "-.Inf"), -math.inf),
    **dict.fromkeys(("nan", "NaN", ".nan", ".NaN"), math.nan),
}
_DIGITS = "[0-9]++(?:_[0-9]++)*+"
_INTEGER = re.compile(rf"[-+]?{_DIGITS}")
_FLOAT = re.compile(rf"[-+]?(?:{_DIGITS}(?:\.(?:{_DIGITS})?)?|\.{_DIGITS})(?:[eE][-+]?[0-9]++)?")


def meaning(text: str) -> int | float | bool | str | None:
    """What plain `text` stands for; ValueError for a number that cannot be held."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789" or not _FLOAT.fullmatch(text):
        return text
    if len(text) > MAX_DIGITS and sum(map(str.isdigit, text)) > MAX_DIGITS:
        raise ValueError(said("too-many-digits", max_digits=MAX_DIGITS))
    if _INTEGER.fullmatch(text):
        return int(text)
    number = float(text)
    if math.isinf(number):
        raise ValueError(said("write-inf", given=shorten(text)))
    return number
