"""What a finished curve says on one day, and its risk table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from casualtystats.errors import OptionError
from casualtystats.rates.given import finite
from casualtystats.rates.restoration.inputs import columns

if TYPE_CHECKING:
    from casualtystats.rates.restoration.result import Restoration

__all__ = ["curve_at", "risk_table"]

AT: Final[tuple[str, ...]] = (
    "still_out", "still_out_low", "still_out_high", "se", "ci_low", "ci_high", "share_restored", "share_restored_se",
    "share_restored_ci_low", "share_restored_ci_high", "share_destroyed",
)  # fmt: skip


def curve_at(result: Restoration, day: float) -> pl.DataFrame:
    """The curve on one day, one row a group; see `Restoration.at`."""
    given = _day(day, "day")
    look = _turnbull_at if result.method == "turnbull" else _step_at
    rows = [look(result, group, given) | {"group": group, "day": given} for group in result.groups]
    types: dict[str, Any] = {"group": pl.String, "day": pl.Float64} | dict.fromkeys(AT, pl.Float64)
    return pl.DataFrame(rows, schema=types)


def risk_table(result: Restoration, days: Sequence[float]) -> pl.DataFrame:
    """Numbers at risk; see `Restoration.at_risk`."""
    asked = [_day(day, "days") for day in columns(days, "days")]
    rows: list[dict[str, Any]] = []
    for group in result.groups:
        part = result.data.filter(pl.col("group").eq_missing(pl.lit(group)))
        low, entry = part["time_low"].to_numpy(), part["entry"].to_numpy()
        high = np.where(part["event"] == "censored", low, part["time_high"].fill_null(np.inf).to_numpy())
        for day in asked:
            joined = (entry < day) | (entry == 0)
            least, most = int((joined & (low >= day)).sum()), int((joined & (high >= day)).sum())
            known = least if least == most else None
            rows.append({"group": group, "day": day, "at_risk": known, "at_risk_low": least, "at_risk_high": most})
    types: dict[str, Any] = {"group": pl.String, "day": pl.Float64}
    types |= dict.fromkeys(("at_risk", "at_risk_low", "at_risk_high"), pl.Int64)
    return pl.DataFrame(rows, schema=types)


def _day(value: Any, name: str) -> float:
    found = finite(value)
    if found is None or found < 0:
        raise OptionError(f"expected {name}= a number of days of 0 or more, got {value!r}")
    return found


def _step_at(result: Restoration, group: str | None, day: float) -> dict[str, Any]:
    part = result.frame.filter(pl.col("group").eq_missing(pl.lit(group)))
    row = part.filter(pl.col("day") <= day).row(-1, named=True)
    row |= {"still_out_low": row["still_out"], "still_out_high": row["still_out"]}
    last: float = part["day"].to_list()[-1]
    if day <= last or row["still_out"] == 0:
        return {name: row[name] for name in AT}
    # Nobody is followed so long: it can only have fallen.
    return dict.fromkeys(AT) | {"still_out_low": 0.0, "still_out_high": row["still_out"]}


def _turnbull_at(result: Restoration, group: str | None, day: float) -> dict[str, Any]:
    mine = pl.col("group").eq_missing(pl.lit(group))
    mass = result.frame.filter(mine & (pl.col("mass") > 0))
    begun, over = mass["day_from"] <= day, (mass["day"] <= day).fill_null(False)
    # Where days are not whole, an interval that begins only after the last sure day of a censored outage has none of its
    # mass on that day.
    censored = result.data.filter(mine & (pl.col("event") == "censored"))["time_low"]
    opens = mass["day_from"].is_in(censored.implode()) & (mass["day"] > mass["day_from"]).fill_null(True)
    if not result.whole_days:
        begun = begun & ~(opens & (mass["day_from"] == day))
    low, high = (max(0.0, 1 - float(mass.filter(which)["mass"].sum())) for which in (begun, over))
    low = 0.0 if low < 1e-9 else low
    same = high - low < 1e-9
    return dict.fromkeys(AT) | {
        "still_out": low if same else None, "still_out_low": low, "still_out_high": high,
        "share_restored": 1 - low if same else None,
    }  # fmt: skip
