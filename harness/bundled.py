"""What travels with the harness: the suite of cases, and minigrad, its model engine.

In the repository they lie beside the package; a wheel carries them inside it, so that nothing but
``harness`` is installed at the top level.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).resolve().parent
"""Where the harness itself lies."""


def bundled(name: str) -> Path:
    """The folder ``cases`` or ``minigrad`` that belongs to this harness."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name
