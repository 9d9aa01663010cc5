"""Each language has every message, with the same fields, and none that nobody says."""

from __future__ import annotations

import ast
import re
from argparse import Action, ArgumentParser
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from harness import languages
from harness.cli import COMMANDS
from harness.cli.command import Command
from harness.engines.failures import at_line
from harness.judging.codes import CODES
from harness.language.case import KEYS
from harness.language.foreign import FOREIGN
from harness.language.levels import LEVELS
from harness.showing import explained
from harness.showing.words import capital
from harness.vocabulary.formulas import FORMULAS
from harness.vocabulary.operation import KINDS
from harness.vocabulary.value_slips import VALUE_SLIPS

HARNESS = Path(__file__).resolve().parents[2] / "harness"
OTHERS = [name for name in languages.known() if name != languages.ENGLISH]
SLIPS = {slip.what for one in FORMULAS.values() for own in one.slips.values() for slip in own} | {
    what for own in VALUE_SLIPS.values() for what, _ in own
}
PHRASES = {text for pair in FOREIGN.values() for text in pair if re.search("[a-z]", text)}


def helps() -> Iterator[str]:
    """What there is help of: each command, its description, and its arguments; those that several
    commands share have one text, unless a command has its own."""
    own = languages.catalogue(OTHERS[0])["help"]
    yield from ("harness", "--version", "--print-completion")
    for one in COMMANDS:
        yield one.name
        if isinstance(one, Command) and one.speaks:
            yield f"{one.name} description"
            for action in arguments_of(one):
                name = action.option_strings[-1] if action.option_strings else action.dest
                yield f"{one.name} {name}" if f"{one.name} {name}" in own else name


def arguments_of(command: Command) -> list[Action]:
    commands = ArgumentParser().add_subparsers()
    command.add_to(commands)
    return list(commands.choices[command.name]._actions)


ELSEWHERE = {
    "phrase": {*KINDS.values(), KEYS["about"], *filter(None, PHRASES)},
    "level": set(LEVELS),
    "slip": SLIPS,
    "mistakes": set(explained.names()["mistakes"]),
    "terms": set(explained.names()["terms"]),
    "help": set(helps()),
}
"""Sections whose English stands with what they are about."""
OTHERS_OWN = {"argparse", "parser", "syntax"}
"""Sections of what argparse, the YAML parser and Python say, as far as a language has it."""


def fields(message: Any) -> set[str]:
    text = message if isinstance(message, str) else message["other"]
    return set(re.findall(r"\{(\w+)", text.replace("{{", "")))


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_every_message_and_no_other(language: str) -> None:
    own, english = languages.catalogue(language), languages.catalogue(languages.ENGLISH)
    assert own.keys() == {*english, *ELSEWHERE, *OTHERS_OWN}
    for section, messages in english.items():
        assert own[section].keys() == messages.keys(), section
    for section, ids in ELSEWHERE.items():
        assert own[section].keys() == ids, section


@pytest.mark.parametrize("language", OTHERS)
def test_a_message_has_the_same_fields_in_every_language(language: str) -> None:
    own = languages.catalogue(language)
    for section, messages in languages.catalogue(languages.ENGLISH).items():
        for id, message in messages.items():
            assert fields(own[section][id]) == fields(message), (section, id)


def test_every_code_has_a_hint() -> None:
    assert {id.partition(" ")[0] for id in languages.catalogue("en")["hint"]} == CODES.keys()


def test_no_sentence_of_another_language_is_that_of_english() -> None:
    english = languages.catalogue(languages.ENGLISH)
    for language in OTHERS:
        for section, messages in languages.catalogue(language).items():
            for id, message in messages.items():
                first = english.get(section, {}).get(id, id)
                worded = re.search(r"[a-z]{3}", re.sub(r"\{[^}]*\}", "", str(first)))
                assert message != first or not worded, (section, id)


@pytest.mark.parametrize(
    ("name", "language"),
    [("zh", "zh"), ("ZH-cn", "zh"), ("zh_CN.UTF-8", "zh"), ("en_GB", "en"), ("EN", "en")],
)
def test_a_language_is_named_as_locales_do(name: str, language: str) -> None:
    assert languages.named(name) == language


def test_another_language_is_an_error_that_names_those_that_there_are() -> None:
    with pytest.raises(languages.UnknownError, match=r"'xx' is none .*: en, zh"):
        languages.named("xx")


