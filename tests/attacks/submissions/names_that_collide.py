"""Its files have names that are one to some systems: by case, by accents, by separators."""

# expect: honest
from honest import Value  # noqa: F401
