"""How a time to restoration reads: medians that may not be reached, and the name of the method."""

from __future__ import annotations

from typing import Any, Final

from casualtystats.printing import format_count, many
from casualtystats.rates.sampling import level_text

__all__ = ["METHOD_WORDS", "days_or_not", "described"]

METHOD_WORDS: Final = {
    "kaplan_meier": "Kaplan-Meier",
    "cumulative_incidence": "cumulative incidence, destroyed facilities apart",
    "turnbull": "Turnbull, from intervals; no sampling interval",
}


def days_or_not(days: float | None) -> str:
    """A number of days, or that it is not reached.

    Examples
    --------
    >>> days_or_not(11.0), days_or_not(None)
    ('11', 'not reached')
    """
    return "not reached" if days is None else format_count(days)


def described(row: dict[str, Any], level: float) -> str:
    """One row of a summary in words, without its method.

    Examples
    --------
    >>> row = {"method": "kaplan_meier", "median": 11.0, "median_ci_low": 5.0, "median_ci_high": None}
    >>> described(row | {"outages": 18, "restored": 11, "destroyed": 0}, 0.95)
    'median 11 days (95 % interval 5 to not reached), 18 outages, 11 restored'
    """
    counts = f"{many(row['outages'], 'outage')}, {row['restored']:,} restored"
    if row["destroyed"]:
        counts += f", {row['destroyed']:,} destroyed"
    if row["method"] == "turnbull":
        return f"{_bounds(row['median_low'], row['median_high'])}, {counts}"
    low, high = row["median_ci_low"], row["median_ci_high"]
    middle = f"median {_with_noun(row['median'])}"
    if row["median"] is None and low is None and high is None:
        return f"{middle}, {counts}"
    ends = f"{level_text(level)} interval {days_or_not(low)} to {days_or_not(high)}"
    return f"{middle} ({ends}), {counts}"


def _with_noun(days: float | None) -> str:
    return days_or_not(days) if days is None else f"{days_or_not(days)} {'day' if days == 1 else 'days'}"


def _bounds(low: float | None, high: float | None) -> str:
    if low == high:
        return f"median {_with_noun(low)}"
    return f"median between {days_or_not(low)} and {_with_noun(high)}"
