"""What a YAML file says, where it says it, and what is told when it cannot be read."""

import os
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness.language import document
from harness.language.document import MAX_BYTES, MAX_DEPTH, MAX_NODES, parse, read
from harness.language.nodes import Document, DocumentError, Mapping, Node, Problem, Scalar, Sequence


def plain(node: Node) -> object:
    match node:
        case Scalar():
            return node.value
        case Sequence():
            return [plain(item) for item in node.items]
        case Mapping():
            return {key.text: plain(value) for key, value in node.entries}


def value_of(text: str) -> object:
    return plain(parse(text).root)


def problems(text: str) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        parse(text)
    return str(caught.value).splitlines()


def scalars(node: Node) -> list[Scalar]:
    match node:
        case Scalar():
            return [node]
        case Sequence():
            return [leaf for item in node.items for leaf in scalars(item)]
        case Mapping():
            return [leaf for pair in node.entries for part in pair for leaf in scalars(part)]


def only_value(doc: Document) -> Scalar:
    assert isinstance(doc.root, Mapping)
    [(_, node)] = doc.root.entries
    assert isinstance(node, Scalar)
    return node


# Nodes


def test_nodes_know_their_line_and_column() -> None:
    root = parse("# note\na: 1\nb:\n  - x\n  - {c: 2}\n").root
    assert isinstance(root, Mapping)
    assert (root.line, root.column) == (2, 1)
    items = root.entries[1][1]
    assert isinstance(items, Sequence)
    assert [(item.line, item.column) for item in items.items] == [(4, 5), (5, 5)]
    assert [(s.text, s.line, s.column) for s in scalars(items.items[1])] == [
        ("c", 5, 6),
        ("2", 5, 9),
    ]


def test_entries_keep_the_order_of_the_file() -> None:
    root = parse("z: 1\na: 2\nm: 3").root
    assert isinstance(root, Mapping)
    assert [key.text for key, _ in root.entries] == ["z", "a", "m"]


@pytest.mark.parametrize("key", ["y", "on", "1", "1e3", "null", "true", "~", "01"])
def test_a_key_is_its_text(key: str) -> None:
    root = parse(f"{key}: 5").root
    assert isinstance(root, Mapping)
    [(scalar, _)] = root.entries
    assert scalar.text == scalar.value == key


@pytest.mark.parametrize(
    ("written", "style"),
    [
        ("x", "plain"),
        ("'x'", "single"),
        ('"x"', "double"),
        ("|-\n  x", "literal"),
        (">-\n  x", "folded"),
    ],
)
def test_a_scalar_tells_its_style(written: str, style: str) -> None:
    scalar = only_value(parse(f"a: {written}"))
    assert (scalar.text, scalar.style) == ("x", style)


def test_an_alias_repeats_the_node_of_its_anchor() -> None:
    assert value_of("a: &v [1, 2]\nb: *v\nc: &w 3\nd: *w") == {
        "a": [1, 2],
        "b": [1, 2],
        "c": 3,
        "d": 3,
    }


def test_an_alias_counts_as_all_that_it_stands_for() -> None:
    hundred = "&a [" + "1," * 99 + "]"
    parse(f"[{hundred}" + ", *a" * 1_998 + "]")
    with pytest.raises(DocumentError, match="aliases expand to more than 200,000 values"):
        parse(f"[{hundred}" + ", *a" * 2_000 + "]")


@pytest.mark.parametrize("written", ["'1'", '"1e3"', "'true'", '"null"', "''", "|-\n 1", ">-\n 1"])
def test_quoted_and_block_scalars_are_text(written: str) -> None:
    assert isinstance(only_value(parse(f"a: {written}")).value, str)


