"""What commands say: the messages of the catalogue's section ``command``."""

from __future__ import annotations

from functools import partial
from typing import Final

from harness import languages

said: Final = partial(languages.told, "command")
