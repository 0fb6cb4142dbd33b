"""What a rate brings to a comparison: a count, its exposure, and whether the count is a floor; or why it can not."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Real
from typing import Any

from casualtystats.errors import MeasureError, OptionError
from casualtystats.periods import Period
from casualtystats.rates.exposure import Exposure
from casualtystats.rates.result import RateSeries
from casualtystats.rates.rowintervals import TOGETHER

__all__ = ["Operand", "check_pair", "of_numbers", "of_row", "of_series", "row_label"]


@dataclass(frozen=True, slots=True)
class Operand:
    """One side of a comparison.

    Attributes
    ----------
    count : int
        Whole count; of a floor the least it can be.
    exposure : float
        Person-days, days or people, above 0.
    floor : bool
        Whether more may have been counted.
    low, high : float or None
        Source range of the rate per unit of exposure; None where no bound is known.
    label : str
        Place and period, for print.
    per, unit : float, str
        The constant of the rate, and what it is per.
    """

    count: int
    exposure: float
    floor: bool = False
    low: float | None = None
    high: float | None = None
    label: str = ""
    per: float = 1.0
    unit: str = ""


def of_numbers(count: Any, exposure: Any) -> Operand:
    """A count and an exposure as they are.

    Raises
    ------
    OptionError
        If the count is not a whole number of 0 or more, or the exposure not a number above 0.
    """
    if not _number(count) or count < 0 or count != int(count):
        raise OptionError(f"expected whole counts of 0 or more, got {count!r}")
    # An exposure of person_days is a number of them.
    time: Any = float(exposure) if isinstance(exposure, Exposure) else exposure
    if not _number(time) or time <= 0:
        raise OptionError(f"expected exposures above 0, in one unit for both; got {exposure!r}")
    size = int(count)
    share = size / float(time)
    return Operand(size, float(time), low=share, high=share)


def _number(value: Any) -> bool:
    return not isinstance(value, bool) and isinstance(value, Real) and math.isfinite(float(value))


def of_series(rates: RateSeries, which: str) -> Operand:
    """The only row of a series of rates.

    Raises
    ------
    OptionError
        If it has several rows, or its row can not be compared: the message says why.
    """
    if len(rates) != 1:
        raise OptionError(
            f"expected one rate as the {which}, got a series of {len(rates)}; select one period, or compare all rows with one "
            "of them by .ratio(reference=...)"
        )
    row = rates.to_frame().row(0, named=True)
    found = of_row(row, row_label(row, rates.by, period=True))
    if isinstance(found, str):
        raise OptionError(f"expected a rate that can be compared as the {which}, got one of which {found}")
    return found


def of_row(row: dict[str, Any], label: str) -> Operand | str:
    """A row of `RateSchema`, or the reason why it can not be compared."""
    reason = _reason(row)
    if reason:
        return reason
    unit, per = row["per_unit"], row["per"]
    exposure = _exposure(row)
    partly = row["coverage"] < 1
    count = row["numerator_low"] if partly or row["numerator"] is None else row["numerator"]
    floor = partly or row["numerator_high"] is None
    bounds = (row["rate_low"], row["rate_high"])
    low, high = (None if bound is None else bound / per for bound in bounds)
    return Operand(round(count), exposure, floor, low, high, label, per, unit)


def _reason(row: dict[str, Any]) -> str:
    if row["numerator_low"] is None:
        return "no report speaks"
    if row["method"] == TOGETHER:
        return "the counted do not move one by one, so that no Poisson comparison holds"
    if row["days_min"] != row["days_max"]:
        return "the ends of the period are not known: compare rates of known periods, or their source ranges"
    if row["allocated"]:
        return "the count was derived by spreading a report over days: such counts vary less than chance"
    if row["per_unit"] != "days" and row["person_days"] is None:
        return "the population has no best value"
    if row["numerator"] is None and row["numerator_high"] is not None:
        return "the count has no best value, only bounds"
    return ""


def _exposure(row: dict[str, Any]) -> float:
    if row["per_unit"] == "days":
        return float(row["days_max"])
    return float(row["person_days"]) / (row["days_max"] if row["per_unit"] == "people" else 1.0)


def row_label(row: dict[str, Any], by: tuple[str, ...], *, period: bool) -> str:
    """Place, group and period of a row, in words."""
    names = [str(row[name]) if row[name] is not None else "not stated" for name in by]
    start, end = row["period_start"], row["period_end"]
    when = [str(Period(start, start, end, end))] if period or not by else []
    return ", ".join([*names, *when])


def check_pair(one: Operand, other: Operand) -> None:
    """Refuse to compare what is not per the same, or two floors.

    Raises
    ------
    MeasureError
        If one is per days and the other per person-days or people.
    OptionError
        If both are floors.
    """
    if one.unit != other.unit:
        raise MeasureError(
            f"expected two rates per the same, got one per {one.unit} and one per {other.unit}; build both in the same way"
        )
    if one.floor and other.floor:
        raise OptionError(
            "expected at least one complete count to compare, got two floors: nothing bounds their ratio or difference"
        )
