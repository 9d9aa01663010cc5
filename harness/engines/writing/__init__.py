"""A program as an engine's author would write it: in the engine's own class, ready to be pasted.

What discovery has found is how it is spelled. A script is run before it is shown, and what cannot
be written, or does not run, is not written at all.
"""

from harness.engines.writing.script import Asked as Asked
from harness.engines.writing.script import Script as Script
