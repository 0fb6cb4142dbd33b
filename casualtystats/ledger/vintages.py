"""One figure in several vintages is refused, with the days of publication that there are to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from casualtystats.errors import VintageError
from casualtystats.reports.vintages import figure_of, vintage_dates

__all__ = ["refuse_vintages", "vintage_error"]

_AS_OF: Final = "as_of='YYYY-MM-DD' keeps what was last known on that day"
_UNCLEAR: Final = (
    ". Where the days on which two of them may have been published overlap, it is not known which is the later: "
    "leave one out"
)


def refuse_vintages(frame: pl.DataFrame) -> None:
    """Refuse reports of which some are the same figure with other bounds, published at other times.

    The same figure has the same source, standard, place, group, perpetrator, destination and period. Reports without
    a source are not known to be one figure. A publication day that is not stated is another than a stated one.
    Vintages that agree in both bounds are let through: they say the same.

    Parameters
    ----------
    frame : pl.DataFrame
        Selected reports, in the columns of `ReportSchema`; measures and units are kept apart.

    Raises
    ------
    VintageError
        It lists the figures with their days of publication and counts.

    Examples
    --------
    >>> from casualtystats.reports import read_reports
    >>> reports = read_reports(pl.DataFrame({"report_id": ["a", "b"], "measure": "killed", "unit": "people",
    ...     "kind": "flow", "source": "OHCHR", "start": "2019-04-29", "end": "2019-05-09", "value": [42, 45],
    ...     "published": ["2019-05-10", "2019-06-01"]}))
    >>> refuse_vintages(reports.filter(pl.col("value") > 42).frame)
    >>> refuse_vintages(reports.frame)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    casualtystats.errors.VintageError: expected one publication of each figure, got several: OHCHR, violent deaths...
    """
    same = [pl.col("measure"), pl.col("unit"), *figure_of()]
    days, bounds = pl.struct("published_earliest", "published_latest"), pl.struct("low", "high")
    several = frame.filter(days.n_unique().over(same) > 1, bounds.n_unique().over(same) > 1)
    if several.height:
        raise vintage_error(several)


def vintage_error(frame: pl.DataFrame, figure: Sequence[pl.Expr] | None = None, *, choice: str = "") -> VintageError:
    """The error for figures in several vintages; it lists the figures with days of publication and counts.

    Parameters
    ----------
    frame : pl.DataFrame
        The reports in question (`ReportSchema`).
    figure : sequence of pl.Expr, optional
        What makes a figure, as in `vintage_dates`.
    choice : str, optional
        What the caller can do beside naming `as_of`.

    Examples
    --------
    >>> from casualtystats.schemas import ReportSchema
    >>> "as_of=" in str(vintage_error(ReportSchema.create_empty()))
    True
    """
    exprs = figure_of() if figure is None else list(figure)
    ordered = frame.sort("published_latest", "published_earliest", nulls_last=True)
    before = pl.col("published_latest").shift().over(exprs)
    unclear = not ordered.filter(pl.col("published_earliest") <= before).is_empty()
    return VintageError(
        f"expected one publication of each figure, got several: {vintage_dates(frame, figure)}. "
        f"Say which is meant: {_AS_OF}{choice}{_UNCLEAR if unclear else ''}"
    )
