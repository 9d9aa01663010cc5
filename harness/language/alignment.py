"""From a place in a scalar's text back to the characters that it is written with in its file."""

import re

BREAK = re.compile(r"\r\n|\r|\n")
_HEADER = re.compile(r"[|>][^\r\n]*(?:\r\n|\r|\n)?")
_WRITTEN: dict[str, re.Pattern[str]] = {
    "plain": re.compile(r"[^ \t\r\n]"),
    "literal": re.compile(r"[^ \t\r\n]"),
    "folded": re.compile(r"[^ \t\r\n]"),
    "single": re.compile(r"''|[^ \t\r\n]"),
    "double": re.compile(
        r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\r\n|[\s\S])|[^ \t\r\n]"
    ),
}
_SPACE_ESCAPE = re.compile(r"\\(?:[ \t\r\nntr]|\r\n|x(?:20|09|0[aAdD])|[uU]0+(?:20|9|09|0?[aAdD]))")


def aligned(raw: str, text: str, style: str, offset: int) -> int:
    """The index of `text[offset]` in `raw`, the scalar as it is written; 0 if they do not fit.

    Folding and indentation change spaces only, so the other characters correspond one to one.
    """
    begin, end = (1, len(raw) - 1) if style in ("single", "double") else (0, len(raw))
    if style in ("literal", "folded") and (header := _HEADER.match(raw)):
        begin = header.end()
    written = [
        one.span()
        for one in _WRITTEN[style].finditer(raw, begin, end)
        if style != "double" or not _SPACE_ESCAPE.fullmatch(one[0])
    ]
    if len(written) != len("".join(text.split())):
        return 0
    before = text[:offset]
    passed = len("".join(before.split()))
    if not text[offset : offset + 1].isspace() and passed < len(written):
        return written[passed][0]
    if not passed:
        return begin
    # A space: as far behind the character before it as in the text, if the file has room there.
    after = written[passed - 1][1]
    line_end = BREAK.search(raw, after, end)
    return min(after + len(before) - len(before.rstrip()), line_end.start() if line_end else end)


def place(text: str, index: int) -> tuple[int, int]:
    """Line and column of `text[index]`, from 1."""
    line, start = 1, 0
    for end in BREAK.finditer(text, 0, index):
        line, start = line + 1, end.end()
    return line, min(index, len(text)) - start + 1
