"""Where a backward pass begins: at the first gradient of the last forward pass."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from harness.engines.staged.nodes import LEAF, Node, Recording, Write
from harness.judging.staged import names
from harness.judging.staged.program import ancestors, root
from harness.judging.staged.writes import (
    ALIAS,
    computes_again,
    is_zero,
    of_objects,
)


class Beginning:
    """The writes of a run. ``given`` and ``of_objects`` say of some names whose gradients they
    hold."""

    def __init__(
        self, recording: Recording, writes: Sequence[Write], given: Mapping[str, str]
    ) -> None:
        self.recording, self.writes, self.given = recording, writes, given
        self.of_objects = of_objects(writes)

    def found(self) -> tuple[int, dict[str, str]]:
        """Where the backward pass begins: at the first gradient after the last step that some
        gradient is named after. And the step that each gradient is named after."""
        known: dict[str, int] = {}
        bases: dict[str, str] = {}
        first: dict[str, int] = {}
        last: dict[str, int] = {}
        clean, outer = self._clean(), set[str]()
        nodes: dict[str, Node] = {}
        for write in self.writes:
            if write.node is not None:
                nodes.setdefault(write.name, root(write.node))
        distinct = names.distinct(nodes)
        zeros: dict[str, str] = {}
        ran: set[tuple[str, int]] = set()
        begun = [not is_zero(write) for write in self.writes]
        for index, write in enumerate(self.writes):
            name = write.name
            if write.scope > 0 and name in outer:
                continue  # a function's own
            outer |= set() if write.scope > 0 else {name}
            base = self.given.get(name) or self.of_objects.get(name)
            base = base or names.meant(name, (known.keys() - bases.keys()) & distinct, known)
            if base is None and (
                names.is_partial(name, known, ())
                or (names.is_error(name) and self._leads_to_gradients(index))
            ):
                base = ""
            if write.how == ALIAS:
                known.setdefault(name, index)
            elif base is not None and name not in known and name not in bases:
                if not begun[index]:
                    zeros[name] = base  # to be added to: the backward pass may begin far below
                else:
                    bases[name], first[name] = base, index
            elif base is None and name not in bases:
                if bases and (name, write.line) in ran and write.scope:
                    continue  # the forward pass once more, at other numbers
                ran.add((name, write.line))
                if clean[index] or name not in known:
                    last[name] = index
                known.setdefault(name, index)
        # A name that steps are computed from before the last of them is one of the steps itself.
        while True:
            wanted = {base for base in bases.values() if base}
            end = max((last[name] for name in wanted if name in last), default=-1)
            early = [name for name in bases if first[name] <= end]
            if not early or all(name in self.given for name in early):
                break
            for name in early:
                if name not in self.given:
                    del bases[name]
                    last[name] = first[name]
        if self._goes_on(bases):
            bases = {}
        bases = {**zeros, **bases}
        own = [i for i, write in enumerate(self.writes) if write.name in bases]
        alike = [i for i, x in enumerate(self.writes) if i > end and names.is_alike(x.name)]
        own = [i for i in own if begun[i] or i > end]
        starts = [i for i in alike if i < min(own, default=0) and self._leads_to_gradients(i)]
        starts += own
        return (min(starts) if starts else len(self.writes)), bases

    def _leads_to_gradients(self, index: int) -> bool:
        """Whether all that is made of what is written there is called like gradients."""
        own = None if self.writes[index].node is None else root(self.writes[index].node)  # type: ignore[arg-type]
        made = [
            write.name
            for write in self.writes[index + 1 :]
            if write.node is not None
            and root(write.node) is not own
            and own in ancestors([write.node])
        ]
        return bool(made) and all(map(names.is_alike, made))

    def _goes_on(self, bases: Mapping[str, str]) -> bool:
        """Whether what is only called like gradients is a part of the forward pass: none is that of
        an input, and something else is made of them in the end."""
        steps = set(bases.values())
        nodes: dict[str, Node] = {}
        for write in self.writes:
            if write.node is not None and not (write.name in steps and write.name in nodes):
                nodes[write.name] = root(write.node)  # of a step what it was before an update
        named = set(nodes.values())
        leaves = {name for name, node in nodes.items() if not ancestors([node]) & (named - {node})}
        first: dict[str, Node | None] = {}
        for write in self.writes:
            first.setdefault(write.name, write.node)
        inputs = {name for name, node in first.items() if node and root(node).op == LEAF}
        updates = self._updates(inputs, first)
        others = [
            write
            for write in self.writes
            if write.name not in steps | inputs and write.node not in updates
        ]
        if leaves & steps or self.given or not others:
            return False
        last = others[-1]
        own = {nodes[name] for name in bases if name in nodes}
        return (
            last.name not in bases and last.node is not None and bool(ancestors([last.node]) & own)
        )

    def _updates(self, inputs: Collection[str], first: Mapping[str, Node | None]) -> set[Node]:
        """All that is there to change inputs, as a step of training does."""
        return ancestors(
            write.node
            for write in self.writes
            if write.name in inputs and write.node and write.node is not first[write.name]
        )

    def _clean(self) -> list[bool]:
        """Of each write, whether it computes a step that was not there, and not of what is called
        like a gradient: the turn of a loop that uses those is the next one."""
        every = {write.name for write in self.writes}
        alike = {
            write.node
            for write in self.writes
            if names.is_alike(write.name) or names.meant(write.name, every, loosely=False)
        }
        dirty: set[Node] = set()
        for node in self.recording.nodes:
            if node in alike or any(
                item in dirty for item in node.operands if isinstance(item, Node)
            ):
                dirty.add(node)
        seen: set[Node] = set()
        last: dict[str, Node] = {}
        found = []
        for write in self.writes:
            own = None if write.node is None else root(write.node)
            fresh = own is not None and own not in seen and own not in dirty
            found.append(fresh and not computes_again(own, last.get(write.name)))
            if own is not None:
                seen.add(own)
                last[write.name] = own
        return found
