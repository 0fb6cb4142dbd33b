"""The builder of a matrix of moves: reports of pairs, of margins and of the total, read as one ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Literal

import polars as pl

from casualtystats.errors import ContradictionError, OptionError
from casualtystats.ledger import LedgerOptions
from casualtystats.periods import Period
from casualtystats.reports import Reports
from casualtystats.reports.select import RoleChoice, Selection
from casualtystats.series.movements.axes import axis_of
from casualtystats.series.movements.cells import cells_of
from casualtystats.series.movements.pairs import PairLedger
from casualtystats.series.movements.result import FlowMatrix
from casualtystats.vocabulary import Unit

__all__ = ["flow_matrix"]

_KINDS: tuple[Literal["flow"], Literal["cumulative"]] = ("flow", "cumulative")
_DATES = ("start_earliest", "start_latest", "end_earliest", "end_latest")


def flow_matrix(
    reports: Reports, *, measure: Literal["displaced", "returned"] = "displaced", unit: Unit | None = None,
    period: Period | str | None = None, place: str | None = None, group: str | None = None, source: str | None = None,
    role: RoleChoice | None = None, as_of: str | date | None = None, once: bool = False,
    origin: str | date | None = None, options: LedgerOptions | None = None, origins: list[str] | None = None,
    destinations: list[str] | None = None,
) -> FlowMatrix:  # fmt: skip
    """Who moved from where to where: a matrix of places left and places of arrival, with bounds on what nobody reports.

    A report with `place` and `destination` is a cell, one with `place` alone the margin of its row (to all destinations),
    one with `destination` alone the margin of its column (from everywhere), one with neither the total. All of them are
    constraints at once; a cell that no report states lies between the least and the most that they allow (`Ledger`).

    Parameters
    ----------
    reports : Reports
        Checked reports. Flows and running totals are used.
    measure : {"displaced", "returned"}
        What is counted.
    unit : {"people", "displacements", "households"}, optional
        Needed where the selection holds several.
    period : Period or str, optional
        Days that are asked for, both ends counted; by default from the first to the last day of any report. Where all
        reports are of one source and one period, that is the period, even if its ends are not exactly known.
    place, group, source, role, as_of
        As in `displacement`. `place` keeps reports of moves that begin inside it.
    once : bool, default False
        The caller (or the source) states that each of the people, or households, moved once: then they add up over places
        and periods as movements do. Without it people do not, see the notes.
    origin : str or date, optional
        Of people: the day since which first times are counted; needed where reports begin on different days.
    options : LedgerOptions, optional
        How the ledger reads reports: rules for contradictions, standards, observed periods.
    origins, destinations : list of str, optional
        Rows and columns: places that share nobody, in the order wanted. By default all that reports name, below the one
        that holds all others.

    Returns
    -------
    FlowMatrix
        Cells, margins and total with bounds.

    Raises
    ------
    OptionError
        If rows or columns lie in one another, or an option is not known.
    ContradictionError
        If reports of cells and margins can not all be true; it names their ids.
    NoReportsError, MixedUnitsError, MixedStandardsError, VintageError, NotAdditiveError
        As `Ledger`.

    Notes
    -----
    A margin also covers places that nobody names, and moves whose end is not stated: the row and the column "(elsewhere or
    not stated)". A margin that no report states is at least the sum of its cells, and has no upper bound.

    People do not add over places and periods: who flees twice is in two cells. Without `once`, each number is a count of its
    own: of the people who left that place for that destination, for the first time since `origin`. Cells then bound their
    margin from below one by one, and a margin says of its other cells only that they are not larger.

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
    >>> print(matrix)
    displacements (movements) by origin and destination, 1 x 1 places, 29 April to 9 May 2019: at least 180,000 in all
    >>> str(matrix.cell("Syria/Idlib", "(elsewhere or not stated)")), str(matrix.margin(origin="Syria/Idlib"))
    ('16,000', '180,000')
    """
    if measure not in ("displaced", "returned"):
        raise OptionError(f"expected measure= 'displaced' or 'returned', got {measure!r}")
    if not isinstance(reports, Reports):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(f"expected Reports, got {type(reports).__name__}; read a file with cs.read_reports(path)")
    selection = Selection.of(
        reports, measure, _KINDS, unit=unit, place=place, group=group, source=source, role=role, as_of=as_of
    )
    counted: Unit = selection.unit
    moves = once and counted != "displacements"
    selection, found = _one_period(selection)
    if moves:
        selection = _as_movements(selection)
    chosen = options or LedgerOptions()
    if origin is not None and not moves and counted != "displacements":
        chosen = replace(chosen, origin=origin)
    ledger = PairLedger.of_selection(selection.reports, selection, chosen)
    _refuse_contradictions(ledger)
    asked = Period.parse(period) if isinstance(period, str) else period
    if asked is not None and not isinstance(asked, Period):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(f"expected period= a Period or its text ('2019-05-01/2019-05-10'), got {period!r}")
    # A report that bounds nothing ("at least 0") names its places all the same.
    named = selection.frame().filter(~pl.col("report_id").is_in(chosen.drop)).select("place", "destination").collect()
    rows = axis_of("origins", named["place"].to_list(), reports.places, origins, place)
    columns = axis_of("destinations", named["destination"].to_list(), reports.places, destinations, None)
    days = ledger.period(asked)
    told = found if found is not None and asked is None else days
    return FlowMatrix(
        cells_of(ledger, rows, columns, days), rows.places, columns.places, (rows.whole, columns.whole), measure, counted,
        told, moves, ledger, days,
    )  # fmt: skip


def _one_period(selection: Selection) -> tuple[Selection, Period | None]:
    """Where all reports are of one source and one period with fuzzy ends, its days say nothing of who went where.

    The period is then put on its widest days, and told as it is.
    """
    frame = selection.frame().collect()
    if frame.select(_DATES).n_unique() > 1 or frame["source"].has_nulls() or frame["source"].n_unique() > 1:
        return selection, None
    row = frame.row(0, named=True)
    found = Period(*(row[name] for name in _DATES))
    if not found.fuzzy or frame["hours"].is_not_null().any():
        return selection, None
    known = frame.with_columns(start_latest=pl.col("start_earliest"), end_earliest=pl.col("end_latest"))
    return _with(selection, known), found


def _as_movements(selection: Selection) -> Selection:
    """The selected people, each of whom moved once, as movements."""
    frame = selection.frame().collect()
    moved = frame.with_columns(unit=pl.lit("displacements").cast(frame.schema["unit"]))
    tests = tuple(test for test in selection.tests if not test.reason.startswith("its unit is not"))
    return replace(_with(selection, moved), unit="displacements", tests=tests)


def _with(selection: Selection, changed: pl.DataFrame) -> Selection:
    """The selection with changed rows in the place of those that it holds."""
    every = selection.reports.frame
    at = {name: number for number, name in enumerate(every["report_id"])}
    rest = every.filter(~pl.col("report_id").is_in(changed["report_id"].to_list()))
    frame = pl.concat([rest, changed])
    order = pl.Series([at[name] for name in frame["report_id"]])
    held = selection.reports
    reports = Reports(frame[order.arg_sort()], held.rejected, held.places, held.origin, held.ignored_columns)
    return replace(selection, reports=reports)


def _refuse_contradictions(ledger: PairLedger) -> None:
    if ledger.consistent:
        return
    found = ledger.contradictions()
    told = ". ".join(f"{one.sentence} (reports: {', '.join(one.reports)})" for one in found.found[:3])
    raise ContradictionError(
        f"expected cells, margins and totals that can all be true, got: {told}. Name a rule: "
        "options=cs.LedgerOptions(relax='least') (they give way as little as possible in total), trust=[sources in order], or "
        "drop=[report ids]"
    )
