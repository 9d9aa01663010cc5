"""What is given back: it shows itself, as text in a terminal and as HTML in a notebook."""

from __future__ import annotations

import shutil


class Shown:
    """Prints what the command prints; a notebook shows its HTML."""

    def text(self, columns: int) -> str:
        """It, for a terminal of so many columns."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return self.text(shutil.get_terminal_size().columns)

    def _repr_html_(self) -> str:
        raise NotImplementedError
