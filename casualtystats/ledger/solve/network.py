"""Bounds for one place and group: every report bounds a difference of running totals, and shortest paths do the rest.

With S(b) the count before boundary b, a report says L <= S(end) - S(start) <= U, and S never falls. Drawn as a graph
with an edge from u to v of length w for S(v) - S(u) <= w, the shortest path from u to v is the sharp upper bound of
S(v) - S(u) over whole numbers, and minus the shortest path back is the sharp lower bound. A cycle of negative length is
a contradiction, and the reports on a simple one are an irreducible contradiction: without any of them the rest can be
true, and its length is by how much they are apart.

The reports on a shortest path are those that make the bound, and their numbers add up to it.

References
----------
Dechter, R., Meiri, I., Pearl, J. (1991). Temporal constraint networks. Artificial Intelligence 49, 61-95.
Johnson, D. B. (1977). Efficient algorithms for shortest paths in sparse networks. Journal of the ACM 24, 1-13.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from casualtystats.errors import OptionError
from casualtystats.ledger.rows import Row
from casualtystats.ledger.statements import Edge

__all__ = ["Cause", "Network"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
_EXACT = 2**53
_AT_ONCE = 256


class Cause(NamedTuple):
    """A row, the side of it that is used ("low" or "high"), and how often."""

    row: int
    side: str
    times: float


class Network:
    """Difference constraints on one running total.

    Parameters
    ----------
    rows : sequence of Row
        All about the same cells.

    Raises
    ------
    OptionError
        If the counts are so large that their sums are not exact.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        edges = {edge for row in rows for edge in (row.start, row.end)}
        self.days: list[int] = sorted({day for edge in edges for day in (edge.first, edge.last)})
        self.fuzzy = any(edge.fuzzy for edge in edges)
        self._number = {day: at for at, day in enumerate(self.days)}
        self._virtual: dict[object, int] = {}
        lengths: dict[tuple[int, int], tuple[int, int]] = {}

        def at_most(u: int, v: int, length: int, cause: int) -> None:
            # Of parallel edges the shortest holds: a sparse matrix would add them up.
            if (u, v) not in lengths or length < lengths[u, v][0]:
                lengths[u, v] = (length, cause)

        for at in range(len(self.days) - 1):
            at_most(at + 1, at, 0, -1)
        for at, row in enumerate(rows):
            start, end = self._node(row.start, at, at_most), self._node(row.end, at, at_most)
            if row.end.first < row.start.last:
                at_most(end, start, 0, -1)
            if row.low > 0:
                at_most(end, start, -row.low, 2 * at)
            if row.high is not None:
                at_most(start, end, row.high, 2 * at + 1)
        self.size = len(self.days) + len(self._virtual)
        pairs = sorted(lengths)
        self._u = np.array([u for u, _ in pairs], np.int64)
        self._v = np.array([v for _, v in pairs], np.int64)
        self._w = np.array([lengths[pair][0] for pair in pairs], np.float64)
        self._cause = [lengths[pair][1] for pair in pairs]
        self._edge_of = {pair: at for at, pair in enumerate(pairs)}
        if sum(abs(length) for length, _ in lengths.values()) >= _EXACT:
            raise OptionError(
                f"expected counts that add up to less than {_EXACT:,}, so that sums are exact; got more. Check the largest values"
            )
        self._heights, self.cycle = self._settle()

    def _node(self, edge: Edge, row: int, at_most: Any) -> int:
        """The node of an edge; one that lies between two days is bounded by them."""
        if not edge.fuzzy:
            return self._number[edge.first]
        name = edge.shared or (row, edge)
        if name not in self._virtual:
            node = len(self.days) + len(self._virtual)
            self._virtual[name] = node
            at_most(node, self._number[edge.first], 0, -1)
            at_most(self._number[edge.last], node, 0, -1)
        return self._virtual[name]

    def _settle(self) -> tuple[Floats, list[Cause]]:
        """A height for each node with length + height(u) - height(v) >= 0, or the reports on a negative cycle."""
        heights = np.zeros(self.size)
        last = np.full(self.size, -1, np.int64)
        if not len(self._u):
            return heights, []
        order = np.argsort(self._v, kind="stable")
        targets, firsts = np.unique(self._v[order], return_index=True)
        for step in range(2 * self.size + 2):
            reach = heights[self._u] + self._w
            best = np.minimum.reduceat(reach[order], firsts)
            better = best < heights[targets]
            if not better.any():
                return heights, []
            hit = np.zeros(self.size, bool)
            hit[targets[better]] = True
            heights[targets[better]] = best[better]
            used = np.flatnonzero(hit[self._v] & (reach == heights[self._v]))
            # The first of equal edges: the answer does not depend on the order of writing.
            last[self._v[used[::-1]]] = used[::-1]
            if step % 32 == 31 or step >= self.size:
                cycle = self._cycle(last)
                if cycle:
                    return heights, cycle
        raise AssertionError("a shortest path visits no node twice")  # pragma: no cover

    def _cycle(self, last: Integers) -> list[Cause]:
        """The reports on a cycle of the edges by which nodes were last reached; empty where there is none."""
        seen = np.zeros(self.size, np.int64)
        for node in range(self.size):
            at, mark = node, node + 1
            while at >= 0 and seen[at] == 0:
                seen[at] = mark
                at = int(self._u[last[at]]) if last[at] >= 0 else -1
            if at >= 0 and seen[at] == mark:
                causes: list[Cause] = []
                end = at
                while True:
                    edge = int(last[at])
                    causes += self._causes([edge])
                    at = int(self._u[edge])
                    if at == end:
                        return sorted(causes)
        return []

    def _causes(self, edges: Sequence[int]) -> list[Cause]:
        codes = [self._cause[edge] for edge in edges]
        return [Cause(code // 2, "high" if code % 2 else "low", 1.0) for code in codes if code >= 0]

    def _graph(self) -> Any:
        from scipy.sparse import csr_matrix

        weights = self._w + self._heights[self._u] - self._heights[self._v]
        return csr_matrix((weights, (self._u, self._v)), shape=(self.size, self.size))

    def _ends(self, first: int, until: int) -> tuple[int, int, int, int]:
        """Nodes around and inside a period: before its first day, after its last, from its first, up to its last."""
        outer = bisect_right(self.days, first) - 1, bisect_left(self.days, until)
        inner = bisect_left(self.days, first), bisect_right(self.days, until) - 1
        return (outer[0], outer[1] if outer[1] < len(self.days) else -1, *inner)

    def bounds(self, periods: Sequence[tuple[int, int]]) -> list[tuple[int, int | None]]:
        """Sharp bounds of the counts between pairs of boundaries.

        A boundary between two of the graph's lies in a stretch in which the reports do not say what fell where: all
        of it may lie on either side.
        """
        tops: list[tuple[int, int]] = []
        floors: list[tuple[int, int]] = []
        plan: list[tuple[int, int]] = []
        for first, until in periods:
            a, b, c, d = self._ends(first, until)
            top = floor = -1
            if a >= 0 and b >= 0:
                top = len(tops)
                tops.append((a, b))
            if c < d:
                floor = len(floors)
                floors.append((d, c))
            plan.append((floor, top))
        lengths = self._lengths([*tops, *floors])
        found: list[tuple[int, int | None]] = []
        for floor, top in plan:
            low = 0 if floor < 0 else max(0, -int(lengths[len(tops) + floor]))
            high = None if top < 0 or not np.isfinite(lengths[top]) else int(lengths[top])
            found.append((low, high))
        return found

    def _lengths(self, pairs: Sequence[tuple[int, int]]) -> Floats:
        """Lengths of shortest paths; the work is one search for each different first node."""
        from scipy.sparse.csgraph import dijkstra

        graph = self._graph()
        found = np.empty(len(pairs))
        froms = np.array([u for u, _ in pairs], np.int64)
        tos = np.array([v for _, v in pairs], np.int64)
        sources = np.unique(froms)
        for at in range(0, len(sources), _AT_ONCE):
            some = sources[at : at + _AT_ONCE]
            distances = dijkstra(graph, indices=some)
            asked = np.flatnonzero((froms >= some[0]) & (froms <= some[-1]))
            found[asked] = distances[np.searchsorted(some, froms[asked]), tos[asked]]
        finite = np.isfinite(found)
        found[finite] += self._heights[tos[finite]] - self._heights[froms[finite]]
        return np.round(found)

    def explain(self, first: int, until: int) -> tuple[list[Cause], list[Cause]]:
        """The rows that make the low, and those that make the high, of the count between two boundaries."""
        a, b, c, d = self._ends(first, until)
        low = self._path(d, c) if c < d else []
        high = self._path(a, b) if a >= 0 and b >= 0 else []
        return low, high

    def _path(self, u: int, v: int) -> list[Cause]:
        from scipy.sparse.csgraph import dijkstra

        distances, before = dijkstra(self._graph(), indices=[u], return_predecessors=True)
        if not np.isfinite(distances[0, v]):
            return []
        edges: list[int] = []
        while v != u:
            edges.append(self._edge_of[int(before[0, v]), v])
            v = int(before[0, v])
        return self._causes(edges[::-1])
