"""What a code, an operation or a term means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import overload

from harness.api.shown import Shown
from harness.api.words import said
from harness.showing import explained
from harness.showing.lines import plain, room, wrapped
from harness.showing.words import say


@dataclass(frozen=True, repr=False)
class Explanation(Shown):
    """A page: what is meant, an example that runs, how it shows, and cases to try."""

    page: explained.Page

    def text(self, columns: int) -> str:
        """The page, and how to draw the first of its cases."""
        lines = [plain(explained.as_lines(self.page, room(columns)))]
        if self.page.cases:
            name = self.page.cases[0].id.removeprefix("cases/").removesuffix(".yaml")
            lines.append(f"\n{say('draw-it', name=name)}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from harness.showing.report import notebook

        return notebook.explanation(self.page)


@dataclass(frozen=True, repr=False)
class Names(Shown):
    """All that there is a page of."""

    def text(self, columns: int) -> str:
        """Every name: of a mistake and a term with what it is in a sentence."""
        parts = [part for kind in explained.names() for part in _of_kind(kind, room(columns))]
        return "\n".join([*parts, say("explain-one")])

    def _repr_html_(self) -> str:
        from harness.showing.report import notebook

        return notebook.code(repr(self), say("what-is-explained"))


@overload
def explain(name: str) -> Explanation: ...
@overload
def explain(name: None = None) -> Names: ...
def explain(name: str | None = None) -> Explanation | Names:
    """What a finding calls a mistake (``overwrite``), an operation (``softmax``) or a term
    (``upstream``) means; without a name, what there is. Raises :class:`LookupError` where there is
    no such page."""
    if not isinstance(name, str | None):
        raise TypeError(said("no-page-name", name=name))
    return Names() if name is None else Explanation(explained.page(name))


def _of_kind(kind: str, width: int) -> list[str]:
    names = explained.names()[kind]
    if kind == explained.OPERATIONS:
        lines = wrapped(", ".join(names), width - 2)
    else:
        wide = max(map(len, names)) + 2
        told = (f"{name:<{wide}}{explained.page(name).summary}" for name in names)
        lines = [line for one in told for line in wrapped(one, width - 2, wide)]
    return [f"{say(f'kind-{kind}')}\n", *(f"  {line}" for line in lines), ""]
