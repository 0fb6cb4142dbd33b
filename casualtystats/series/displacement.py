"""The builders for displacement and for returns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from casualtystats.ledger.rules import OverlapRule
from casualtystats.reports import Reports
from casualtystats.reports.preferred import RoleChoice
from casualtystats.reports.select import By, Observed
from casualtystats.series.build import build
from casualtystats.series.flow import FlowSeries
from casualtystats.vocabulary import Displaced, Returned, Unit

__all__ = ["displacement", "returns"]


def displacement(
    reports: Reports, *, place: str | None = None, group: str | None = None, source: str | None = None,
    unit: Unit | None = None, role: RoleChoice | None = None, by: Sequence[By] = (), overlap: OverlapRule = "raise",
    observed: Observed | None = None, as_of: str | date | None = None,
) -> FlowSeries[Displaced]:  # fmt: skip
    """A series of new displacement: people, movements ("displacements") or households, never mixed.

    Parameters
    ----------
    unit : {"people", "displacements", "households"}, optional
        Needed where the selection holds several. People displaced do not add over periods: the same person flees
        twice. Movements do.
    reports, place, group, source, role, by, overlap, observed, as_of
        As in `deaths`. overlap="add" is refused for people and households; overlap="bounds" of people bounds first
        times since one day (`LedgerOptions(origin=...)`), as people displaced do not add over periods.

    Returns
    -------
    FlowSeries
        Of new displacement.

    Raises
    ------
    NoReportsError, MixedUnitsError, DoubleCountError, VintageError, DecreaseError, OptionError
        As in `deaths`.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> reports = cs.read_reports(pl.DataFrame({
    ...     "report_id": ["ocha"], "measure": ["displaced"], "unit": ["people"], "kind": ["flow"], "value": [180_000],
    ...     "start": ["2019-04-29"], "end": ["2019-05-09"],
    ... }))
    >>> cs.displacement(reports).daily(spread="whole").to_frame()["best"].to_list()[6:8]
    [16364.0, 16363.0]
    """
    built = build(
        reports, "displaced", ("flow", "cumulative"), place=place, group=group, source=source, unit=unit, role=role,
        by=by, overlap=overlap, observed=observed, as_of=as_of,
    )  # fmt: skip
    return FlowSeries[Displaced].from_built(built, reports)


def returns(
    reports: Reports, *, place: str | None = None, group: str | None = None, source: str | None = None,
    unit: Unit | None = None, role: RoleChoice | None = None, by: Sequence[By] = (), overlap: OverlapRule = "raise",
    observed: Observed | None = None, as_of: str | date | None = None,
) -> FlowSeries[Returned]:  # fmt: skip
    """A series of returns: people, return movements ("displacements") or households, never mixed.

    Parameters
    ----------
    reports, place, group, source, unit, role, by, overlap, observed, as_of
        As in `displacement`; reports of the measure "returned" are taken.

    Returns
    -------
    FlowSeries
        Of returns. People who returned do not add over periods: the same person may flee and return again. Return movements do.

    Raises
    ------
    NoReportsError, MixedUnitsError, DoubleCountError, VintageError, DecreaseError, OptionError
        As in `displacement`.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> from casualtystats.series.displacement import returns
    >>> reports = cs.read_reports(pl.DataFrame({
    ...     "report_id": ["iom"], "measure": ["returned"], "unit": ["people"], "kind": ["flow"], "value": [12_000],
    ...     "start": ["2019-06-01"], "end": ["2019-06-30"],
    ... }))
    >>> str(returns(reports).total())
    '12,000'
    """
    built = build(
        reports, "returned", ("flow", "cumulative"), place=place, group=group, source=source, unit=unit, role=role,
        by=by, overlap=overlap, observed=observed, as_of=as_of,
    )  # fmt: skip
    return FlowSeries[Returned].from_built(built, reports)
