"""A class, graded safely.

The walk of a submission: ``submissions`` reads its files; ``batch``, or ``cluster``, gives it to a
process that grades; there ``remote`` makes an engine of it, whose programs run in a child of the
``sandbox``, where ``worker`` answers; what goes between the two is ``wire``'s. The cases of a
``suite`` are judged as ever; ``marking`` makes marks of the verdicts, ``suspicions`` says what to
look into, ``gradebook`` keeps it, and ``formats`` has what platforms read. An engine on its
author's own machine takes the same way behind a ``fence``, without walls.
"""
