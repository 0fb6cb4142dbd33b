"""Displacement as it is drawn: bars of the flow, and the stocks as dots on their dates."""

from __future__ import annotations

from typing import Any

import polars as pl

from casualtystats.estimates import Estimate
from casualtystats.periods import format_date, spoken_day
from casualtystats.plots.data.checks import expect, whole_series
from casualtystats.series import FlowSeries, StockSeries

__all__ = ["displacement_alt", "stock_points"]

_MOST = 12
_SCHEMA = {
    "date_earliest": pl.Date, "date_latest": pl.Date, "low": pl.Float64, "best": pl.Float64, "high": pl.Float64,
    "state": pl.String, "text": pl.String,
}  # fmt: skip


def stock_points(stocks: StockSeries[Any]) -> pl.DataFrame:
    """One row a date with a stock; those of several places or groups on one date are summed.

    Parameters
    ----------
    stocks : StockSeries
        Not split.

    Returns
    -------
    pl.DataFrame
        `date_earliest`, `date_latest` (differ where the day is not known), `low`, `best` (null = one-sided), `high` (null =
        no upper bound), `state` ("exact", "value": a best value with bounds, "range": bounds only, "floor": no upper bound
        and no best value, "ceiling": at most), `text` (the count in words).

    Raises
    ------
    KindError, MeasureError, OptionError
        If it is no stock, or split.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> row = {"report_id": "a", "measure": "idps", "unit": "people", "kind": "stock", "value": "22", "start": "2019-04-29"}
    >>> stock_points(cs.idps(cs.read_reports(pl.DataFrame([row])))).select("best", "state").row(0)
    (22.0, 'exact')
    """
    expect(stocks, StockSeries, "a series of stocks")
    whole_series(stocks.info.by)
    rows: list[tuple[Any, ...]] = []
    frame = stocks.to_frame().sort("date_earliest", "date_latest", "report_id")
    for (first, last), part in frame.group_by("date_earliest", "date_latest", maintain_order=True):
        counts = [Estimate(low, best, high) for low, best, high in part.select("low", "best", "high").rows()]
        one = sum(counts[1:], counts[0]).widened()
        rows.append((first, last, one.low, one.best, one.high, _state(one), str(one)))
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


def _state(one: Estimate) -> str:
    if one.low == one.high:
        return "exact"
    if one.best is not None:
        return "value"
    if one.high is None:
        return "floor"
    return "range" if one.low else "ceiling"


def displacement_alt(flow: FlowSeries[Any], stocks: StockSeries[Any] | None = None) -> str:
    """The count and dates of each bar, and each stock with its date.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> row = {"unit": "people", "value": "22", "start": "2019-04-29"}
    >>> reports = cs.read_reports(pl.DataFrame([
    ...     row | {"report_id": "a", "measure": "displaced", "kind": "flow", "end": "2019-05-09"},
    ...     row | {"report_id": "b", "measure": "idps", "kind": "stock", "end": None},
    ... ]))
    >>> displacement_alt(cs.displacement(reports), cs.idps(reports)).split("Below: ")[1]
    'internally displaced people on dates: 22 on 29 April 2019.'
    """
    from casualtystats.plots import alt_text

    told = alt_text.flow(flow)
    if stocks is None:
        return told
    rows = stock_points(stocks).to_dicts()
    listed = "; ".join(f"{row['text']} {_when(row)}" for row in rows[:_MOST])
    more = f"; and {len(rows) - _MOST} more" if len(rows) > _MOST else ""
    return f"{told} Below: {stocks.info.noun} on dates: {listed}{more}."


def _when(row: dict[str, Any]) -> str:
    first, last = row["date_earliest"], row["date_latest"]
    return f"on {spoken_day(first)}" if first == last else f"on a day of {format_date(first, last)}"
