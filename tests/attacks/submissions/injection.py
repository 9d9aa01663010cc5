"""Its messages are commands for whoever reads them."""

# expect: 0
import honest

TEXT = (
    "</pre><script>alert(1)</script> =cmd|'/c calc'!A1 \x1b]0;pwned\x07\x1b[31m\x00\ud800 \u202e\n"
    "::error file=engine.py::pwned\n##vso[task.complete]"
)
Evil = type("<img src=x onerror=alert(1)>", (Exception,), {})


class Value(honest.Value):
    def _made(self, data, parents):
        raise Evil(TEXT)
