"""From observations to a `Restoration`: each group estimated by one method, laid out in one frame."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import polars as pl

from casualtystats.errors import OptionError
from casualtystats.rates.given import number
from casualtystats.rates.restoration.inputs import Floats
from casualtystats.rates.restoration.methods import Estimated, by_incidence, by_kaplan_meier, by_turnbull
from casualtystats.rates.restoration.result import CURVE, SUMMARY, Interval, Method, Restoration, To
from casualtystats.rates.sampling import check_level

__all__ = ["DATA", "assembled", "observations"]

DATA: Final[dict[str, Any]] = {
    "group": pl.String, "entry": pl.Float64, "time_low": pl.Float64, "time_high": pl.Float64, "event": pl.String,
}  # fmt: skip
EVENTS: Final = ("censored", "restored", "destroyed")


def observations(low: Floats, high: Floats, event: Any, entry: Floats) -> pl.DataFrame:
    """Observations of one group as a frame; events 0 (censored), 1 (restored), 2 (destroyed)."""
    kinds: list[str] = [EVENTS[kind] for kind in event.tolist()]
    return pl.DataFrame(
        {
            "group": [None] * len(low), "entry": entry, "time_low": low,
            "time_high": [None if math.isinf(value) else value for value in high.tolist()],
            "event": kinds,
        },
        schema=DATA,
    )  # fmt: skip


def assembled(
    data: pl.DataFrame, method: Method, *, level: float, interval: Interval = "log-log", horizon: float | None = None,
    by: tuple[str, ...] = (), to: To = "functional", notes: tuple[str, ...] = (), whole: bool = False,
) -> Restoration:  # fmt: skip
    """Estimate each group.

    Parameters
    ----------
    data : pl.DataFrame
        Observations in the columns of `DATA`; groups in the order in which they are to stand.
    method, level, interval, horizon, by, to, notes
        As in `time_to_restoration`.
    whole : bool
        Whether days are whole, so that an outage censored at c is known to last c + 1.

    Raises
    ------
    OptionError
        If the level is no share, the interval not known, or the horizon beyond what a group was followed.
    """
    share = check_level(level)
    if interval not in ("log-log", "log"):
        raise OptionError(f"expected interval= 'log-log' or 'log', got {interval!r}")
    groups: list[str | None] = data["group"].unique(maintain_order=True).to_list()
    parts = [data.filter(pl.col("group").eq_missing(pl.lit(group))) for group in groups]
    limit, said = None, list(notes)
    if method == "kaplan_meier":
        limit = _horizon(parts, groups, horizon, whole)
        end = f"{limit:g} day{'' if limit == 1 else 's'}"
        shared = ", the longest that every group was followed" if horizon is None and len(groups) > 1 else ""
        said.append(f"restricted mean up to {end} out{shared}")
    elif horizon is not None:
        raise OptionError(
            f"expected no horizon= with the method {method!r}, which gives no restricted mean; got {horizon!r}"
        )
    frames: list[pl.DataFrame] = []
    rows: list[dict[str, Any]] = []
    for group, part in zip(groups, parts, strict=True):
        found = _estimated(part, method, share, interval, limit, whole)
        said += [note if group is None else f"{group}: {note}" for note in found.notes]
        always = {"group": group, "level": share, "method": method}
        kinds = {kind: int((part["event"] == kind).sum()) for kind in EVENTS}
        rows.append(dict.fromkeys(SUMMARY) | always | {"outages": part.height} | kinds | found.summary)
        frames.append(_curve(found.curve, always))
    summary = pl.DataFrame(rows, schema=SUMMARY, orient="row")
    return Restoration(pl.concat(frames), summary, data, method, interval, share, by, to, whole, tuple(said))


def _estimated(
    part: pl.DataFrame, method: Method, level: float, interval: Interval, horizon: float | None, whole: bool
) -> Estimated:
    low, entry = part["time_low"].to_numpy(), part["entry"].to_numpy()
    kinds = np.array([EVENTS.index(kind) for kind in part["event"].to_list()])
    if method == "turnbull":
        return by_turnbull(low, part["time_high"].fill_null(math.inf).to_numpy(), kinds, whole)
    if method == "kaplan_meier":
        return by_kaplan_meier(low, kinds, entry, level, interval, horizon)
    return by_incidence(low, kinds, entry, level, interval)


def _curve(columns: dict[str, Any], always: dict[str, Any]) -> pl.DataFrame:
    length = len(columns["day"])
    full: dict[str, Any] = {name: columns.get(name, [always.get(name)] * length) for name in CURVE}
    frame = pl.DataFrame(full)
    counts = [name for name, kind in CURVE.items() if kind == pl.Int64]
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None), pl.col(counts).cast(pl.Int64)).cast(
        dict(CURVE.items())
    )


def _horizon(parts: list[pl.DataFrame], groups: list[str | None], given: float | None, whole: bool) -> float:
    """The horizon, at most what every group was followed; a group whose last outage was restored bounds it not."""
    limits: list[float] = []
    for part in parts:
        time, censored = part["time_low"].to_numpy(), (part["event"] == "censored").to_numpy()
        limits.append(float((time + (1.0 if whole else 0.0) * censored).max()))
    if given is None:
        return min(limits)
    asked = number(given, "horizon= a number of days above 0")
    for part, group, limit in zip(parts, groups, limits, strict=True):
        last = part.filter(pl.col("time_low") == pl.col("time_low").max())
        if asked > limit and (last["event"] == "censored").any():
            raise OptionError(
                f"expected horizon= at most {limit:g} days, the longest that an outage{f' of {group}' if group else ''} was "
                f"followed, got {asked:g}; beyond it nothing is known of those still out"
            )
    return asked
