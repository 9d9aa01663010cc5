"""Pictures: nothing covers anything else, in any case, also where everything is wrong."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from sweeps import long

from harness.engines.trace import Failure, Trace
from harness.judging.judge import judge
from harness.judging.oracle import computed
from harness.judging.verdict import Verdict
from harness.language.case import Case, decode, load
from harness.showing import picture
from harness.showing.circuit.layout import Circuit, arrange
from harness.showing.circuit.text import Box
from harness.showing.frames import frames
from harness.showing.look import WAYS, Look
from harness.showing.staging import stage

ROOT = Path(__file__).resolve().parents[2]
CASES = sorted((ROOT / "cases").rglob("*.yaml"))


def case(path: Path) -> Case:
    return load(path, path.relative_to(ROOT).as_posix(), ROOT / "cases")


def all_wrong(case: Case, right: Trace) -> Verdict:
    """The judgement of an engine whose every number is wrong."""
    values = {n: a if a.dtype.kind == "b" else a * 1.5 + 1 for n, a in right.values.items()}
    gradients = {name: array * -2.5 - 1 for name, array in right.gradients.items()}
    return judge(case, right, replace(right, values=values, gradients=gradients))


def all_odd(case: Case, right: Trace) -> Verdict:
    """The judgement of an engine that answers with what is not even comparable."""

    def odd(numbers: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        found = {}
        for i, (name, array) in enumerate(numbers.items()):
            answers = [None, array[None], array * np.nan, np.zeros((0, 3)), np.inf + array]
            answers.append(array.astype(np.float32))
            if (answer := answers[i % len(answers)]) is not None:
                found[name] = answer
        return found

    steps = {n: a for n, a in right.values.items() if n not in case.program.inputs}
    with np.errstate(all="ignore"):
        values = odd({n: a for n, a in steps.items() if a.dtype.kind != "b"})
        gradients = odd(right.gradients)
    answer = replace(right, values={**right.values, **values}, gradients=gradients)
    return judge(case, right, answer)


def level_pieces(circuit: Circuit) -> Iterator[tuple[str, Box]]:
    for node in circuit.nodes:
        yield f"the wire behind {node.name}", Box(*node.stub[0], *node.stub[1])
    for wire in circuit.wires:
        told = f"the wire {wire.source} to {wire.target}"
        for one, other in zip(wire.points[1::2], wire.points[2::2], strict=True):
            yield told, Box(*one, *other)
        for one, other in wire.bends:
            if wire.down:
                turned = curve(one[::-1], other[::-1])
                boxes = [Box(box.top, box.left, box.bottom, box.right) for box in turned]
            else:
                boxes = list(curve(one, other))
            yield from ((told, box) for box in boxes)


def curve(one: tuple[float, ...], other: tuple[float, ...]) -> Iterator[Box]:
    """Small boxes around the pieces of the curve that is drawn between two points."""
    (x0, y0), (x3, y3) = one, other
    middle = (x0 + x3) / 2
    t = np.linspace(0, 1, 25)
    xs = (1 - t) ** 3 * x0 + 3 * (1 - t) ** 2 * t * middle + 3 * (1 - t) * t**2 * middle + t**3 * x3
    ys = (1 - t) ** 2 * (1 + 2 * t) * y0 + t**2 * (3 - 2 * t) * y3
    points = list(zip(xs, ys, strict=True))
    for (xa, ya), (xb, yb) in pairwise(points):
        yield Box(min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb))


def overlap(one: Box, other: Box) -> bool:
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return across >= 0 and down >= 0


Told = list[tuple[str, Box]]


def those_over(box: Box, told: Told, sides: np.ndarray) -> Iterator[str]:
    """What is told of those boxes, whose ``sides`` are these rows, that a box overlaps."""
    left, top, right, bottom = sides.T
    across = np.minimum(right, box.right) - np.maximum(left, box.left)
    down = np.minimum(bottom, box.bottom) - np.maximum(top, box.top)
    yield from (told[i][0] for i in np.flatnonzero((across >= 0) & (down >= 0)))


def clashes(circuit: Circuit) -> Iterator[str]:
    labels = [(node.name, label) for node in circuit.nodes for label in node.labels]
    labels += [(wire.target, wire.term) for wire in circuit.wires if wire.term is not None]
    labels += [("note", note) for note in circuit.notes]
    gates = [(node.name, node.gate) for node in circuit.nodes if node.gate is not None]
    pieces = list(level_pieces(circuit))
    sides = np.array([(p.left, p.top, p.right, p.bottom) for _, p in pieces])
    for (one, box), (other, second) in combinations([(x.text, x.box) for _, x in labels], 2):
        if overlap(box, second):
            yield f"{one!r} and {other!r}"
    for name, label in labels:
        box = label.box
        if box.left < 0 or box.top < 0 or box.right > circuit.width or box.bottom > circuit.height:
            yield f"{label.text!r} and the edge of the picture"
        if label.style == "symbol" and name != "note":
            (gate,) = [gate for owner, gate in gates if owner == name]
            if not (gate.left <= box.left and box.right <= gate.right):
                yield f"{label.text!r} and its gate"
            continue
        yield from (f"{label.text!r} and gate {o}" for o, gate in gates if overlap(box, gate))
        yield from (f"{label.text!r} and {told}" for told in those_over(box, pieces, sides))
    for (name, box), (other_name, second) in combinations(gates, 2):
        if overlap(box, second):
            yield f"gates {name} and {other_name}"
    for name, gate in gates:  # wires end at a circle, within the square around it
        inner = Box(gate.left + 9, gate.top + 9, gate.right - 9, gate.bottom - 9)
        yield from (f"{told} and gate {name}" for told in those_over(inner, pieces, sides))
    for told, piece in pieces:
        low, far = piece.bottom > circuit.height, piece.right > circuit.width
        if low or far or piece.top < 0 or piece.left < 0:
            yield f"{told} and the edge of the picture"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_covers_anything_else(path: Path) -> None:
    one = case(path)
    right = computed(one)
    stopped = stops(one, right, one.program.steps[0].name)
    for verdict in (None, all_wrong(one, right), all_odd(one, right), stopped):
        assert list(clashes(arrange(one.program, right, verdict))) == []
    whole = arrange(one.program, right, all_wrong(one, right), down=True)
    assert list(clashes(whole)) == []


def test_the_same_case_gives_the_same_bytes_in_another_process() -> None:
    code = (
        "import sys; from pathlib import Path; from harness.language.case import load\n"
        "from harness.judging.oracle import Oracle; from harness.showing import picture\n"
        "one = load(Path('cases/models/lstm_cell.yaml'), 'lstm', Path('cases'))\n"
        "text = picture.svg(one, Oracle('recorded').truth(one))\n"
        "sys.stdout.buffer.write(text.encode() + picture.png(text))"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PATH": "/nowhere"},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(runs) == 1 and b"PNG" in runs.pop()


def svg_of(name: str, wrong: bool = False) -> str:
    one = case(ROOT / "cases" / f"{name}.yaml")
    right = computed(one)
    return picture.svg(one, right, all_wrong(one, right) if wrong else None)


def texts(svg: str, kind: str) -> list[str]:
    tree = ElementTree.fromstring(svg)
    return [
        element.text or ""
        for element in tree.iter("{http://www.w3.org/2000/svg}text")
        if (element.get("class") or "").split()[:1] == [kind]
    ]


def test_the_lectures_example_has_its_numbers_where_they_belong() -> None:
    svg = svg_of("lecture/staged")
    assert set(texts(svg, "v")) >= {"3.000", "−4.000", "0.018", "3.018", "1.546"}
    assert {"Σ 2.060", "Σ 1.592", "0.512", "1.000"} <= set(texts(svg, "d"))
    assert sorted(texts(svg, "c")) == sorted(
        ["+= −0.036", "+= 1.583", "+= 0.512", "+= 1.583", "+= 0.009"]
    )
    assert {"(1)", "(8)"} <= set(texts(svg, "m"))
    assert {"σ", "+", "^2", "1/x", "×"} == set(texts(svg, "o"))


def test_a_vertical_picture_has_inputs_above_and_values_left_of_its_wires() -> None:
    one = case(ROOT / "cases/lecture/staged.yaml")
    circuit = picture.drawn(one, computed(one), None, Look(direction="vertical"))
    tops = {node.name: node.stub[0][1] for node in circuit.nodes}
    for step in one.program.steps:
        assert all(tops[parent] < tops[step.name] for parent in step.parents)
    assert tops["x"] == tops["y"] == min(tops.values())
    for node in circuit.nodes:
        (x, start), (also, end) = node.stub
        (value,) = (label for label in node.labels if label.style == "value")
        (gradient,) = (label for label in node.labels if label.style == "gradient")
        assert x == also and start < end
        assert value.box.right < x < gradient.box.left
        assert start <= value.box.top + 2 and value.box.bottom < end
    told = picture.description(one, circuit, None)
    assert "from top to bottom." in told and "At the left of each wire its value" in told


def test_two_uses_by_one_gate_are_two_wires_and_two_terms() -> None:
    svg = svg_of("scalars/x_times_x")
    assert texts(svg, "c") == ["+= −2.600", "+= −2.600"]
    assert len(set(re.findall(r'data-e="([^"]+)"', svg))) == 2


def test_what_is_wrong_is_marked_without_colour_alone() -> None:
    svg = svg_of("scalars/x_times_x", wrong=True)
    assert any(text.startswith("✗ yours") for text in texts(svg, "b"))
    assert 'class="r ' in svg and "stroke-dasharray" in svg and "Wrong (dashed, purple): x" in svg


def stops(case: Case, right: Trace, step: str) -> Verdict:
    """The judgement of an engine that stops at a step, in forward, after which it has no value."""
    names = list(right.values)
    values = {name: right.values[name] for name in names[: names.index(step)]}
    return judge(case, right, Trace(values, failure=Failure("forward", step, "RuntimeError: no")))


def test_where_forward_stops_is_marked_and_what_comes_after_it_is_not_computed() -> None:
    one = case(ROOT / "cases/lecture/staged.yaml")
    right = computed(one)
    middle = one.program.steps[2].name
    svg = picture.svg(one, right, stops(one, right, middle))
    marks = texts(svg, "b")
    assert marks.count("✗ stops here") == 1
    assert marks.count("not computed") == len(one.program.steps) - 3
    assert f"forward stops at {middle}: RuntimeError: no" in marks
    assert f"Forward stops at {middle}: RuntimeError: no." in svg


def test_where_backward_stops_is_marked_as_far_as_the_gradients_tell() -> None:
    one = case(ROOT / "cases/scalars/chain_of_200.yaml")
    right = computed(one)
    steps = [step.name for step in one.program.steps]
    zeros = {name: np.zeros_like(gradient) for name, gradient in right.gradients.items()}
    done = {name: right.gradients[name] for name in steps[-5:]}
    failure = Failure("backward", None, "TypeError: no")
    answer = replace(right, gradients={**zeros, **done}, failure=failure)
    circuit = arrange(one.program, right, judge(one, right, answer))
    marked = [node.name for node in circuit.nodes if node.wrong]
    assert marked == [steps[-5]]


def test_a_picture_has_a_title_and_ids_of_its_own() -> None:
    ids = []
    for name in ("scalars/x_times_x", "lecture/staged"):
        tree = ElementTree.fromstring(svg_of(name))
        own = [element.get("id") for element in tree.iter() if element.get("id")]
        assert tree.get("aria-labelledby") == " ".join(map(str, own)) and len(own) == 2
        ids += own
    assert len(set(ids)) == 4


def test_texts_of_a_png_are_drawn() -> None:
    """A renderer without fonts leaves them out, silently."""
    svg = svg_of("scalars/x_times_x")
    bare = re.sub(r"<text.*?</text>", "", svg)
    assert len(picture.png(svg)) > 1.5 * len(picture.png(bare))
    letters = re.sub(r">[^<]*</text>", "></text>", svg)
    assert picture.png(letters) == picture.png(bare)


def test_a_pdf_is_as_large_as_the_drawing_and_has_its_fonts_and_letters() -> None:
    pytest.importorskip("svg2pdf_py")
    one = case(ROOT / "cases/scalars/x_times_x.yaml")
    svg = picture.svg(one, computed(one), look=Look(fit="16:9"))
    made = picture.pdf(svg)
    assert made.startswith(b"%PDF") and b"/MediaBox [0 0 960 540]" in made
    for face in (b"DejaVuSans", b"DejaVuSans-Bold", b"DejaVuSans-Oblique"):
        assert re.search(rb"/BaseFont /\w+\+" + face + rb"\b", made)
    bare = picture.pdf(re.sub(r"<text.*?</text>", "", svg))
    assert b"/Font " not in bare and len(bare) < len(made) / 2


CHAIN = "about: a chain\ninputs: {x: 0.5, idle: 2}\nsteps:\n" + "".join(
    f"  h{i}: tanh({f'h{i - 1}' if i else 'x'}) * x\n" for i in range(25)
)


@long
def test_a_wide_program_is_folded_into_rows(tmp_path: Path) -> None:
    (tmp_path / "chain.yaml").write_text(CHAIN)
    one = load(tmp_path / "chain.yaml", "chain.yaml", tmp_path)
    right = computed(one)
    for verdict in (None, all_wrong(one, right), all_odd(one, right)):
        circuit = arrange(one.program, right, verdict)
        assert circuit.rows > 2 and circuit.width < 2.5 * circuit.height
        assert list(clashes(circuit)) == []
        names = [node.name for node in circuit.nodes if node.gate is not None]
        assert sorted(names) == sorted(step.name for step in one.program.steps)
        assert [node.name for node in circuit.nodes].count("idle") == 1
        uses = [(wire.source, wire.target, wire.position) for wire in circuit.wires]
        assert len(uses) == len(set(uses)) == 75
        assert sum(wire.term is not None for wire in circuit.wires if wire.source == "x") == 26
    svg = picture.svg(one, right)
    assert f"in {circuit.rows} rows" in svg
    sums = [text for text in texts(svg, "d") if text.startswith("Σ")]
    assert len(sums) == circuit.rows and len(set(sums)) == 1


def test_a_long_program_is_shown_around_its_first_wrong_step() -> None:
    one = case(ROOT / "cases" / "scalars" / "chain_of_200.yaml")
    right = computed(one)
    middle = one.program.steps[200].name
    values = {**right.values, middle: right.values[middle] + 1}
    verdict = judge(one, right, replace(right, values=values))
    svg = picture.svg(one, right, verdict)
    assert "24 of 401 steps are shown" in svg and "(201)" in svg and "✗" in svg
    assert "(401)" not in svg and "(401)" in picture.svg(one, right)


def answered(name: str, gradients: Mapping[str, float]) -> tuple[Case, Circuit]:
    """A case, and the picture of an engine that has some gradients wrong."""
    one = case(ROOT / "cases" / f"{name}.yaml")
    right = computed(one)
    own = {**right.gradients, **{name: np.asarray(x) for name, x in gradients.items()}}
    return one, arrange(one.program, right, judge(one, right, replace(right, gradients=own)))


def test_the_gate_is_marked_whose_rule_is_wrong_and_not_where_that_shows() -> None:
    _, circuit = answered("lecture/staged", {"den": -1.5456448841})
    assert [node.name for node in circuit.nodes if node.guilty] == ["invden"]
    assert [node.name for node in circuit.nodes if node.wrong] == ["den"]
    assert [(x.source, x.target) for x in circuit.wires if x.guilty] == [("den", "invden")]
    drawn = svg_of("lecture/staged", wrong=True)
    assert 'class="edge x"' in drawn and ".edge.x" in drawn


def test_a_step_has_one_name_in_code_and_picture() -> None:
    for name in ("lecture/one_hidden_layer", "models/lstm_cell"):
        one = case(ROOT / "cases" / f"{name}.yaml")
        code = stage(one.program).names
        written = {text.partition(" (")[0] for text in texts(svg_of(name), "n")}
        assert written == {code[step.name] for step in one.program.steps} | (
            written & set(code.values())
        )


@pytest.mark.parametrize(
    ("expr", "last"),
    [
        ("x - x", "0.000"),
        ("x * -0.0", "0.000"),
        ("x + 0.2 - 0.3", "0.000"),
        ("x * 1e-17", "1.00e−18"),
    ],
)
def test_a_zero_has_no_sign_and_what_is_only_rounding_is_one(expr: str, last: str) -> None:
    text = f"about: nothing\ninputs: {{x: 0.1}}\nexpr: {expr}\n"
    one = decode(text, Path("zero.yaml"), "zero")
    assert texts(picture.svg(one, computed(one)), "v")[-1] == last


def test_where_nothing_was_judged_the_picture_says_so() -> None:
    one = case(ROOT / "cases/scalars/x_times_x.yaml")
    right = computed(one)
    answer = Trace({}, unsupported="the engine has no mul")
    verdict = judge(one, right, answer)
    svg = picture.svg(one, right, verdict)
    assert verdict.status == "unsupported" and "Nothing is wrong" not in svg
    assert any(text.startswith("Not judged:") for text in texts(svg, "b"))


def test_what_is_hidden_is_not_in_the_file() -> None:
    one = case(ROOT / "cases/lecture/staged.yaml")
    right = computed(one)
    svg = picture.svg(one, right, all_wrong(one, right), look=Look(hide=["gradients"]))
    assert texts(svg, "d") == texts(svg, "c") == [] and "3.018" in svg and "2.060" not in svg
    assert not re.search(r'class="[br] k"', svg)
    svg = picture.svg(one, right, look=Look(hide=["values"]))
    assert texts(svg, "v") == [] and "2.060" in svg


def test_a_dark_picture_has_no_colour_of_a_light_one() -> None:
    one = case(ROOT / "cases/lecture/staged.yaml")
    dark = picture.svg(one, computed(one), look=Look(theme="dark"))
    assert not any(colour in dark for colour in picture.DARK) and "#15181c" in dark


def test_a_caption_stands_below_all_and_is_text() -> None:
    one = case(ROOT / "cases/scalars/x_times_x.yaml")
    right, words = computed(one), "Two wires, <two> terms & one sum; " * 5
    circuit = picture.drawn(one, right, all_wrong(one, right), Look(caption=words))
    lines = [note.text for note in circuit.notes]
    assert " ".join(lines) == words.strip() and len(lines) > 1
    assert list(clashes(circuit)) == []
    svg = picture.svg(one, right, look=Look(caption=words))
    assert " ".join(texts(svg, "o")[1:]) == words.strip()


@pytest.mark.parametrize("name", ["scalars/x_times_x", "lecture/staged", "models/lstm_cell"])
@pytest.mark.parametrize("fit", ["16:9", "4:3", "1:2"])
@pytest.mark.parametrize("direction", WAYS)
def test_a_picture_fits_the_shape_that_is_asked_for_and_nothing_is_cut_off(
    name: str, fit: str, direction: str
) -> None:
    one = case(ROOT / f"cases/{name}.yaml")
    look, right = Look(fit=fit, direction=direction), computed(one)
    circuit = picture.drawn(one, right, None, look)
    svg = picture.written(one, circuit, look=look)
    found = re.match(r'<svg [^>]*viewBox="(.+?)" width="(.+?)" height="(.+?)"', svg)
    assert found is not None
    left, top, wide, high = map(float, found[1].split())
    assert float(found[2]) / float(found[3]) == pytest.approx(look.ratio, rel=2e-3)
    assert wide / high == pytest.approx(look.ratio, rel=2e-3)
    assert left <= 0 and top <= 0 and left + wide >= circuit.width - 0.1
    assert top + high >= circuit.height - 0.1
    assert list(clashes(circuit)) == []
    assert f'<rect x="{found[1].split()[0]}" y="{found[1].split()[1]}" width="100%"' in svg


def test_a_long_row_is_folded_to_be_larger_on_a_slide() -> None:
    text = "about: a chain\ninputs: {x: 0.5}\nexpr: tanh(tanh(tanh(tanh(tanh(tanh(x)))))) * 2\n"
    one = decode(text, Path("chain.yaml"), "chain")
    right, look = computed(one), Look(fit="16:9")
    plain, folded = picture.drawn(one, right), picture.drawn(one, right, None, look)
    assert plain.rows == 1 < folded.rows
    assert max(folded.width, folded.height * 16 / 9) < 0.6 * plain.width


@pytest.mark.parametrize("direction", ["", *WAYS])
def test_a_picture_says_itself_that_it_is_folded_and_small(direction: str) -> None:
    one = case(ROOT / "cases/models/lstm_cell.yaml")
    look, right = Look(fit="16:9", direction=direction), computed(one)
    circuit = picture.drawn(one, right, None, look)
    high = max(circuit.width, circuit.height * 16 / 9) * 9 / 16
    (note,) = (x for x in circuit.notes if "1/" in x.text)
    for told in (picture.too_small(circuit, look), note.text):
        part = re.search(r"smallest text is 1/(\d+) of its height", told)
        assert part is not None and int(part[1]) == round(high / 12)
    assert f"Folded into {circuit.rows} " in note.text and note.height >= high / 40
    assert f"font-size:{note.size:.1f}px" in picture.written(one, circuit, look=look)
    assert picture.too_small(circuit, Look()) == ""


def test_the_lectures_own_examples_are_legible_on_a_slide() -> None:
    for name in ("scalars/x_times_x", "lecture/product_of_sum", "lecture/staged"):
        one, look = case(ROOT / f"cases/{name}.yaml"), Look(fit="16:9")
        circuit = picture.drawn(one, computed(one), None, look)
        assert picture.too_small(circuit, look) == "" and not circuit.notes
        assert circuit.down == (name == "lecture/staged")  # from left to right it would be small


@pytest.mark.parametrize(
    "wrong",
    [
        {"fit": "16/9"},
        {"fit": "0:9"},
        {"fit": "9:1"},
        {"fit": "\u0661:1"},
        {"theme": "blue"},
        {"hide": ["all"]},
        {"caption": "a" * 301},
        {"caption": "\x1b[31m"},
        {"fit": 3},
        {"hide": 3},
        {"hide": "values"},
        {"caption": 3},
        {"direction": "up"},
        {"direction": 3},
    ],
)
def test_a_look_that_there_is_not_is_refused(wrong: Mapping[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Look(**wrong)


@pytest.mark.parametrize("name", ["lecture/staged", "lecture/one_hidden_layer"])
def test_a_sum_that_is_not_whole_yet_covers_nothing_either(name: str) -> None:
    one = case(ROOT / f"cases/{name}.yaml")
    right = computed(one)
    verdict = all_wrong(one, right)
    for down in (False, True):
        whole = arrange(one.program, right, verdict, down=down)
        for frame in frames(one.program, whole, verdict):
            assert list(clashes(frame)) == []
