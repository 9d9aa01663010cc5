"""Where submissions run: processes of their own, behind every wall that the machine offers.

``walls`` finds out which stand here, ``children`` starts the processes and asks them,
``bubblewrap`` is what surrounds them all. ``confinement`` is what a child puts on itself, with
``landlock`` and ``kernel``; ``canaries`` try what holds.
"""
