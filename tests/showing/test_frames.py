"""A picture for every step, and all of them as an animation."""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from truths import ROOT

from harness.api.drawing import Drawing
from harness.judging.judge import judge
from harness.judging.oracle import computed
from harness.language.case import Case, load
from harness.showing import picture
from harness.showing.animation import SIGNATURE, animated, chunks
from harness.showing.circuit.layout import Circuit, arrange
from harness.showing.frames import frames
from harness.showing.report.sections import Entry, section


def case(name: str) -> Case:
    return load(ROOT / f"cases/{name}.yaml", name, ROOT / "cases")


def written(circuit: Circuit) -> dict[tuple[str, str], str]:
    """The values and gradients by their step and style, and the terms by their wire."""
    found = {
        (node.name, label.style): label.text
        for node in circuit.nodes
        for label in node.labels
        if label.style in ("value", "gradient")
    }
    terms = {
        (f"{wire.source} to {wire.target}", "term"): wire.term.text
        for wire in circuit.wires
        if wire.term is not None
    }
    return found | terms


def test_each_line_of_both_passes_adds_what_it_makes_and_nothing_moves() -> None:
    one = case("lecture/product_of_sum")
    whole = arrange(one.program, computed(one))
    told = [written(frame) for frame in frames(one.program, whole, None)]
    assert told[0] == {
        ("x", "value"): "−2.000",
        ("y", "value"): "5.000",
        ("z", "value"): "−4.000",
    }
    news = [set(after) - set(before) for before, after in pairwise(told)]
    assert news[:3] == [{("q", "value")}, {("f", "value")}, {("f", "gradient")}]
    assert set().union(*news[3:]) == {(name, "gradient") for name in "qzxy"}
    assert told[-1] == written(whole)
    for frame in frames(one.program, whole, None):
        assert [node.stub for node in frame.nodes] == [node.stub for node in whole.nodes]


def test_a_sum_is_told_as_far_as_it_has_come() -> None:
    one = case("lecture/staged")
    whole = arrange(one.program, computed(one))
    told = [written(frame).get(("x", "gradient")) for frame in frames(one.program, whole, None)]
    assert list(dict.fromkeys(told)) == [None, "1.583", "1.547", "Σ 2.060"]


def test_there_are_as_many_frames_as_the_player_has_steps() -> None:
    for name in ("lecture/staged", "models/lstm_cell", "scalars/x_times_x"):
        one, right = case(name), computed(case(name))
        page = section(Entry(one.id, one, right), "")
        steps = len(re.findall(r"<li data-n", page))
        assert len(list(frames(one.program, arrange(one.program, right), None))) == steps + 1


def test_what_is_wrong_is_not_given_away_before_its_number_is_there() -> None:
    one = case("scalars/x_times_x")
    right = computed(one)
    wrong = {**right.gradients, "x": np.asarray(right.gradients["x"] / 2)}
    verdict = judge(one, right, replace(right, gradients=wrong))
    whole = arrange(one.program, right, verdict)
    svgs = [picture.written(one, x, verdict) for x in frames(one.program, whole, verdict)]
    assert ["✗" in svg for svg in svgs] == [False] * (len(svgs) - 1) + [True]
    assert ["Nothing is wrong" in svg for svg in svgs] == [False] * len(svgs)


def pixels(parts: list[tuple[bytes, bytes]]) -> bytes:
    return zlib.decompress(b"".join(data for _, data in parts))


def test_an_animation_holds_every_picture_as_it_is(tmp_path: Path) -> None:
    one = case("scalars/x_times_x")
    *paths, last = Drawing(one, computed(one), None).save_frames(tmp_path / "new")
    pngs, animation = [path.read_bytes() for path in paths], last.read_bytes()
    parts = list(chunks(animation))
    assert [kind for kind, _ in parts[:3]] == [b"IHDR", b"acTL", b"fcTL"]
    assert parts[1][1] == struct.pack(">II", len(pngs), 0)
    counted = [struct.unpack(">I", data[:4])[0] for kind, data in parts if kind[:1] == b"f"]
    assert counted == list(range(len(counted)))
    found: list[list[tuple[bytes, bytes]]] = []
    for kind, data in parts:
        if kind == b"fcTL":
            found.append([])
        elif kind in (b"IDAT", b"fdAT"):
            found[-1].append((kind, data[4:] if kind == b"fdAT" else data))
    own = [[part for part in chunks(png) if part[0] == b"IDAT"] for png in pngs]
    assert [pixels(x) for x in found] == [pixels(x) for x in own]
    assert len(set(map(pixels, found))) == len(pngs)


def test_an_animation_has_the_checksums_of_its_format() -> None:
    one = case("scalars/x_times_x")
    png = picture.png(picture.svg(one, computed(one)))
    animation, at = animated([png, png]), len(SIGNATURE)
    while at < len(animation):
        (length,) = struct.unpack_from(">I", animation, at)
        told = animation[at + 4 : at + 8 + length]
        assert struct.unpack_from(">I", animation, at + 8 + length) == (zlib.crc32(told),)
        at += length + 12
    assert at == len(animation) and told == b"IEND"


def test_pictures_of_two_sizes_make_no_animation() -> None:
    pngs = [
        picture.png(picture.svg(one, computed(one)))
        for one in map(case, ("scalars/x_times_x", "lecture/staged"))
    ]
    with pytest.raises(ValueError, match="one size"):
        animated(pngs)


def test_frames_are_numbered_so_that_their_names_are_in_order(tmp_path: Path) -> None:
    one = case("lecture/staged")
    found = Drawing(one, computed(one), None).save_frames(tmp_path / "new", "svg")
    names = [path.name for path in found[:-1]]
    assert names == sorted(names) and names[0] == "00.svg" and len(names) == 22
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [*names, "animation.png"]


def test_a_folder_with_something_in_it_gets_no_frames(tmp_path: Path) -> None:
    one = case("scalars/x_times_x")
    (tmp_path / "mine.txt").write_text("mine")
    for place in (tmp_path, tmp_path / "mine.txt"):
        with pytest.raises(ValueError, match="an empty folder"):
            Drawing(one, computed(one), None).save_frames(place)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
