"""Engines of others, as they really are: an adapter each, and what they are known to do otherwise.

``<name>_.py`` is the adapter, ``<name>.xfail.yaml`` the list of cases in which the engine and torch
disagree, with the reasons.
"""
