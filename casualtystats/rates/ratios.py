"""Ratios of many rates to one of them: places to a place, periods to a period."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from casualtystats.errors import MeasureError, OptionError
from casualtystats.markup import html_table, write_table
from casualtystats.rates.comparison import RateRatio, RatioMethod, check_method, ratio_of
from casualtystats.rates.operands import of_row, row_label
from casualtystats.rates.printed import printed
from casualtystats.rates.result import RateSeries
from casualtystats.rates.sampling import check_level
from casualtystats.rates.selected import row_of_period

__all__ = ["RateRatios", "ratios"]

_NUMBERS = ("numerator", "ratio", "ratio_low", "ratio_high", "ci_low", "ci_high", "p_value", "level")


@dataclass(frozen=True, eq=False, repr=False)
class RateRatios:
    """Rates over one reference rate, one a row. Made by `RateSeries.ratio`.

    Attributes
    ----------
    frame : pl.DataFrame
        Columns of `by`, `period_start`, `period_end`, `name` (of the row), `reference` (of what it is compared with),
        `numerator`, `ratio`, `ratio_low`, `ratio_high` (source range), `ci_low`, `ci_high`, `p_value`, `level`, `method`
        (or why there is no ratio: "none: ..."), `label` (of the rate).
    label : str
        What the rates are.
    by : tuple of str
        What splits them.
    note : str
        Sources.
    """

    frame: pl.DataFrame
    label: str
    by: tuple[str, ...]
    note: str = ""

    def to_frame(self) -> pl.DataFrame:
        """The ratios as a frame."""
        return self.frame

    def to_csv(self, path: str | Path) -> None:
        """Write `to_frame()` as CSV, with spreadsheet formulas defused."""
        write_table(self.frame, path)

    def __len__(self) -> int:
        return self.frame.height

    def __str__(self) -> str:
        known: list[float] = self.frame["ratio"].drop_nulls().to_list()
        span = f"{printed(min(known))} to {printed(max(known))}" if known else "none has a best value"
        over = self.frame["reference"].unique().sort().to_list()
        base = over[0] if len(over) == 1 else f"{len(over)} references"
        return f"ratios of {self.label} over {base}: {len(self)} {'row' if len(self) == 1 else 'rows'}; {span}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        shown = ("name", "reference", "numerator", "ratio", "ratio_low", "ratio_high", "ci_low", "ci_high", "method")
        return html_table(self.frame.select(shown), str(self), self.note)


def ratios(rates: RateSeries, reference: Any, level: float, method: RatioMethod) -> RateRatios:
    """Each rate over the reference: see `RateSeries.ratio`."""
    check_level(level)
    check_method(method)
    frame, by = rates.to_frame(), rates.by
    chosen = _of_part(frame, by, reference) if by else _of_period(frame, reference)
    one_period = frame.select("period_start", "period_end").n_unique() == 1
    rows: list[dict[str, Any]] = []
    for row in frame.iter_rows(named=True):
        base = chosen.get((row["period_start"], row["period_end"])) if by else next(iter(chosen.values()))
        if base is not None and all(row[name] == base[name] for name in (*by, "period_start", "period_end")):
            continue
        rows.append(_row(row, base, rates, one_period, level, method))
    if not rows:
        raise OptionError("expected rates beside the reference, got none to compare with it")
    schema: dict[str, Any] = {name: frame.schema[name] for name in by}
    schema |= {"period_start": pl.Date, "period_end": pl.Date, "name": pl.String, "reference": pl.String}
    schema |= dict.fromkeys(_NUMBERS, pl.Float64) | {"method": pl.String, "label": pl.String}
    return RateRatios(pl.DataFrame(rows, schema=schema), rates.label, by, rates.note)


def _of_part(frame: pl.DataFrame, by: tuple[str, ...], reference: Any) -> dict[Any, dict[str, Any]]:
    given: Any = reference
    key: tuple[Any, ...] = tuple(given) if isinstance(reference, tuple) else (given,)
    if len(key) != len(by) or not all(value is None or isinstance(value, str) for value in key):
        raise OptionError(f"expected reference= a value for each of {', '.join(by)}, got {reference!r}")
    rows = frame.filter(pl.col(name).eq_missing(pl.lit(value)) for name, value in zip(by, key, strict=True))
    if rows.is_empty():
        known = ", ".join(str(row) for row in frame.select(by).unique().sort(by).rows())
        raise OptionError(f"expected reference= one of {known}; got {reference!r}")
    return {(row["period_start"], row["period_end"]): row for row in rows.iter_rows(named=True)}


def _of_period(frame: pl.DataFrame, reference: Any) -> dict[Any, dict[str, Any]]:
    return {None: row_of_period(frame, reference, "reference").row(0, named=True)}


def _row(
    row: dict[str, Any],
    base: dict[str, Any] | None,
    rates: RateSeries,
    one_period: bool,
    level: float,
    method: RatioMethod,
) -> dict[str, Any]:
    by = rates.by
    name = row_label(row, by, period=not one_period)
    found: dict[str, Any] = dict.fromkeys(_NUMBERS) | {
        key: row[key] for key in (*by, "period_start", "period_end", "label")
    }
    counted = row["numerator_low"] if row["numerator"] is None else row["numerator"]
    found |= {"name": name, "reference": "", "numerator": counted}
    if base is None:
        return found | {"method": "none: the reference has no rate of this period"}
    found["reference"] = row_label(base, by, period=not one_period)
    try:
        ratio = _ratio(row, base, rates, (name, found["reference"]), level, method)
    except (MeasureError, OptionError) as error:
        return found | {"method": f"none: {error}"}
    if isinstance(ratio, str):
        return found | {"method": f"none: {ratio}"}
    return found | {
        "ratio": ratio.ratio, "ratio_low": ratio.low, "ratio_high": ratio.high, "ci_low": ratio.ci_low,
        "ci_high": ratio.ci_high, "p_value": ratio.p_value, "level": ratio.level, "method": ratio.method,
    }  # fmt: skip


def _ratio(
    row: dict[str, Any],
    base: dict[str, Any],
    rates: RateSeries,
    names: tuple[str, str],
    level: float,
    method: RatioMethod,
) -> RateRatio | str:
    one, other = (of_row(side, name, rates) for side, name in zip((row, base), names, strict=True))
    if isinstance(one, str):
        return one
    if isinstance(other, str):
        return f"of the reference, {other}"
    return ratio_of(one, other, level, method)
