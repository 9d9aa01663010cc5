"""What is said of a case that is wrong: the messages of the catalogue's section ``case``."""

from __future__ import annotations

from functools import partial
from typing import Final

from harness import languages

said: Final = partial(languages.told, "case")
