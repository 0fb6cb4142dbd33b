"""The counts of vintages by period and age: one figure a period, exact counts, and what stands where nothing was published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from casualtystats.errors import DoubleCountError, UndefinedEstimateError
from casualtystats.periods import Period
from casualtystats.printing import many
from casualtystats.reports.vintages import FULL_FIGURE, count_text, figure_of, figure_text, published_text
from casualtystats.trends.nowcast.ages import age_between, age_of
from casualtystats.trends.nowcast.cells import carry_forward
from casualtystats.trends.nowcast.triangle import AgeStep

__all__ = ["SPAN", "Hedged", "Matrices", "counts_of", "matrix_of", "one_figure_each", "said"]

Hedged = Literal["refuse", "best"]
SPAN: Final = ("start_earliest", "end_latest")


def one_figure_each(rows: pl.DataFrame) -> None:
    """Refuse two figures of one period: their counts may be of the same people.

    Raises
    ------
    DoubleCountError
        If there are two.
    """
    marks = {f"_{at}": mark for at, mark in enumerate(figure_of(FULL_FIGURE))}
    figures = rows.with_columns(**marks).unique(list(marks), keep="first", maintain_order=True).sort(*SPAN, "report_id")
    twice = figures.filter(pl.len().over(SPAN) > 1).head(2).to_dicts()
    if twice:
        differ = [name for name in FULL_FIGURE if twice[0][name] != twice[1][name]] or ["report_id"]
        hint = "; without a source, vintages are known by a common report_id" if twice[0]["source"] is None else ""
        raise DoubleCountError(
            f"expected one figure of each period, got {count_text(twice[0])} ({figure_text(twice[0])}) and "
            f"{count_text(twice[1])} ({figure_text(twice[1])}), which differ in {', '.join(differ)}; choose one with "
            f"place=, group=, source= or archive.filter(...){hint}"
        )


def counts_of(rows: pl.DataFrame, hedged: Hedged) -> pl.DataFrame:
    """The rows with their `_count`.

    Raises
    ------
    UndefinedEstimateError
        If a count is a bound; or has words around it, and these are refused.
    """
    for row in rows.filter(pl.col("best").is_null()).head(1).to_dicts():
        raise UndefinedEstimateError(
            f"expected counts, got {count_text(row)} ({figure_text(row)}, {published_text(row)}): the difference of two "
            "bounds is no count. Leave such vintages out: archive.filter(pl.col('best').is_not_null())"
        )
    inexact = (pl.col("low") != pl.col("best")) | pl.col("high").is_null() | (pl.col("high") != pl.col("best"))
    for row in rows.filter(inexact).head(1).to_dicts() if hedged == "refuse" else []:
        raise UndefinedEstimateError(
            f"expected exact counts, got {count_text(row)} ({figure_text(row)}, {published_text(row)}): a change of "
            "hedged counts may be rounding. hedged='best' uses their best values"
        )
    return rows.with_columns(_count=pl.col("best"))


@dataclass(frozen=True, eq=False)
class Matrices:
    """The matrix of a triangle and what belongs to it; the names are those of `Triangle`."""

    counts: NDArray[np.float64]
    ages: tuple[int, ...]
    periods: tuple[Period, ...]
    published_by: date
    carried: int
    notes: tuple[str, ...]


def matrix_of(rows: pl.DataFrame, step: AgeStep, max_age: int | None) -> Matrices:
    """Put counts under the age that they were published at.

    Parameters
    ----------
    rows : pl.DataFrame
        Vintages (`ReportSchema`, and `_count`), one figure a period, published on or after its last day.
    step : {"day", "week", "month"}
        The step of ages.
    max_age : int or None
        The oldest age, in steps.
    """
    published_by: date = max(rows["published_latest"].to_list())
    aged = rows.with_columns(_age=age_of(pl.col("published_latest"), pl.col("end_latest"), step)).sort(
        *SPAN, "published_latest", "published_earliest"
    )
    twice = aged.group_by(*SPAN, "_age").agg(n=pl.len()).filter(pl.col("n") > 1)
    late = aged.filter(pl.col("_age") > max_age).height if max_age is not None else 0
    notes = [
        said(int(twice["n"].sum()) - twice.height, f"followed by another within one {step} of age: the last counts"),
        said(late, f"published later than {many(max_age or 0, step)} counted as of that age"),
    ]
    if max_age is not None:
        aged = aged.with_columns(_age=pl.min_horizontal("_age", pl.lit(max_age, pl.Int64)))
    spans: list[tuple[date, date]] = aged.select(SPAN).unique(maintain_order=True).rows()
    reach = [age_between(published_by, end, step) for _, end in spans]
    if max_age is not None:
        reach = [min(age, max_age) for age in reach]
    # Ages before the first publication of any period are not known of any.
    first: int = min(aged["_age"].to_list())
    ages = tuple(range(first, max(reach) + 1))
    counts = np.full((len(spans), len(ages)), np.nan)
    number = {span: at for at, span in enumerate(spans)}
    for start, end, age, count in aged.select(*SPAN, "_age", "_count").rows():
        counts[number[start, end], age - first] = count
    held = 0
    for at, age in enumerate(reach):
        if np.isnan(counts[at, age - first]):
            # As of the last publication of all, the last count of this figure stands.
            counts[at, age - first] = counts[at][np.isfinite(counts[at])][-1]
            held += 1
    counts, filled = carry_forward(counts)
    periods = tuple(Period.of(start, end) for start, end in spans)
    return Matrices(counts, ages, periods, published_by, filled + held, tuple(note for note in notes if note))


def said(number: int, what: str) -> str:
    """A note on a number of reports; empty for none.

    Examples
    --------
    >>> said(1, "left out"), said(0, "left out")
    ('1 report left out', '')
    """
    return f"{many(number, 'report')} {what}" if number else ""
