"""Writes all that is to be translated for another language, in English: a file for each section.

    python tools/language.py FOLDER/xx

What is told by an id stands in the English catalogue; what has its English elsewhere (help, slips,
levels, explained pages, phrases of tables) is gathered from there. Then HARNESS_LANGUAGES=FOLDER
and --lang xx speak it, as far as it is translated.
"""

from __future__ import annotations

import json
import re
import sys
from argparse import Action, ArgumentParser
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from harness import languages
from harness.cli import COMMANDS
from harness.cli.command import Command
from harness.language.case import KEYS
from harness.language.foreign import FOREIGN
from harness.language.levels import LEVELS
from harness.showing import explained
from harness.vocabulary.formulas import FORMULAS
from harness.vocabulary.operation import KINDS
from harness.vocabulary.value_slips import VALUE_SLIPS

Messages = Mapping[str, Any]


def english() -> dict[str, Messages]:
    """All messages in English, by section and id."""
    slips = [slip.what for one in FORMULAS.values() for own in one.slips.values() for slip in own]
    slips += [what for own in VALUE_SLIPS.values() for what, _ in own]
    foreign = [text for pair in FOREIGN.values() for text in pair if re.search("[a-z]", text)]
    return {
        **languages.catalogue(languages.ENGLISH),
        "level": itself(LEVELS),
        "slip": itself(slips),
        "phrase": itself([*KINDS.values(), KEYS["about"], *foreign]),
        "help": dict(helps()),
        **{kind: dict(pages(kind)) for kind in (explained.MISTAKES, explained.TERMS)},
    }


def itself(texts: Any) -> Messages:
    """Messages whose ids are their English."""
    return {text: text for text in texts}


def helps() -> Iterator[tuple[str, str]]:
    """The help of each command that speaks other languages, and of its arguments."""
    yield "harness", "Holds an autodiff engine against torch, step by step."
    yield "--print-completion", "print a script that completes this command in a shell"
    for one in COMMANDS:
        yield one.name, one.help
        if isinstance(one, Command) and one.speaks:
            yield f"{one.name} description", one.description
            for action in arguments_of(one):
                name = action.option_strings[-1] if action.option_strings else action.dest
                yield f"{one.name} {name}", action.help or ""


def arguments_of(command: Command) -> list[Action]:
    """What a command takes, its help as it is told now."""
    commands = ArgumentParser().add_subparsers()
    command.add_to(commands)
    return list(commands.choices[command.name]._actions)


def pages(kind: str) -> Iterator[tuple[str, list[str]]]:
    """The paragraphs of each explained page, without its code; those of terms have their title."""
    for name in explained.names()[kind]:
        title, *paragraphs = explained.words_of(kind, name)
        yield name, [title, *paragraphs] if kind == explained.TERMS else paragraphs


def write(folder: Path, every: Mapping[str, Messages]) -> None:
    """A file for each section."""
    folder.mkdir(parents=True)
    for section, messages in every.items():
        lines = (f"{_key(id)} = {_value(message)}\n" for id, message in messages.items())
        (folder / f"{section}.toml").write_text(f"[{section}]\n{''.join(lines)}", encoding="utf-8")


def _key(id: str) -> str:
    return id if re.fullmatch(r"[\w-]+", id, re.ASCII) else _value(id)


def _value(message: Any) -> str:
    if isinstance(message, Mapping):
        return f"{{ {', '.join(f'{_key(key)} = {_value(one)}' for key, one in message.items())} }}"
    return json.dumps(message, ensure_ascii=False)


if __name__ == "__main__":
    write(Path(sys.argv[1]), english())
