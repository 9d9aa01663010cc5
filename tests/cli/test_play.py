"""`harness play`: what its server answers, and to whom; what an expression may cost."""

from __future__ import annotations

import http.client
import json
import math
import os
import signal
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from harness.cli import answering
from harness.cli.answering import Answerer, Question, answer
from harness.cli.play import Playground


@pytest.fixture(scope="module")
def server() -> Iterator[Playground]:
    own = Playground("x * y", ["x=3", "y=2"])
    thread = threading.Thread(target=own.serve_forever, daemon=True)
    thread.start()
    yield own
    own.shutdown()
    own.server_close()


def asked(
    server: Playground, path: str, body: object = None, headers: dict[str, str] | None = None
) -> tuple[int, str, http.client.HTTPResponse]:
    line = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=600)
    text = body if isinstance(body, str) else json.dumps(body)
    line.request(
        "GET" if body is None else "POST", path, None if body is None else text, headers or {}
    )
    response = line.getresponse()
    return response.status, response.read().decode("utf-8", "replace"), response


def test_the_page_is_served_to_who_knows_its_address(server: Playground) -> None:
    status, text, response = asked(server, server.path)
    assert status == 200 and "<h1>Playground</h1>" in text and "<li>x=3</li>" in text
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy
    assert server.server_address[0] == "127.0.0.1" and len(server.path) > 30


@pytest.mark.parametrize("path", ["/", "/show", "/favicon.ico", "/../etc/passwd", "/x/show", "//"])
def test_nothing_is_served_without_the_secret(server: Playground, path: str) -> None:
    for body in (None, {"expr": "x", "inputs": ["x=1"]}):
        status, text, _ = asked(server, path, body)
        assert (status, text) == (404, "there is nothing here")


@pytest.mark.parametrize("rest", ["show", "other", "../pyproject.toml", "%2e%2e/", "show/"])
def test_nothing_else_is_served_below_it(server: Playground, rest: str) -> None:
    assert asked(server, server.path + rest)[0] == 404


@pytest.mark.parametrize(
    "headers",
    [{"Host": "example.org"}, {"Host": "localhost"}, {"Origin": "http://example.org"}],
)
def test_no_other_host_or_page_is_answered(server: Playground, headers: dict[str, str]) -> None:
    assert asked(server, server.path, None, headers)[0] == 404
    question = {"expr": "x", "inputs": ["x=1"]}
    assert asked(server, f"{server.path}show", question, headers)[0] == 404


@pytest.mark.parametrize(
    "body", ["", "[]", "{", '{"expr": 3, "inputs": []}', '{"expr": "x"}', "[" * 9000, "1" * 30_000]
)
def test_what_is_no_question_is_refused(server: Playground, body: str) -> None:
    assert asked(server, f"{server.path}show", body)[0] == 400


def test_a_question_is_answered_with_both_passes(server: Playground) -> None:
    question = {"expr": "x * y", "inputs": ["x=3", "y=2"]}
    status, text, response = asked(server, f"{server.path}show", question)
    assert status == 200 and response.headers["X-Right"] == "1"
    assert ">6.000<" in text and '<details class="case"' in text


@pytest.mark.parametrize(
    ("kind", "name", "start"),
    [
        ("svg", "playground.svg", "<svg"),
        ("listing", "listing.py", "# forward pass"),
        ("case", "playground.yaml", "about: "),
        ("exercise", "exercise.py", "# harness exercise"),
    ],
)
def test_what_is_taken_along_is_a_file(kind: str, name: str, start: str) -> None:
    found = answer(kind, Question("x * x", ["x=3"]))
    assert found.right and found.name == name and start in found.content.decode()
    assert answer("png", Question("x * x", ["x=3"])).content.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("expr", "inputs", "told"),
    [
        ("x * w", ["x=3"], "expression, column 5: unknown name 'w' (known here: x)"),
        ("x +", ["x=3"], "expression, column "),
        ("x", [], "there is no input"),
        ("x", ["x=[1, [2"], "input x, column "),
        ("x", ["3"], "input 3: a name and a number are needed"),
        ("x", ["x="], "input x =: a name and a number are needed"),
        ("x", ["x y=3"], "input x y = 3: a name and a number are needed"),
        ("x", ["x=1", "x=2"], "input x: there are two of this name"),
        ("x * x", ["x={uniform: [0, 1], shape: [300, 300], seed: 1}"], "too much for this page"),
        ("*".join([f"({'+'.join(['x'] * 90)})"] * 3), ["x=1"], "269 steps"),
    ],
)
def test_what_is_wrong_is_told_as_of_a_file(expr: str, inputs: list[str], told: str) -> None:
    found = answer("show", Question(expr, inputs))
    assert not found.right and told in found.content.decode()


@pytest.mark.parametrize("expr", ["x / 0", "2 * x / 0.0", "1 / (x - x)", "0 / x * 0"])
def test_a_division_by_zero_is_an_answer_and_its_listing_runs(expr: str) -> None:
    question = Question(expr, ["x=3"])
    assert answer("show", question).right
    scope: dict[str, Any] = {}
    exec(answer("listing", question).content, scope)
    assert not math.isnan(scope["f"]) or "x - x" in expr
    assert "dx" in scope


def test_a_process_that_gives_no_answer_is_begun_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Answerer()
    try:
        first = asked.process
        first.kill()
        first.join()
        found = asked.ask("show", Question("x", ["x=1"]))
        assert not found.right and asked.process is not first
        assert asked.ask("show", Question("x * x", ["x=1"])).right
        asked.seconds = 0.0
        os.kill(asked.process.pid or 0, signal.SIGSTOP)  # it never answers
        assert b"more than 0 seconds" in asked.ask("show", Question("x", ["x=1"])).content
    finally:
        asked.close()
    assert answering.SECONDS <= 10
