"""What a rate brings to a comparison: a count, its exposure, and whether the count is a floor; or why it can not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from casualtystats.errors import MeasureError, OptionError
from casualtystats.periods import Period
from casualtystats.places import path_relation
from casualtystats.rates.exposure import Exposure
from casualtystats.rates.given import LARGEST_COUNT, finite, number
from casualtystats.rates.result import RateSeries
from casualtystats.rates.rowintervals import TOGETHER
from casualtystats.series.info import SeriesInfo

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
    days : float or None
        Days of the period; None for plain numbers.
    about : SeriesInfo or None
        What is counted; None for plain numbers.
    indicator : str or None
        The mortality rate of all causes that it is.
    """

    count: int
    exposure: float
    floor: bool = False
    low: float | None = None
    high: float | None = None
    label: str = ""
    per: float = 1.0
    unit: str = ""
    days: float | None = None
    about: SeriesInfo | None = None
    indicator: str | None = None


def of_numbers(count: Any, exposure: Any) -> Operand:
    """A count and an exposure as they are.

    Raises
    ------
    OptionError
        If the count is not a whole number of 0 or more, or the exposure not a number above 0.
    """
    size = finite(count)
    if size is None or size < 0 or size != int(size) or size > LARGEST_COUNT:
        raise OptionError(f"expected whole counts from 0 to {LARGEST_COUNT:,}, got {count!r}")
    # An exposure of person_days is a number of them.
    given: Any = float(exposure) if isinstance(exposure, Exposure) else exposure
    time = number(given, "exposures above 0, in one unit for both")
    return Operand(int(size), time, low=size / time, high=size / time)


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
    found = of_row(row, row_label(row, rates.by, period=True), rates)
    if isinstance(found, str):
        raise OptionError(f"expected a rate that can be compared as the {which}, got one of which {found}")
    return found


def of_row(row: dict[str, Any], label: str, rates: RateSeries) -> Operand | str:
    """A row of a series of rates, or the reason why it can not be compared."""
    partly = row["coverage"] < 1
    floor = partly or row["numerator_high"] is None
    reason = _reason(row, floor)
    if reason:
        return reason
    unit, per = row["per_unit"], row["per"]
    exposure = _exposure(row, floor)
    count = row["numerator_low"] if partly or row["numerator"] is None else row["numerator"]
    bounds = (row["rate_low"], row["rate_high"])
    low, high = (None if bound is None else bound / per for bound in bounds)
    return Operand(
        round(count), exposure, floor, low, high, label, per, unit, row["days_max"], rates.info, rates.indicator
    )


def _reason(row: dict[str, Any], floor: bool) -> str:
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
    if floor and row["per_unit"] != "days" and row["person_days_high"] is None:
        return "the count is a floor and the population has no upper bound, so that nothing bounds the rate"
    if row["numerator"] is None and row["numerator_high"] is not None:
        return "the count has no best value, only bounds"
    return ""


def _exposure(row: dict[str, Any], floor: bool) -> float:
    """What the count is over: of a floor the most it can be, so that no end lies above the floor's own."""
    if row["per_unit"] == "days":
        return float(row["days_max"])
    most = row["person_days_high" if floor else "person_days"]
    return float(most) / (row["days_max"] if row["per_unit"] == "people" else 1.0)


def row_label(row: dict[str, Any], by: tuple[str, ...], *, period: bool) -> str:
    """Place, group and period of a row, in words."""
    names = [str(row[name]) if row[name] is not None else "not stated" for name in by]
    start, end = row["period_start"], row["period_end"]
    when = [str(Period(start, start, end, end))] if period or not by else []
    return ", ".join([*names, *when])


def _check_same(one: Operand, other: Operand) -> None:
    """Refuse rates of different things."""
    first, second = one.about, other.about
    if first is None or second is None:
        return
    if (first.measure, first.unit, first.newly) != (second.measure, second.unit, second.newly):
        raise MeasureError(
            f"expected two rates of the same, got one of {first.noun} and one of {second.noun}: their ratio or difference "
            "says nothing of time or place"
        )
    split = "group" in (*first.by, *second.by)
    nested = not split and path_relation(first.group, second.group) in ("contains", "within")
    if nested or (one.indicator and other.indicator and one.indicator != other.indicator):
        raise MeasureError(
            "expected two rates of the same people, or of groups beside each other; got "
            f"{one.indicator or first.noun} and {other.indicator or second.noun}, of which one holds the other"
        )


def check_pair(one: Operand, other: Operand) -> None:
    """Refuse to compare what is not per the same, or two floors.

    Raises
    ------
    MeasureError
        If one is per days and the other per person-days or people, they count different things, the group of one holds that
        of the other, or both are per people over periods of different length.
    OptionError
        If both are floors.
    """
    if one.unit != other.unit:
        raise MeasureError(
            f"expected two rates per the same, got one per {one.unit} and one per {other.unit}; build both in the same way"
        )
    _check_same(one, other)
    if one.unit == "people" and one.days != other.days:
        raise MeasureError(
            f"expected two rates per people over periods of one length, got {one.days:g} and {other.days:g} days: more are "
            "counted in a longer period at the same pace. Compare rates per person-days or per day (cs.rate)"
        )
    if one.floor and other.floor:
        raise OptionError(
            "expected at least one complete count to compare, got two floors: nothing bounds their ratio or difference"
        )