# Problems with places


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: 1\nb: 2\na: 3", "3:1: duplicate key 'a': the first is at line 1, column 1"),
        ("{1: x, '1': y}", "1:8: duplicate key '1': the first is at line 1, column 2"),
        ("<<: {a: 1}", "1:1: merge keys are not supported: write the keys out instead of <<"),
        ("a: !!str x", "1:4: tags are not supported: remove !!str"),
        ("- !foo [1]", "1:3: tags are not supported: remove !foo"),
        (
            "!!python/object/apply:os.system ['true']",
            "1:1: tags are not supported: remove !!python/object/apply:os.system",
        ),
        ("? [a]\n: b", "1:3: a key must be text, not a list or a mapping"),
        ("{{{a: 1}: 2}: 3}", "1:2: a key must be text, not a list or a mapping"),
        ("{? : 1}", "1:4: a key is missing before the ':'"),
        ("a: *b", "1:4: the alias *b has no anchor &b before it"),
        ("&a [1, *a]", "1:8: the alias *a stands inside what it repeats"),
        ("[&a b, {*a : 1}]", "1:9: an alias cannot be a key: write the key out"),
        ("&a b: 1", "1:1: a key cannot have an anchor: put it before the value"),
        ("[&a 1, &a 2]", "1:8: the anchor &a is defined twice"),
        ("--- 1\n--- 2", "2:1: a second document starts here: a file holds one"),
        ("a: 1\n...\n# end\nb: 2", "4:1: unexpected text after the end of the value"),
        ('"a" b', "1:5: unexpected text after the end of the value: check quotes"),
        ("# note\n%TAG !a! tag:b\n--- 1", "2:1: directives (lines that start with %)"),
        ("", "1:1: the file is empty: it holds blank lines or comments only"),
        ("\n# note\n\n", "1:1: the file is empty: it holds blank lines or comments only"),
        ("---\n", "1:1: the file is empty: it holds blank lines or comments only"),
        ("a: b\x07", "1:5: the character U+0007 is not allowed: remove it"),
        ("a:\n  \x00", "2:3: the character U+0000 is not allowed: remove it"),
        ("\U0001d49c: \ud800", "1:4: the character U+D800 is not allowed: remove it"),
        ("a: b\u2028c", "1:5: the character U+2028 is not allowed: remove it"),
        ("a: \ufeffb", "1:4: the character U+FEFF is not allowed: remove it"),
        ('a: "b\\0"', "1:4: the character U+0000 is not allowed: remove it"),
        ("a: !<%ed%a0%80> b", "1:1: a tag from here on is not UTF-8"),
    ],
)
def test_a_problem_is_told_at_its_place(text: str, told: str) -> None:
    assert "\n".join(problems(text)).startswith(told)


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        ("a:\n\tb: 1", "2:1: found character '\\t' that", "indent with spaces, not tabs"),
        ("a: 1\n\t", "2:1: ", "indent with spaces, not tabs"),
        ("a: b: c", "1:5: mapping values are not allowed", "quote the text if it contains ': '"),
        ("é: 𝒳𝒳: b", "1:6: mapping values are not", "quote the text if it contains ': '"),
        ("a: @b", "1:4: found character '@' that", "quote text that starts with @"),
        ("a: [1,\n2\nb: 3", "3:", "that starts at line 1"),
        ('a: "b', "1:6: found unexpected end", "the closing quote is missing"),
        ("a: * b", "1:5: ", "quote text that starts with '*' or '&'"),
        ('a: "\\q"', "1:5: found unknown escape", "use single quotes"),
        ("a:\n  b: 1\n c: 2", "3:2: ", "check the indentation"),
        ("- a\nb: 1", "2:1: ", "check the indentation"),
    ],
)
def test_a_syntax_error_has_a_place_and_a_hint(text: str, place: str, hint: str) -> None:
    [line] = problems(text)
    assert line.startswith(place)
    assert hint in line


def test_all_problems_of_a_file_are_told_at_once_and_the_syntax_error_last() -> None:
    told = problems("a: 1e999\na: !t 2\nb: *c\n<<: 3\nd: [\n")
    assert [line.split(": ", 1)[0] for line in told] == ["1:4", "2:1", "2:4", "3:4", "4:1", "6:1"]


def test_the_error_carries_its_problems_as_values() -> None:
    with pytest.raises(DocumentError) as caught:
        parse("<<: b")
    message = "merge keys are not supported: write the keys out instead of <<"
    assert caught.value.problems == (Problem(1, 1, message),)


