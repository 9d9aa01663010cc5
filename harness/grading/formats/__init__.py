"""What course platforms read, each made by a pure function from results (see ``marking.py``).

What a student may see never holds anything of a hidden case but its points. A platform is a
function in ``platforms``, made of the rows in ``common``, and a line in a table of
``cli/export.py``.
"""
