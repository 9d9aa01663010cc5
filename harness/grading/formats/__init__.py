"""What course platforms read, each made by a pure function from results (see ``marking.py``).

What a student may see never holds anything of a hidden case but its points.
"""
