"""How a slip is written in the tables: what is wrong, the line, and its code where it is no
``wrong-rule``."""

Written = tuple[str, str] | tuple[str, str, str]
