"""A circuit as an image that needs no style sheet and no script of the page that it stands in.

A notebook that nobody has vouched for is shown without either, and so is one on a code platform.
The player exchanges the image for what is in it, where there is a player.
"""

from __future__ import annotations

import base64
from typing import Final

from harness.showing.report.look import of_picture

START: Final = "<svg "


def as_image(svg: str) -> str:
    """A picture that was made to stand in a page as an element of HTML; what it shows is told to
    those who do not see it."""
    head, _, rest = svg.partition(">")
    paper = '<rect class="paper" width="100%" height="100%"/>'
    spaced = head.replace(START, f'{START}xmlns="http://www.w3.org/2000/svg" ', 1)
    whole = f"{spaced}><style>{of_picture()}</style>{paper}{rest}"
    told = head.partition('aria-label="')[2].removesuffix('"')
    content = base64.b64encode(whole.encode()).decode()
    return f'<img class="still" alt="{told}" src="data:image/svg+xml;base64,{content}">'
