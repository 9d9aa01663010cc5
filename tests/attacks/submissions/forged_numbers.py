"""Writes its arrays in forms that readers of JSON, of hexadecimal and of numbers differ about."""

# expect: less
import sys

from honest import Value  # noqa: F401

WIRE = sys.modules["harness.grading.wire"]
PACK = WIRE.pack_array
ODD = iter(
    [
        {"number": "0x1p+99999"},
        {"number": "\u0661"},
        {"number": 10**400},
        {"shape": [True, 1], "dtype": "float64", "data": "00" * 8},
        {"shape": [10**30], "dtype": "float64", "data": ""},
        {"shape": [1, -1, -1], "dtype": "float64", "data": "00" * 8},
        {"shape": [], "dtype": ["float64"], "data": "00" * 8},
        {"shape": [], "dtype": "object", "data": "00" * 8},
        {"shape": [], "dtype": "float64", "data": "\uff10" * 16},
        {"shape": [], "dtype": "float64", "data": "00 " * 7 + "0"},
        {"shape": "[]", "dtype": "float64", "data": None},
        [],
        None,
    ]
    * 99
)
WIRE.pack_array = lambda array: next(ODD)
