"""What the words mean: a page for each code of a finding, each operation, and each term.

A page is Markdown. Those of codes and terms lie here as files; an operation's is made from the
vocabulary. A code's has an engine with the mistake: what stands under "Right" belongs in the place
of the lines that are marked ``# wrong``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt

from harness import languages
from harness.judging.oracle import Oracle
from harness.language import suite
from harness.language.suite import Source
from harness.language.syntax import suggest
from harness.showing import picture
from harness.showing.explained.operations import WORDS, described, other_names
from harness.showing.lines import Line, wrapped
from harness.showing.words import say

HERE: Final = Path(__file__).parent
MISTAKES, OPERATIONS, TERMS = KINDS = ("mistakes", "operations", "terms")


class NoPageError(LookupError):
    """Nothing is called so; the message says what is."""


@dataclass(frozen=True, slots=True)
class Page:
    """``text`` is Markdown, from its title on."""

    name: str
    text: str

    @property
    def summary(self) -> str:
        """Its first sentence."""
        paragraph = " ".join(self.text.split("\n\n")[1].split())
        return re.split(r"(?<=\.) |(?=:)|(?=[。：])", paragraph)[0].removesuffix(".")

    @property
    def cases(self) -> list[Source]:
        """The cases to try."""
        return [
            suite.one(name) for name in re.findall(r"^- `?(cases/\S+\.yaml)`?$", self.text, re.M)
        ]


@cache
def names() -> Mapping[str, tuple[str, ...]]:
    """What there is a page of, by its kind."""
    files = {kind: sorted(path.stem for path in (HERE / kind).glob("*.md")) for kind in KINDS}
    return {kind: tuple(found) for kind, found in files.items()} | {OPERATIONS: tuple(WORDS)}


def page(name: str) -> Page:
    """The page of a code, an operation or a term; raises :class:`NoPageError`."""
    words, called = "-".join(re.split(r"[\s_-]+", name.strip().lower())), name.strip()
    called = called if called in other_names() else called.partition("(")[0]
    operation = other_names().get(called, called)
    for kind, spelt in ((MISTAKES, words), (OPERATIONS, operation), (TERMS, words)):
        if spelt in names()[kind]:
            return _READERS[kind](spelt)
    known = [one for every in names().values() for one in every]
    told = suggest(words, known) or say("explain-lists")
    raise NoPageError(say("no-page", name=repr(name), told=told))


def _file(kind: str) -> Callable[[str], Page]:
    def read(name: str) -> Page:
        text = (HERE / kind / f"{name}.md").read_text(encoding="utf-8")
        own = languages.catalogue(languages.spoken()).get(kind, {}).get(name)
        return Page(name, text if own is None else _in_other_words(text, own))

    return read


def _in_other_words(text: str, own: Sequence[str]) -> str:
    """A page with other paragraphs, and another title where there is one more of them; its code and
    its cases stay."""
    blocks = list(_blocks(text))
    for number, words in zip(_worded(blocks)[-len(own) :], own, strict=True):
        blocks[number] = f"# {words}" if blocks[number].startswith("#") else words
    return "\n\n".join(map(_headed, blocks)) + "\n"


def words_of(kind: str, name: str) -> list[str]:
    """The title and the paragraphs of a page in English: what another language has of it."""
    blocks = list(_blocks((HERE / kind / f"{name}.md").read_text(encoding="utf-8")))
    return [blocks[number].removeprefix("# ") for number in _worded(blocks)]


def _worded(blocks: Sequence[str]) -> list[int]:
    """Which blocks are words: the title, and the paragraphs."""
    return [0, *(i for i, block in enumerate(blocks) if not re.match(r"#|```|- ", block))]


def _blocks(text: str) -> Iterator[str]:
    """What stands between empty lines; those within code part nothing."""
    block: list[str] = []
    for line in [*text.strip().splitlines(), ""]:
        if line or sum(one.startswith("```") for one in block) == 1:
            block.append(line)
        elif block:
            yield "\n".join(block)
            block = []


def _headed(block: str) -> str:
    """A heading in the language; anything else as it is."""
    return f"## {languages.name('heading', block[3:])}" if block.startswith("## ") else block


_READERS: Final[Mapping[str, Callable[[str], Page]]] = {
    MISTAKES: _file(MISTAKES),
    OPERATIONS: lambda name: Page(name, described(name)),
    TERMS: _file(TERMS),
}

# -- a page as it is shown -------------------------------------------------------------------------


def as_lines(page: Page, width: int) -> list[Line]:
    """The page for a terminal; code is not folded."""
    lines: list[Line] = []
    bullet, style = "", ""
    for token in MarkdownIt().parse(page.text):
        style = "bold" if token.type == "heading_open" else style
        bullet = "- " if token.type == "list_item_open" else bullet
        if token.type == "fence":
            lines += [[(f"    {line}".rstrip(), "")] for line in token.content.splitlines()]
        elif token.type == "inline":
            text = f"{bullet}{' '.join(token.content.split())}"
            lines += [[(line, style)] for line in wrapped(text, width, len(bullet))]
            bullet, style = "", ""
        if token.type in ("fence", "heading_close", "bullet_list_close") or (
            token.type == "paragraph_close" and not token.hidden
        ):
            lines.append([])
    return lines[:-1]


def as_html(page: Page, level: int) -> str:
    """The page without its title, its headings from this level on."""
    parser = MarkdownIt("js-default", {"html": False})
    tokens = parser.parse(page.text.split("\n", 1)[1])
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{int(token.tag[1]) + level - 2}"
    return str(parser.renderer.render(tokens, parser.options, {}))


def as_picture(page: Page, inline: bool = True) -> str:
    """The circuit of the first case to try, as SVG; empty where there is none."""
    if not page.cases:
        return ""
    case = page.cases[0].load()
    named = replace(case, id=f"explained-{page.name}")
    return picture.svg(named, Oracle().truth(case), inline=inline)
