"""`harness play`: a local page on which an expression is typed and its numbers are dragged.

The page is served on 127.0.0.1 alone, below a path that nobody can guess. Every answer is computed
in a process of its own, which has a limit of time and memory and is ended where it passes that.
"""

from __future__ import annotations

import json
import secrets
import threading
import webbrowser
from argparse import Namespace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from harness.cli.answering import Answer, Answerer, Question
from harness.cli.command import AGREES, argument, command
from harness.cli.streams import say
from harness.showing import words

HOST: Final = "127.0.0.1"
LONGEST: Final = 20_000
"""At most this many bytes has a question."""
PATIENCE: Final = 10.0
"""At most this many seconds may a browser take to put it."""


@command(
    "play",
    help="a local page: type an expression, drag a number, see both passes change",
    description="Serves a page on this machine alone, until Ctrl-C: an expression and its inputs, "
    "with the circuit, the player, the code and all numbers. Its address has a secret; nothing "
    "else is served, and nothing is asked of any network.",
    arguments=(
        argument("--expr", default="(x + y) * z", help="what to begin with (default: %(default)s)"),
        argument(
            "--input",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="an input, such as x=3 or x=[[1, 2], [3, 4]]; may be repeated",
        ),
        argument("--port", type=int, default=0, help="the port; default: any that is free"),
        argument("--no-browser", action="store_true", help="print the address, and open nothing"),
    ),
    speaks=True,
)
def play(given: Namespace) -> int:
    own = given.input or (["x=-2", "y=5", "z=-4"] if given.expr == "(x + y) * z" else ["x=1"])
    server = Playground(given.expr, own, given.port)
    say(words.say("served", address=server.address))
    if not given.no_browser:
        threading.Thread(target=webbrowser.open, args=(server.address,), daemon=True).start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
    return AGREES


class Playground(ThreadingHTTPServer):
    """The server of one page, at its ``address``."""

    daemon_threads = True

    def __init__(self, expr: str, inputs: list[str], port: int = 0) -> None:
        from harness.showing.report.playground import page, policy

        super().__init__((HOST, port), _Handler)
        self.page, self.policy = page(expr, inputs).encode(), policy()
        self.path = f"/{secrets.token_urlsafe(24)}/"
        self.host = f"{HOST}:{self.server_port}"
        self.address = f"http://{self.host}{self.path}"
        self.answerer = Answerer()

    def server_close(self) -> None:
        """Ends the process that answers, too."""
        super().server_close()
        self.answerer.close()


class _Handler(BaseHTTPRequestHandler):
    server: Playground
    timeout = PATIENCE
    protocol_version = "HTTP/1.0"

    def do_GET(self) -> None:
        if self._asked("") is not None:
            self._send(200, Answer(self.server.page, "text/html; charset=utf-8"))

    def do_POST(self) -> None:
        kind = self._asked(None)
        if kind is None:
            return
        question = self._question()
        if question is None:
            self._send(400, Answer(b"this is no question of the page", "text/plain"))
            return
        answer = self.server.answerer.ask(kind, question)
        self._send(200, answer)  # a browser would tell its console of anything else

    def _asked(self, kind: str | None) -> str | None:
        """What is asked for below the secret path, by the page itself; else None, and refused."""
        own = self.path.encode().startswith(self.server.path.encode())
        asked = self.path.removeprefix(self.server.path)
        here = self.headers.get("Host") == self.server.host
        origin = self.headers.get("Origin") in (None, f"http://{self.server.host}")
        known = asked == kind if kind is not None else asked in Answerer.KINDS
        if own and here and origin and known:
            return asked
        self._send(404, Answer(b"there is nothing here", "text/plain"))
        return None

    def _question(self) -> Question | None:
        try:
            length = int(self.headers.get("Content-Length", ""))
            if not 0 <= length <= LONGEST:
                return None
            asked = json.loads(self.rfile.read(length))
            expr, inputs, down = asked["expr"], asked["inputs"], asked.get("down", False)
        except (ValueError, TypeError, KeyError, RecursionError):
            return None
        if isinstance(expr, str) and isinstance(inputs, list) and isinstance(down, bool):
            return Question(expr, [str(one) for one in inputs], down)
        return None

    def _send(self, status: int, answer: Answer) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": answer.kind,
            "Content-Length": str(len(answer.content)),
            "Content-Security-Policy": self.server.policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
            "X-Right": str(int(answer.right)),
            **({"X-Name": answer.name} if answer.name else {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.content)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: the terminal is the lecturer's."""
