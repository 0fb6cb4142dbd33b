"""The frames of an account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dataframely as dy
import polars as pl

from casualtystats.series.accounts.stretch import Stretch

__all__ = ["StretchSchema", "shown", "stretch_frame", "traced_frame"]

_PEOPLE = {"unit": "people"}


def _low(what: str) -> Any:
    return dy.Int64(nullable=True, metadata=_PEOPLE, description=f"{what}: lower bound; null = none is known")


def _best(what: str) -> Any:
    return dy.Int64(nullable=True, metadata=_PEOPLE, description=f"{what}: best value; null = none")


def _high(what: str) -> Any:
    return dy.Int64(nullable=True, metadata=_PEOPLE, description=f"{what}: upper bound; null = none is known")


class StretchSchema(dy.Schema):
    """One stretch of an account a row: from the day after one stock to the day of another (`DisplacementAccount`)."""

    stretch = dy.String(primary_key=True, description="dates of both stocks")
    period_start = dy.Date(description="first day of the flows, at its earliest: the day after the first stock")
    period_end = dy.Date(description="last day of the flows, at its latest (included): the day of the last stock")
    start_latest = dy.Date(description="last day on which the flows may start")
    end_earliest = dy.Date(description="first day on which they may end")
    days_min = dy.Int64(min=1, metadata={"unit": "days"}, description="shortest length that is possible")
    days_max = dy.Int64(min=1, metadata={"unit": "days"}, description="longest length that is possible")
    stock_start_low = _low("first stock")
    stock_start_best = _best("first stock")
    stock_start_high = _high("first stock")
    displaced_low = _low("displaced, first and again")
    displaced_best = _best("displaced, first and again")
    displaced_high = _high("displaced, first and again")
    onward_low = _low("onward moves, held in displaced")
    onward_best = _best("onward moves, held in displaced")
    onward_high = _high("onward moves, held in displaced")
    returned_low = _low("returned")
    returned_best = _best("returned")
    returned_high = _high("returned")
    settled_low = _low("settled or left")
    settled_best = _best("settled or left")
    settled_high = _high("settled or left")
    births_low = _low("births")
    births_best = _best("births")
    births_high = _high("births")
    deaths_low = _low("deaths")
    deaths_best = _best("deaths")
    deaths_high = _high("deaths")
    arrivals_low = _low("net arrivals, of any sign")
    arrivals_best = _best("net arrivals, of any sign")
    arrivals_high = _high("net arrivals, of any sign")
    expected_low = _low("last stock as expected")
    expected_best = _best("last stock as expected")
    expected_high = _high("last stock as expected")
    stock_end_low = _low("last stock as stated")
    stock_end_best = _best("last stock as stated")
    stock_end_high = _high("last stock as stated")
    residual_low = _low("unexplained: stated less expected")
    residual_best = _best("unexplained: stated less expected")
    residual_high = _high("unexplained: stated less expected")
    verdict = dy.String(description="balances, unexplained (0 lies outside the residual) or open (terms are missing)")
    missing = dy.String(nullable=True, description="terms that are not given; null = none")


def stretch_frame(stretches: Sequence[Stretch]) -> pl.DataFrame:
    """Stretches in the columns of `StretchSchema`."""
    frame = pl.DataFrame([stretch.row() for stretch in stretches], schema=StretchSchema.create_empty().schema)
    return StretchSchema.validate(frame)


def traced_frame(stretches: Sequence[Stretch]) -> pl.DataFrame:
    """The reports behind each number: `stretch`, `term` (or stock), `report_id`; one row each."""
    rows = [
        (stretch.name, term, report)
        for stretch in stretches
        for term, reports in stretch.report_ids.items()
        for report in reports
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(("stretch", "term", "report_id"), pl.String), orient="row")


def shown(stretches: Sequence[Stretch]) -> pl.DataFrame:
    """Stretches in words, for a notebook."""
    rows: list[dict[str, str]] = []
    for stretch in stretches:
        row = {"from": stretch.first.name, "to": stretch.last.name, "first stock": str(stretch.first.count)}
        for term in stretch.terms:
            row[term.name] = str(term.bounds) if term.known else "not given"
        residual = stretch.residual
        row |= {"expected": str(stretch.expected), "last stock": str(stretch.last.count), "unexplained": str(residual)}
        rows.append(row | {"verdict": stretch.verdict})
    return pl.DataFrame(rows)
