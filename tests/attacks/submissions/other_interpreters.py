"""Runs code in an interpreter of its own, where no hook and no patch of the worker's holds."""

# expect: honest
import honest

DONE = []
CODE = """
import os, socket
for act in (lambda: os.fork() or os._exit(0), lambda: socket.socket(), lambda: open("/etc/passwd"),
            lambda: open("/tmp/pwned", "w"), lambda: os.listdir("/home")):
    try:
        act()
    except Exception:
        pass
    else:
        os.write(channel, b"x")
"""
try:
    import _xxsubinterpreters as interpreters
except ImportError:
    try:
        import _interpreters as interpreters
    except ImportError:
        interpreters = None
if interpreters is not None:
    import os

    try:
        out, into = os.pipe()
    except OSError:  # that is refused, too
        out = into = None
    own = interpreters.create()
    try:
        interpreters.run_string(own, f"channel = {into!r}\n{CODE}")
    except Exception:
        pass
    if out is not None:
        os.set_blocking(out, False)
        try:
            DONE.append(os.read(out, 9))
        except OSError:
            pass


class Value(honest.Value):
    fooled = bool(DONE)
