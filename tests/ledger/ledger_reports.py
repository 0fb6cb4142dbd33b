"""Small made-up ledgers, and every assignment of whole counts to their cells."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from typing import Any

import polars as pl
from hypothesis import strategies as st

from casualtystats.places import Places
from casualtystats.reports import Reports, read_reports

FIRST = date(2019, 5, 1)


def day(number: int) -> date:
    """The day with a number; day 0 is the first."""
    return FIRST + timedelta(days=number)


def reports(*rows: dict[str, Any], places: Places | None = None) -> Reports:
    """Reports of violent deaths, with what each row says instead."""
    base = {"measure": "killed", "unit": "people", "kind": "flow", "source": "A", "standard": "reported"}
    filled = [{"report_id": f"r{at}"} | base | row for at, row in enumerate(rows)]
    names = list(dict.fromkeys(name for row in filled for name in row))
    texts = [{name: None if row.get(name) is None else str(row[name]) for name in names} for row in filled]
    frame = pl.DataFrame(texts, schema=dict.fromkeys(names, pl.String))
    found = read_reports(frame, places=places or Places())
    assert found.rejected.is_empty(), found.rejected
    return found


def said(first: int, last: int, low: int, high: int | None, **more: Any) -> dict[str, Any]:
    """A row that bounds the days from one number to another."""
    bounds: dict[str, Any] = {"qualifier": "between", "low": low, "high": high}
    if high is None:
        bounds = {"qualifier": "at_least", "value": low}
    elif low == high:
        bounds = {"qualifier": "exactly", "value": low}
    return {"start": day(first), "end": day(last)} | bounds | more


Fact = tuple[int, int, int, int | None]


@st.composite
def facts(draw: st.DrawFn, days: int, most: int = 3) -> Fact:
    """A random statement about days of a short stretch: first, last, low, high."""
    first = draw(st.integers(0, days - 1))
    last = draw(st.integers(first, days - 1))
    low = draw(st.integers(0, most))
    high = draw(st.one_of(st.none(), st.integers(low, most + 1)))
    if low == 0 and high is None:
        high = draw(st.integers(0, most))
    return first, last, low, high


def assignments(cells: int, most: int) -> Iterator[tuple[int, ...]]:
    """Every assignment of 0 to `most` to each cell."""
    return product(range(most + 1), repeat=cells)
