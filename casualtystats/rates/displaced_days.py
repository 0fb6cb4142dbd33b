"""Person-days of displacement: how long how many people were displaced, from stocks of displaced people on dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Literal

import polars as pl

from casualtystats.errors import MeasureError, OptionError
from casualtystats.periods import Period
from casualtystats.rates.exposure import Exposure
from casualtystats.rates.persondays import person_days
from casualtystats.rates.spans import PeriodLike, Span
from casualtystats.rates.stocks import Between
from casualtystats.series.stock import StockSeries
from casualtystats.vocabulary import InternallyDisplaced

__all__ = ["Unseen", "displacement_person_days"]

Unseen = Literal["unknown", "raise", "first"]
_SAID = "person-days of displacement"


def displacement_person_days(
    idps: StockSeries[InternallyDisplaced], period: PeriodLike, *, between: Between = "step", before: Unseen = "unknown"
) -> Exposure:
    """Person-days of displacement: the sum over days of the people who are displaced on each.

    Parameters
    ----------
    idps : StockSeries
        Internally displaced people on dates (`cs.idps`), in people.
    period : Period, str, or (start, end)
        Both ends counted.
    between : {"step", "linear"}
        The days between two stocks, which nobody counted: the earlier stock until the next (default), or a straight line to
        it. After the last stock, that stock. The result's `convention` names which.
    before : {"unknown", "raise", "first"}
        Days before the first stock: "unknown" (default), nobody knows how many: at least 0, no best value and no upper bound;
        "raise" refuses them; "first" takes the first stock for them.

    Returns
    -------
    Exposure
        `low`, `best`, `high` in person-days (null as in `person_days`), `by_day()`.

    Raises
    ------
    MeasureError
        If the series does not count displaced people in people.
    OptionError
        If no stock is of a day up to the end of the period, days before the first stock are refused, or a fuzzy period
        begins before it.

    Notes
    -----
    The same as `person_days(idps, period)`, but for days before the first stock, which it refuses unless told
    otherwise. Bounds are those of the stocks under the convention; they do not hold what happened between two stocks.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> reports = cs.read_reports(pl.DataFrame({
    ...     "report_id": ["a", "b"], "measure": "idps", "unit": "people", "kind": "stock", "value": [100, 130],
    ...     "start": ["2019-05-03", "2019-05-08"],
    ... }))
    >>> print(displacement_person_days(cs.idps(reports), "2019-05-03/2019-05-10"))
    890 person-days over 8 days, both ends counted; each stock until the next; person-days of displacement
    >>> print(displacement_person_days(cs.idps(reports), "2019-05-01/2019-05-10").estimate)
    at least 890
    """
    if before not in ("unknown", "raise", "first"):
        raise OptionError(f"expected before= 'unknown', 'raise' or 'first', got {before!r}")
    if not isinstance(idps, StockSeries) or idps.info.measure != "idps" or idps.info.unit != "people":  # pyright: ignore[reportUnnecessaryIsInstance]
        got = idps.info.noun if isinstance(idps, StockSeries) else type(idps).__name__  # pyright: ignore[reportUnnecessaryIsInstance]
        raise MeasureError(f"expected stocks of internally displaced people, in people (cs.idps); got {got}")
    if before == "unknown":
        found = _with_unknown(idps, period, between)
    else:
        found = person_days(idps, period, between=between, before=before)
    return replace(found, convention=f"{found.convention}; {_SAID}")


def _with_unknown(idps: StockSeries[Any], period: PeriodLike, between: Between) -> Exposure:
    """Person-days from the first stock on; before it, at least none."""
    span = Span.of(period)
    # The last of the days on which every part has a stock: what is split begins where all of it is known.
    by = list(idps.info.by)
    starts = (
        idps.to_frame().sort("date_latest").group_by(by, maintain_order=True).first() if by else idps.to_frame().head(0)
    )
    firsts = starts["date_latest"] if by else idps.to_frame().select(pl.col("date_latest").min())["date_latest"]
    known: date | None = firsts.sort()[-1]
    asked = span.period
    if asked is None or known is None or asked.start_earliest >= known:
        return person_days(idps, period, between=between)
    if asked.fuzzy or asked.hours is not None:
        raise OptionError(
            f"expected a period of known days where it begins before the first stock ({known}), got {asked}; start it there, or "
            "name its days"
        )
    if asked.end_latest < known:
        raise OptionError(
            f"expected a stock of a day up to {asked.end_latest}, the last of the period; the first (of every part) is of "
            f"{known}, and nothing is known before it"
        )
    found = person_days(idps, Period.of(known, asked.end_latest), between=between)
    unknown = {"best": pl.lit(None, pl.Float64), "high": pl.lit(None, pl.Float64)}
    days = pl.DataFrame(
        {"date": [asked.start_earliest + timedelta(days=n) for n in range((known - asked.start_earliest).days)]}
    )
    keys = found.frame.select(found.by)
    early = keys.join(days, how="cross") if found.by else days
    daily = found.by_day()
    early = early.with_columns(low=pl.lit(0.0), **unknown).select(daily.columns)
    order = [*found.by, "date"]
    return replace(
        found,
        frame=found.frame.with_columns(**unknown),
        daily=pl.concat([early, daily]).sort(order),
        period=asked,
        days_min=float(span.shortest),
        days_max=float(span.longest),
        convention=f"{span.convention}; each day before {known} not known (at least 0); "
        f"{found.convention.partition('; ')[2]}",
    )
