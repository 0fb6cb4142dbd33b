"""Rate ratios in rows: what is drawn of each, and in words."""

from __future__ import annotations

from typing import Any

import polars as pl

from casualtystats.errors import MeasureError, NoReportsError
from casualtystats.rates import RateRatios
from casualtystats.rates.printed import printed
from casualtystats.rates.sampling import level_text

__all__ = ["forest_alt", "forest_marks"]

_MOST = 12


def forest_marks(ratios: RateRatios) -> pl.DataFrame:
    """One row a ratio, in the order of the rates.

    Returns
    -------
    pl.DataFrame
        `name`, `reference`, `state` ("value"; "at least": the first count is a floor; "at most": the second is one; "no
        value": the second count is 0; "none": not compared), `point` (the ratio, or the bound of a floor; null where
        there is none), `low`, `high` (source range; null where no bound is known or it is the point alone), `ci_low`,
        `ci_high` (null where no end is known; a lower end of 0 is one), `level`, `text` (the numbers, or why there are
        none).

    Raises
    ------
    MeasureError
        If it holds no rate ratios.
    NoReportsError
        If it has no rows.
    """
    if not isinstance(ratios, RateRatios):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise MeasureError(f"expected rate ratios, as rates.ratio(reference=...) makes; got {type(ratios).__name__}")
    frame = ratios.to_frame()
    if frame.is_empty():
        raise NoReportsError("expected at least one rate ratio to draw, got none")
    schema = {"name": pl.String, "reference": pl.String, "state": pl.String}
    numbers = dict.fromkeys(("point", "low", "high", "ci_low", "ci_high", "level"), pl.Float64)
    rows = [_mark(row) for row in frame.iter_rows(named=True)]
    return pl.DataFrame(rows, schema=schema | numbers | {"text": pl.String})


def _mark(row: dict[str, Any]) -> dict[str, Any]:
    method = row["method"]
    found = {"name": row["name"], "reference": row["reference"], "level": row["level"]}
    found |= {"point": None, "low": None, "high": None, "ci_low": row["ci_low"], "ci_high": row["ci_high"]}
    if method.startswith("none"):
        # What to do about it stands in the table.
        return found | {"state": "none", "text": f"not compared: {method.removeprefix('none: ').split(': ')[0]}"}
    low, high, point = row["ratio_low"], row["ratio_high"], row["ratio"]
    lower = printed(row["ci_low"], "down")
    upper = None if row["ci_high"] is None else printed(row["ci_high"], "up")
    if low is None and point is None:
        return found | {"state": "no value", "text": f"reference has no events ({lower} and above)"}
    if "first count is a floor" in method:
        text = f"at least {printed(low or 0.0, 'down')} ({lower} and above)"
        return found | {"state": "at least", "point": low or None, "text": text}
    if "second count is a floor" in method:
        bound = "not bounded" if high is None else f"at most {printed(high, 'up')}"
        end = "no end known" if upper is None else f"up to {upper}"
        return found | {"state": "at most", "point": high, "ci_low": None, "text": f"{bound} ({end})"}
    wide = low is not None and (high is None or high > low * (1 + 1e-9))
    found |= {"low": low, "high": high} if wide else {}
    end = "and above" if upper is None else f"to {upper}"
    return found | {"state": "value", "point": point, "text": f"{printed(point)} ({lower} {end})"}


def forest_alt(ratios: RateRatios) -> str:
    r"""Each ratio with its sampling interval, in words.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> reports = cs.read_reports(pl.DataFrame({"report_id": ["a", "b"], "measure": "killed", "unit": "people",
    ...     "kind": "flow", "place": ["A", "B"], "value": [10, 30], "start": "2019-05-01", "end": "2019-05-10"}))
    >>> rates = cs.death_rate(cs.deaths(reports, by=["place"]), {"A": 10_000, "B": 10_000})
    >>> print(forest_alt(rates.ratio(reference="A")).replace(". ", ".\n"))
    Ratios of violent deaths per 10,000 person-days over A, with 95 % sampling intervals, on a logarithmic axis.
    B: 3.00 (1.42 to 6.88).
    """
    marks = forest_marks(ratios)
    over = marks["reference"].unique().sort().to_list()
    one = over[0] if len(over) == 1 else ""
    named = [f"{row['name']}{'' if one else ' over ' + row['reference']}: {row['text']}" for row in marks.to_dicts()]
    told = "; ".join(named[:_MOST]) + (f"; {len(named) - _MOST:,} more" if len(named) > _MOST else "")
    levels = " and ".join(level_text(level) for level in marks["level"].drop_nulls().unique().sort())
    with_ = f", with {levels} sampling intervals" if levels else ""
    return f"Ratios of {ratios.label}{' over ' + one if one else ''}{with_}, on a logarithmic axis. {told}."
