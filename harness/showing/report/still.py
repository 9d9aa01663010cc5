"""A circuit as an image that needs no style sheet and no script of the page that it stands in.

A notebook that nobody has vouched for is shown without either, and so is one on a code platform.
The player exchanges the image for what is in it, where there is a player.
"""

from __future__ import annotations

import base64

from harness.showing.report.look import of_picture


def as_image(svg: str) -> str:
    """A picture that was made to stand in a page as an element of HTML; what it shows is told to
    those who do not see it."""
    head, end, rest = svg.partition("</desc>\n")
    paper = '<rect class="paper" width="100%" height="100%"/>'
    styled = f"{head}{end}<style>{of_picture()}</style>\n{paper}\n{rest}"
    told = head.partition("<desc")[2].partition(">")[2]
    content = base64.b64encode(styled.encode()).decode()
    return f'<img class="still" alt="{told}" src="data:image/svg+xml;base64,{content}">'
