"""Best values: of all counts that agree with the reports, those nearest to a named reference, never without their bounds.

Reports bound a count; they do not say where between its bounds it is. A best value needs something more, which is an
assumption, and is therefore always named: the reference. What neither reports nor reference determine has no best value.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isnan
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from casualtystats.errors import OptionError
from casualtystats.ledger.holding import Holding
from casualtystats.ledger.keys import DIMENSIONS, Key
from casualtystats.ledger.references import Reference
from casualtystats.ledger.solve.atoms import Located
from casualtystats.ledger.solve.conic import Problem
from casualtystats.ledger.solve.divergence import closest, needed
from casualtystats.ledger.solve.model import Line, Matrix, Region
from casualtystats.ledger.solve.system import Component
from casualtystats.markup import html_table, write_table
from casualtystats.periods import spoken_day

__all__ = ["Best", "best_of"]

Floats = NDArray[np.float64]
_METHOD = (
    "least information divergence from the reference among all counts that agree with the reports; the scale of each part "
    "(place, group) that they tell apart is free"
)


@dataclass(frozen=True, eq=False)
class Best:
    """One best value a cell, with its bounds and the reference that it rests on. Made by `Ledger.best`.

    Attributes
    ----------
    frame : pl.DataFrame
        The columns of `by`, then `period_start`, `period_end` (both included), `days`, `low`, `best`, `high`, `reference`.
        `high` null = no upper bound follows; `best` null = neither reports nor reference determine it.
    reference : str
        The reference, in words.
    method : str
        How best values follow from it, in words.
    divergence : float
        How far the counts are from the reference: sum of x log(x / q) - x + q, in the unit of the counts (natural
        logarithm). 0 = the reference agrees with all reports.
    about : str
        What is counted, in words.
    """

    frame: pl.DataFrame
    reference: str
    method: str
    divergence: float
    about: str

    def to_frame(self) -> pl.DataFrame:
        """The cells as a frame."""
        return self.frame

    def to_csv(self, path: str | Path) -> None:
        """Write the frame as CSV, formulas defused."""
        write_table(self.frame, path)

    def __str__(self) -> str:
        known, number = self.frame["best"].count(), len(self.frame)
        return (
            f"best values of {known:,} of {number:,} cell{'' if number == 1 else 's'}: {self.about}; an assumption, by "
            f"reference {self.reference}"
        )

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return html_table(self.frame.drop("reference"), str(self), f"Method: {self.method}.")


class _Cells(NamedTuple):
    """One component as columns of a problem, which begin at `offset`."""

    component: Component
    matrix: Matrix
    column: Mapping[tuple[int, int], int]
    offset: int


def best_of(
    held: Holding, reference: Reference, cells: pl.DataFrame, whole: Key, by: Sequence[str], about: str
) -> Best:
    """Best values of the cells of a calendar.

    Parameters
    ----------
    held : Holding
        Reports that can all be true.
    reference : Reference
        What is nearest is nearest to this.
    cells : pl.DataFrame
        Cells with their bounds, as `Ledger.bounds_by` gives them: for each key, each period.
    whole : Key
        What is asked for, where `by` does not tell.
    by : sequence of str
        The columns of the keys.
    about : str
        What is counted, in words.

    Raises
    ------
    OptionError
        If the reference has no weight for a day that takes part, or 0 where the reports need a count.
    """
    at = [DIMENSIONS.index(name) for name in by]
    asked: list[tuple[Located, int, int]] = []
    for row in cells.select(*by, "period_start", "period_end").rows():
        key: list[str | None] = list(whole)
        for position, value in zip(at, row, strict=False):
            key[position] = value
        asked.append((held.system.atoms.locate(tuple(key)), row[-2].toordinal(), row[-1].toordinal() + 1))
    components = held.system.components
    # A level says how much all parts are together, so that they are solved together; of a shape each has its own.
    groups = [components] if reference.level else [[component] for component in components]
    total = np.array([np.nan if spot.outside or spot.cut else 0.0 for spot, _, _ in asked])
    divergence = 0.0
    for group in groups:
        values, apart = _nearest(group, reference, asked)
        total, divergence = total + values, divergence + apart
    # Nine digits are more than the solver has; the rest would differ from machine to machine.
    rounded = np.array([float(f"{value:.9g}") for value in total.tolist()])
    low, high = (cells[name].cast(pl.Float64).to_numpy() for name in ("low", "high"))
    inside = np.minimum(np.maximum(rounded, low), high)
    own = _own(held, whole, cells, by, at)
    best = [None if isnan(value) or not stands else value for value, stands in zip(inside.tolist(), own, strict=True)]
    frame = cells.select(
        *by, "period_start", "period_end", "days", "low", pl.Series("best", best, pl.Float64), "high",
        pl.lit(reference.words).alias("reference"),
    )  # fmt: skip
    return Best(frame, reference.words, _METHOD, divergence, about)


def _own(held: Holding, whole: Key, cells: pl.DataFrame, by: Sequence[str], at: Sequence[int]) -> list[bool]:
    """Whether reports about just what a row is about bound it from above, or it is the whole that all reports are about.

    What has no report of its own is what the reports on others leave it: a nearest value would put all deaths of a total
    on the one group that is named.
    """
    rows = held.system.rows
    found: list[bool] = []
    for row in cells.select(*by, "period_start", "period_end", "low", "high").rows():
        key: list[str | None] = list(whole)
        for position, value in zip(at, row, strict=False):
            key[position] = value
        first, last, low, high = row[-4:]
        day, until = first.toordinal(), last.toordinal() + 1
        for one in sorted(
            (one for one in rows if one.high is not None and one.key == tuple(key)), key=lambda one: one.start
        ):
            if one.start.last <= day:
                day = max(day, one.end.first)
        found.append(tuple(key) == held.scope or day >= until or low == high)
    return found


def _nearest(
    components: Sequence[Component], reference: Reference, asked: Sequence[tuple[Located, int, int]]
) -> tuple[Floats, float]:
    """What some components add to each sum (NaN = not determined), and their distance from the reference."""
    from scipy.sparse import csr_matrix

    blocks: list[_Cells] = []
    offset = 0
    for component in components:
        blocks.append(_columns(component, offset))
        offset += blocks[-1].matrix.columns
    problem = _problem(blocks, reference, offset)
    entries: list[tuple[int, int, float]] = []
    values = np.zeros(len(asked))
    for number, (spot, first, until) in enumerate(asked):
        for block in blocks:
            atoms = sorted(spot.whole & block.component.atoms)
            found = _shares(block, atoms, first, until, reference) if atoms else []
            if found is None or any(np.isnan(problem.weight[column]) for column, _ in found):
                values[number] = np.nan
                break
            entries += [(number, column, share) for column, share in found]
    sums: Any = csr_matrix(
        ([share for _, _, share in entries], ([n for n, _, _ in entries], [column for _, column, _ in entries])),
        shape=(len(asked), offset),
    )
    nearest = closest(problem, sums)
    return values + nearest.values, nearest.divergence


def _columns(component: Component, offset: int) -> _Cells:
    matrix = Matrix(component.rows, component.sets)
    column: dict[tuple[int, int], int] = {}
    for stretch in range(len(matrix.days) - 1):
        for atom in sorted(component.atoms):
            found, _, _ = matrix.question(_region(matrix, stretch, atom))
            if len(found):
                column[stretch, atom] = offset + int(found[0])
    return _Cells(component, matrix, column, offset)


def _region(matrix: Matrix, stretch: int, atom: int) -> Region:
    return Region(matrix.days[stretch], matrix.days[stretch + 1], frozenset([atom]), frozenset())


def _problem(blocks: Sequence[_Cells], reference: Reference, columns: int) -> Problem:
    from scipy.sparse import csr_matrix

    weight, part, zero = np.full(columns, np.nan), np.full(columns, -1, np.int64), np.zeros(columns, bool)
    where: dict[int, int] = {}
    parts: dict[int, int] = {}
    lines: list[tuple[int, Line]] = []
    for block in blocks:
        lines += [(block.offset, line) for line in block.matrix.lines()]
        cells = sorted(block.column.items(), key=lambda cell: cell[1])
        regions = [_region(block.matrix, stretch, atom) for (stretch, atom), _ in cells]
        spans = block.component.bounds(regions, integer=False, step=lambda: None)
        for ((_, atom), column), region, (_, high) in zip(cells, regions, spans, strict=True):
            part[column] = parts.setdefault(atom, len(parts))
            if high is not None:
                weight[column] = reference.days(region.first, region.until).sum()
                zero[column] = high == 0
                where[column] = region.first
    table: Any = csr_matrix(
        (
            np.concatenate([line.coefficients for _, line in lines]).astype(float),
            np.concatenate([line.columns + offset for offset, line in lines]),
            np.concatenate([[0], np.cumsum([len(line.columns) for _, line in lines])]),
        ),
        shape=(len(lines), columns),
    )
    floors = np.array([-np.inf if line.low is None else float(line.low) for _, line in lines])
    tops = np.array([np.inf if line.high is None else float(line.high) for _, line in lines])
    problem = Problem(table, floors, tops, weight, part, zero, reference.level)
    short = needed(problem)
    days = [where[column] for column in short.tolist() if weight[column] == 0 and not zero[column]]
    if days:
        raise OptionError(
            f"expected a reference with a weight above 0 on days whose count the reports bound from below, got 0 for "
            f"{spoken_day(date.fromordinal(min(days)))}; give the day a weight, or use reference='uniform'"
        )
    # A bound that is rounded down to 0 may leave a fraction that the rows can not do without.
    zero[short] = False
    return problem


def _shares(
    block: _Cells, atoms: Sequence[int], first: int, until: int, reference: Reference
) -> list[tuple[int, float]] | None:
    """Columns that a period touches, with the share of each that lies in it; None where it leaves them."""
    days = block.matrix.days
    begin, end = bisect_right(days, first) - 1, bisect_left(days, until)
    if begin < 0 or end >= len(days):
        return None
    found: list[tuple[int, float]] = []
    for stretch in range(begin, end):
        a, b = days[stretch], days[stretch + 1]
        columns = [block.column.get((stretch, atom), -1) for atom in atoms]
        if min(columns) < 0:
            return None
        share = 1.0
        if first > a or until < b:
            inner = reference.days(max(a, first), min(b, until)).sum()
            share = float(inner / (reference.days(a, b).sum() or 1.0))
        found += [(column, share) for column in columns]
    return found
