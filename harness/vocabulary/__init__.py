"""The vocabulary: what an operation is, and what programs of operations are."""
