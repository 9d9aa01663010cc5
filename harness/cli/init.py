"""`harness init`: a project of one's own, with an engine to be written."""

from __future__ import annotations

import shlex
from argparse import Namespace
from pathlib import Path
from typing import Final

from harness import languages
from harness.cli.command import AGREES, Stop, argument, command
from harness.cli.streams import say
from harness.cli.words import said
from harness.configuration import FILE as SETTINGS
from harness.files import write
from harness.showing import words
from harness.showing.amounts import some

ENGINE: Final = '''"""{engine}

{judged}
"""


class Value:
    """{class}"""

    def __init__(self, data, parents=()):
        self.data = data  # {data}
        self.grad = 0.0  # {grad}
        self.parents = parents  # {parents}

    def __add__(self, other):
        """{add}"""
        raise NotImplementedError("{sum}")

    def __mul__(self, other):
        """{mul}"""
        raise NotImplementedError("{product}")

    def backward(self):
        """{backward}"""
        raise NotImplementedError("{pass}")
'''
TEST: Final = '''"""{test}"""

from my_engine import Value


def test_a_sum_hands_its_gradient_to_both_operands():
    x, y = Value(2.0), Value(3.0)
    f = x + y
    f.backward()
    assert f.data == 5.0
    assert (x.grad, y.grad) == (1.0, 1.0)
'''
TABLE: Final = '[tool.harness]\nengine = "my_engine.py"\n'

FILES: Final = {"my_engine.py": ENGINE, "test_my_engine.py": TEST, SETTINGS: TABLE}
"""What a new project has; what is said in it is in the catalogue."""


@command(
    "init",
    help="begin a project of your own: an engine to be written, and its first test",
    description="Writes an engine to be filled in, my_engine.py, its first test, which fails until "
    f"you have written a sum, and a {SETTINGS} that says where the engine is, so that no command "
    "has to be told. Nothing that is there is overwritten. An assignment for a class is begun "
    "with harness assignment new.",
    arguments=(
        argument(
            "folder",
            nargs="?",
            default=".",
            metavar="NAME",
            help="the folder to write it in, made where it is not there; default: this one",
        ),
    ),
    speaks=True,
)
def init(given: Namespace) -> int:
    folder = Path(given.folder)
    if folder.exists() and not folder.is_dir():
        raise Stop(said("no-folder", folder=folder))
    if there := [name for name in FILES if (folder / name).exists()]:
        more = said("lines-belong", table=TABLE) if there == [SETTINGS] else ""
        raise Stop(said("nothing-written", folder=folder, some=some(there, len(FILES)), more=more))
    folder.mkdir(parents=True, exist_ok=True)
    ids = languages.catalogue(languages.ENGLISH)["project"]
    messages = {id: languages.told("project", id) for id in ids}
    for name, text in FILES.items():
        write(folder / name, text.format_map(messages).encode())
        say(words.say("written", file=(folder / name).as_posix()))
    go = "" if folder == Path() else f"cd {shlex.quote(folder.as_posix())} && "
    say(words.say("next", command=f"{go}harness watch"))
    return AGREES
