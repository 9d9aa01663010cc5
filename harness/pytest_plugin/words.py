"""What is said in pytest: the messages of the catalogue's section ``pytest``."""

from __future__ import annotations

from functools import partial
from typing import Final

from harness import languages

said: Final = partial(languages.told, "pytest")