# Files


def test_a_file_is_read_without_its_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: \xc3\xa9\r\n")
    assert read(path) == "a: é\r\n"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"a: 1\n\xc3\xa9: \xff", "2:4: not UTF-8: byte 0xff; save the file as UTF-8"),
        (b"\xff\xfea\x00", "1:1: not UTF-8: byte 0xff; save the file as UTF-8"),
        (b"\xef\xbb\xbfa\xe9", "1:2: not UTF-8: byte 0xe9; save the file as UTF-8"),
        (b"a\r\nb\x00", "2:2: the character U+0000 is not allowed: remove it"),
        (b"a" * (MAX_BYTES + 1), "1:1: the file is larger than 1 MiB (1,048,576 bytes)"),
    ],
)
def test_bytes_that_cannot_be_read_are_told(tmp_path: Path, data: bytes, told: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(data)
    with pytest.raises(DocumentError) as caught:
        read(path)
    assert str(caught.value) == told


def test_a_file_of_exactly_1_mib_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"a" * MAX_BYTES)
    assert len(read(path)) == MAX_BYTES


def test_a_huge_file_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    with open(path, "wb") as file:
        file.truncate(1 << 40)  # sparse: a terabyte that takes no room
    with pytest.raises(DocumentError, match="larger than 1 MiB"):
        read(path)


def test_a_path_that_is_no_readable_file_is_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, told in [
        (tmp_path, "it is a directory"),
        (tmp_path / "pipe", "it is not a regular file"),
        (tmp_path / "absent", "No such file"),
        (Path("a\0b"), "null"),
    ]:
        with pytest.raises(DocumentError, match=rf"^1:1: the file cannot be read: .*{told}"):
            read(path)


# Hostile files

MIB = MAX_BYTES