def test_the_system_says_which_language_it_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in languages.VARIABLES:
        monkeypatch.delenv(name, raising=False)
    assert languages.of_system() == "en"
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert languages.of_system() == "zh"
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    assert languages.of_system() == "en"


def test_one_is_counted_otherwise_than_many() -> None:
    assert [languages.amount(n, "case") for n in (0, 1, 2000)] == [
        "0 cases",
        "1 case",
        "2,000 cases",
    ]
    with languages.speaking("zh"):
        assert languages.amount(1, "case") == "1 个用例"


def test_what_an_engine_lacks_is_told_with_its_fields() -> None:
    assert languages.lack("softmax with a plain number") == "softmax with a plain number"
    with languages.speaking("zh"):
        assert languages.lack("softmax with a plain number") == "softmax（操作数为普通数字）"
        assert languages.lack("arrays (it keeps them)") == "数组（它把轴保留下来）"
        assert languages.lack("nobody says this") == "nobody says this"
    assert languages.spoken() == "en"


def test_a_cell_and_a_sentence_are_told_as_the_language_does() -> None:
    assert at_line("my.ipynb cell 3", 2) == "my.ipynb cell 3, line 2"
    assert capital("the sign is wrong") == "The sign is wrong"
    with languages.speaking("zh"):
        assert at_line("my.ipynb 单元格 3", 2) == "my.ipynb 单元格 3，第 2 行"
        assert capital("relu 的导数错了") == "relu 的导数错了"


@pytest.mark.parametrize("command", [one for one in COMMANDS if isinstance(one, Command)])
def test_help_leaves_the_same_places_for_what_is_filled_in(command: Command) -> None:
    filled = [re.findall(r"%\(\w+\)\w", action.help or "") for action in arguments_of(command)]
    for language in OTHERS if command.speaks else ():
        with languages.speaking(language):
            own = [action.help or "" for action in arguments_of(command)]
        assert [re.findall(r"%\(\w+\)\w", text) for text in own] == filled


# -- what is said by an id -------------------------------------------------------------------------

ROOMS = ("case", "shape", "engine", "command", "pytest", "api", "truth", "staged")
"""Sections of sentences that are said by their ids, each in a room of its own."""


@cache
def nodes() -> tuple[ast.AST, ...]:
    paths = sorted(HARNESS.rglob("*.py"))
    return tuple(n for path in paths for n in ast.walk(ast.parse(path.read_text("utf-8"))))


def said() -> Iterator[tuple[str, list[str], set[str | None]]]:
    """The section, the ids and the fields of each call that says a sentence."""
    for node in nodes():
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "languages.told":
            section, id = node.args
            if isinstance(section, ast.Constant) and section.value in ROOMS:
                ids = [n.value for n in ast.walk(id) if isinstance(n, ast.Constant)]
                given = {keyword.arg for keyword in node.keywords}
                yield section.value, [id for id in ids if isinstance(id, str)], given


def test_a_sentence_that_is_said_is_in_the_catalogue_with_all_its_fields() -> None:
    english, found = languages.catalogue(languages.ENGLISH), list(said())
    assert len(found) > 300
    for section, ids, given in found:
        for message in filter(None, (english[section].get(id) for id in ids)):
            assert None in given or fields(message) <= given, (section, message)
        if len(ids) == 1 and " " not in ids[0] and not ids[0].endswith("-"):
            assert ids[0] in english[section], (section, ids)


def test_no_sentence_is_left_that_nobody_says() -> None:
    texts = {n.value for n in nodes() if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    for section in ROOMS:
        every = set(languages.catalogue(languages.ENGLISH)[section]) - texts
        assert [id for id in every if not id.startswith(("meaning-", "how-"))] == [], section


NO_SENTENCES = re.compile(
    "'numpy.ndarray' object has|iteration over a 0-d|non-broadcastable|broadcast shape"  # numpy's
    "|of a notebook|harness exercise"  # comments in code
)


@pytest.mark.parametrize("room", ["judging/staged", "engines/staged"])
def test_no_sentence_stands_in_the_code_of_a_room(room: str) -> None:
    for path in sorted((HARNESS / room).glob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        docs = {n.value for n in ast.walk(tree) if isinstance(n, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docs:
                worded = re.search("[a-z]{2} [a-z]{2}", node.value)
                assert not worded or NO_SENTENCES.search(node.value), (path, node.lineno)
