"""A course's assignment: what is asked, in stages, with its own rules; and what it is worth.

``values`` says what an assignment is, ``reading`` makes one of ``assignment.yaml``, ``asking``
finds the cases that its questions ask, ``marks`` adds up what was earned by question.
"""