def filled(piece: str, start: str = "", end: str = "") -> str:
    return start + piece * ((MIB - len(start) - len(end)) // len(piece)) + end


DEEP_BY_ALIAS = "- &a0 [x]\n" + "".join(f"- &a{i} [*a{i - 1}]\n" for i in range(1, 100))
BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 60))
TOO_DEEP = "nested deeper than 64 levels"
TOO_MANY = "more than 200,000 values"
HOSTILE = {
    "lists": (filled("["), TOO_DEEP),
    "lists of lists": (filled("[a, ["), TOO_DEEP),
    "mappings": (filled("{"), TOO_DEEP),
    "mappings under keys": (filled("{a: "), TOO_DEEP),
    "dashes": (filled("- "), TOO_DEEP),
    "question marks": (filled("? "), TOO_DEEP),
    "question marks in lists": (filled("[? "), TOO_DEEP),
    "deep indentation": ("\n".join(" " * i + "a:" for i in range(1400)), TOO_DEEP),
    "depth by aliases": (DEEP_BY_ALIAS, TOO_DEEP),
    "alias bomb": (BOMB, "aliases expand to more than 200,000 values"),
    "many dashes": (filled("-\n"), TOO_MANY),
    "long list": (filled("a,", "[", "]"), TOO_MANY),
    "long list of quoted text": (filled("'',", "[", "]"), TOO_MANY),
    "long mapping": ("".join(f"{i}:\n" for i in range(110_000)), TOO_MANY),
    "equal keys": (filled("a:\n"), "too many problems"),
    "equal keys in braces": (filled("a,", "{", "}"), "too many problems"),
    "undefined aliases": (filled("*a,", "[", "]"), "too many problems"),
    "anchors": (filled("&a ,", "[", "]"), "too many problems"),
    "tags": (filled("!a ,", "[", "]"), "too many problems"),
    "aliases in a row": (filled("*a "), "unexpected text"),
    "anchors in a row": (filled("&a "), "unexpected text"),
    "directives": (filled("%a\n"), "directives"),
    "tag directives": ("".join(f"%TAG !{i}! a\n" for i in range(60_000)), "directives"),
    "late tag directives": (
        "a: 1\n...\n" + "".join(f"%TAG !{i}! a\n" for i in range(60_000)),
        "unexpected text",
    ),
    "documents": (filled("---\n"), "second document"),
    "tabs": (filled("\t"), "indent with spaces"),
    "spaces": (filled(" "), "empty"),
    "newlines": (filled("\n"), "empty"),
    "comments": (filled("#\n"), "empty"),
    "a long comment": (filled("#"), "empty"),
    "a long key": (filled("a", "", ": 1"), "mapping values are not allowed"),
    "an open quote": (filled("a", '"'), "closing quote is missing"),
    "a long anchor": (filled("a", "*"), "has no anchor"),
    "a long tag": (filled("a", "!"), "tags are not supported"),
    "colons": (filled(": "), "did not find expected"),
    "digits": (filled("1"), "more than 400 digits"),
    "groups of digits": (filled("1_"), None),
    "one plain scalar": (filled("a"), None),
    "one plain scalar of words": (filled("a "), None),
    "one plain scalar of lines": (filled("a\n"), None),
    "one block scalar": (filled(" a\n", "|\n"), None),
    "escapes": (filled("\\t", '"', '"'), None),
    "larger than 1 MiB": ("a" * (MIB + 1), "larger than 1 MiB"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_answered_in_bounded_time(name: str) -> None:
    text, told = HOSTILE[name]
    start = time.process_time()
    try:
        parse(text)
        answer = None
    except DocumentError as error:
        answer = str(error)
        assert len(error.problems) <= document.MAX_PROBLEMS + 1
    assert time.process_time() - start < 5
    if told is None:
        assert answer is None
    else:
        assert answer is not None
        assert told in answer
        assert len(answer) < 20_000


def test_the_limits_themselves_are_allowed() -> None:
    parse("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    parse("[" + "1," * (MAX_NODES - 1) + "]")
    with pytest.raises(DocumentError, match=TOO_DEEP):
        parse("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))
    with pytest.raises(DocumentError, match=TOO_MANY):
        parse("[" + "1," * MAX_NODES + "]")


# Anything at all

YAML_PIECES = st.lists(
    st.sampled_from(
        [
            *("[", "]", "{", "}", ",", ":", "?", "-", "#", "&", "*", "!", "|", ">", "%", "@", "`"),
            *("'", '"', "\\", "~", "<", "=", ".", "a", "1", "1e9", "é", "𝒳"),
            *("\n", "\r", "\r\n", "\n  ", "\t", " ", "  ", "---\n", "...\n", "%TAG "),
            *("- ", ": ", "? ", "<<", "&a ", "*a", "!!str ", "!<%", "ed%a0%80>", "\\u"),
            *("\ud800", "\0", "\x85", "\ufeff"),
        ]
    ),
    max_size=25,
).map("".join)


@settings(max_examples=1000)
@given(YAML_PIECES | st.text())
@example("a: !<%ed%a0%80> b")
def test_any_text_gives_a_document_or_a_document_error(text: str) -> None:
    try:
        doc = parse(text)
    except DocumentError as error:
        assert error.problems
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for problem in error.problems:
            assert 1 <= problem.line <= len(lines) + 1
            assert problem.column >= 1
    else:
        for scalar in scalars(doc.root):
            for offset in range(len(scalar.text) + 1):
                line, column = doc.position(scalar, offset)
                assert line >= 1
                assert column >= 1


@settings(max_examples=300)
@given(st.binary() | YAML_PIECES.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_give_a_document_or_a_document_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(data)
    try:
        parse(read(path))
    except DocumentError as error:
        assert error.problems


def test_without_libyaml_the_answers_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "_LOADER", yaml.SafeLoader)
    text = "é𝒳: [1e-3, on, 'it''s']\nb: |\n  x\n  y\n"
    assert value_of(text) == {
        "éX": [0.001, "on", "it's"],
        "b": "x\ny\n",
    }
    assert problems("a: 1\na: \ud800")[0].startswith("2:4: ")
    assert problems("a:\n\tb")[0].startswith("2:1: ")
    assert TOO_DEEP in problems("[" * 100_000)[-1]
