"""Where everything of a circuit diagram goes: a program and its numbers become boxes and wires.

Layers and the order within them are a library's. Each layer is a column: an approach, in which the
wires run level and carry the terms that are added up; the gates; and a level piece of wire with
the value above and the gradient below it. Wires bend in the channels between columns only, where
there is no text, so that nothing can cover anything else. A long program is folded into rows.

Lengths are in pixels, y points down, and a label's y is the line that its letters stand on.
"""
