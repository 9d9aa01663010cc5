"""Acts when its objects are destroyed."""

# expect: honest
import os

import honest


class Value(honest.Value):
    def __del__(self):
        try:
            with open("/tmp/pwned", "w") as file:
                file.write("1")
        except OSError:
            pass
        raise SystemExit(os.getpid())
