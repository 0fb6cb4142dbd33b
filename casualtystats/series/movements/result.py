"""A matrix of moves: cells, margins and total with bounds, and what follows from them.

Invariants
----------
- `low <= best <= high`; `best` is null unless one value alone is possible, or one report states it; `high` is null where
  no report bounds the count from above.
- What is stated and what is implied is told apart in `kind`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from casualtystats.errors import OptionError
from casualtystats.estimates import Estimate
from casualtystats.ledger import Bounds
from casualtystats.markup import html_table, write_table
from casualtystats.periods import Period
from casualtystats.series.movements.axes import ALL, ELSEWHERE
from casualtystats.series.movements.leave import Rest, leaving_span
from casualtystats.series.movements.net import net_frame
from casualtystats.series.movements.pairs import PairLedger
from casualtystats.series.movements.told import cell_text
from casualtystats.vocabulary import Measure, Unit, measure_noun

__all__ = ["FlowMatrix"]


@dataclass(frozen=True, eq=False, repr=False)
class FlowMatrix:
    """Moves by place left (rows) and place of arrival (columns). Made by `flow_matrix`.

    Attributes
    ----------
    frame : pl.DataFrame
        Cells, margins and total, as `to_frame(margins=True)` gives them.
    origins, destinations : tuple of str
        Rows and columns.
    whole : tuple of (str or None, str or None)
        What rows and columns are parts of; None = everywhere.
    measure, unit : Measure, Unit
        What is counted.
    period : Period
        When, both ends counted.
    once : bool
        Whether people are read as movements, as the caller states that each of them moved once.
    ledger : PairLedger
        What the reports say together; `ledger.audit` says what became of each.
    days : Period
        The days that the ledger was asked for.
    """

    frame: pl.DataFrame
    origins: tuple[str, ...]
    destinations: tuple[str, ...]
    whole: tuple[str | None, str | None]
    measure: Measure
    unit: Unit
    period: Period
    once: bool
    ledger: PairLedger
    days: Period

    @property
    def noun(self) -> str:
        """What is counted, in words."""
        return measure_noun(self.measure, self.unit, self.ledger.scope["group"])

    @property
    def additive(self) -> bool:
        """Whether cells add up to their margins."""
        return self.ledger.additive

    @property
    def convention(self) -> str:
        """How the numbers are to be read."""
        if self.ledger.additive:
            read = "each of them moved once, as the caller states; " if self.once else ""
            return f"{read}cells add up to their margins, bounds of cells do not"
        since = "" if self.ledger.origin is None else f" since {self.ledger.origin.start_earliest.isoformat()}"
        return (
            f"each number counts on its own who made that move for the first time{since}: the same people may be in several "
            "cells, and cells do not add up to margins"
        )

    @property
    def source_line(self) -> str:
        """To whom the figures are attributed."""
        named = {str(s.row["source"]) for s in self.ledger.statements if s.row["source"]}
        return f"Source: {', '.join(sorted(named))}" if named else "Source: not stated"

    def cell(self, origin: str, destination: str) -> Bounds:
        """Moves from one place to another: a row and a column, or "(elsewhere or not stated)" for the rest of a margin.

        Raises
        ------
        OptionError
            If there is no such row or column.
        """
        return self._bounds(origin, destination)

    def margin(self, *, origin: str | None = None, destination: str | None = None) -> Bounds:
        """All moves from a place, all moves to a place, or all moves where neither is named.

        Raises
        ------
        OptionError
            If there is no such row or column, or both are named: that is a cell.
        """
        if origin is not None and destination is not None:
            raise OptionError(
                "expected origin= or destination= for a margin, got both; a pair is .cell(origin, destination)"
            )
        return self._bounds(origin or ALL, destination or ALL)

    def _bounds(self, origin: str, destination: str) -> Bounds:
        found = self.frame.filter(pl.col("origin") == origin, pl.col("destination") == destination)
        if found.is_empty():
            for name, value, known in (
                ("origin", origin, self.origins),
                ("destination", destination, self.destinations),
            ):
                if value not in (*known, ALL, ELSEWHERE):
                    raise OptionError(f"expected {name}= one of {', '.join(known)}, {ELSEWHERE!r}; got {value!r}")
            raise OptionError(f"expected a named place, got {ELSEWHERE!r}: the named ones are all that there are")
        row = found.row(0, named=True)
        places = self.ledger.reports.places
        ends = [value if value in (ALL, ELSEWHERE) else places.name(value) for value in (origin, destination)]
        about = f"{self.noun}, from {ends[0]} to {ends[1]}, {self.period}"
        sharp = self.ledger.sharp(self.days) or row["low"] == row["high"]
        return Bounds(row["low"], row["best"], row["high"], unit=self.unit, about=about, sharp=sharp)

    def net(self, *, rest: Rest = "unknown") -> pl.DataFrame:
        """What each place gains and loses: arrivals less departures. Moves inside one place are neither.

        Parameters
        ----------
        rest : {"unknown", "elsewhere"}
            Who is in a margin, but in no named pair: "unknown" (default), their other end is not stated and may be the place
            itself; "elsewhere", the named pairs are complete, and they came from or went to somewhere else.

        Returns
        -------
        pl.DataFrame
            `place`, `arrivals_low`, `arrivals_high`, `departures_low`, `departures_high`, `net_low`, `net_high`, `method`; null
            = nothing bounds it on that side. Net counts do not add up to bounds of a larger place.

        Raises
        ------
        OptionError
            If a place of arrival lies in a place that is left, or overlaps it.

        Notes
        -----
        For what adds up, the net is bounded over all counts that agree with all reports at once (a linear programme over the
        cells of the ledger), which is tighter than the difference of two bounds: arrivals and departures can not both be at
        their own ends. People who may move more than once do not add up: their net lies between the differences of the
        bounds. `method` says which.
        """
        return net_frame(self.ledger, self.origins, self.destinations, self.whole, self.days, rest)

    def leaving(self, area: str, *, rest: Rest = "unknown") -> Estimate:
        """People who leave an area: what `person_days(leaving=)` takes. Who is displaced within it stays in its denominator.

        Parameters
        ----------
        area : str
            The area whose people are counted: a place, or a zone.
        rest : {"unknown", "elsewhere"}
            Who left a place in the area, but for no named destination: "unknown" (default), they may have stayed in the
            area or left it; "elsewhere", the destinations inside the area are complete, and they left it.

        Returns
        -------
        Estimate
            From those who surely left (for a destination outside) to all who may have; `high` None = nothing bounds it. Moves
            whose origin is not stated are not counted.

        Raises
        ------
        OptionError
            If households are counted, or `rest` is not known.

        Examples
        --------
        >>> import polars as pl, casualtystats as cs
        >>> from casualtystats.series.movements import flow_matrix
        >>> reports = cs.read_reports(pl.DataFrame({
        ...     "report_id": ["all", "stayed"], "measure": "displaced", "unit": "displacements", "kind": "flow",
        ...     "value": [180_000, 164_000], "start": "2019-04-29", "end": "2019-05-09", "place": "Syria/Idlib",
        ...     "destination": [None, "Syria/Idlib"],
        ... }))
        >>> matrix = flow_matrix(reports)
        >>> str(matrix.leaving("Syria/Idlib")), str(matrix.leaving("Syria/Idlib", rest="elsewhere"))
        ('up to 16,000', '16,000')
        >>> print(cs.person_days(500_000, "2019-04-29/2019-05-09", leaving=matrix.leaving("Syria/Idlib")))
        5,412,000 to 5,500,000 person-days over 11 days, both ends counted; people leave evenly
        """
        if self.unit == "households":
            raise OptionError(
                "expected people or movements for person-days, got households; see .to_people of a series"
            )
        low, high = leaving_span(self.ledger, self.destinations, self.whole[1], area, self.days, rest)
        return Estimate(low, low if low == high else None, high)

    def to_frame(self, *, margins: bool = True) -> pl.DataFrame:
        """One row a cell.

        Parameters
        ----------
        margins : bool, default True
            Whether margins and total, marked "(all)", stand in it too.

        Returns
        -------
        pl.DataFrame
            `origin`, `destination`, `low`, `best` (null = several values are possible, and no one report states it), `high`
            (null = nothing bounds it), `kind` ("stated": a report is about just this pair and period; "bounded": what the
            reports imply), `reports` (ids of those that state it, joined by "; ").
        """
        return self.frame if margins else self.frame.filter(pl.col("origin") != ALL, pl.col("destination") != ALL)

    def to_wide(self) -> pl.DataFrame:
        """The matrix as text, one row an origin: "164,000", "164,000 (about)", "0 to 16,000", "at least 5", "not bounded"."""
        texts = pl.Series("text", [cell_text(row) for row in self.frame.to_dicts()], dtype=pl.String)
        told = self.frame.select("origin", "destination", texts)
        return told.pivot("destination", index="origin", values="text", maintain_order=True)

    def to_csv(self, path: str | Path) -> None:
        """Write `to_frame()` as CSV, with spreadsheet formulas defused."""
        write_table(self.frame, path)

    def __str__(self) -> str:
        size = f"{len(self.origins)} x {len(self.destinations)} places"
        return f"{self.noun} by origin and destination, {size}, {self.period}: {self.margin()} in all"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return html_table(self.to_wide(), str(self), f"{self.convention}. {self.source_line}")
