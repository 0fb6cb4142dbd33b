"""The builder for deaths."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal, overload

from casualtystats.errors import OptionError
from casualtystats.ledger.rules import OverlapRule
from casualtystats.reports import Reports
from casualtystats.reports.preferred import RoleChoice
from casualtystats.reports.select import By, Observed
from casualtystats.series.build import build
from casualtystats.series.flow import FlowSeries
from casualtystats.vocabulary import AllCauseDeaths, Measure, Unit, ViolentDeaths

__all__ = ["deaths"]


@overload
def deaths(
    reports: Reports, *, cause: Literal["violent"] = "violent", place: str | None = None, group: str | None = None,
    source: str | None = None, unit: Unit | None = None, role: RoleChoice | None = None, by: Sequence[By] = (),
    overlap: OverlapRule = "raise", observed: Observed | None = None, as_of: str | date | None = None,
) -> FlowSeries[ViolentDeaths]: ...  # fmt: skip
@overload
def deaths(
    reports: Reports, *, cause: Literal["all"], place: str | None = None, group: str | None = None,
    source: str | None = None, unit: Unit | None = None, role: RoleChoice | None = None, by: Sequence[By] = (),
    overlap: OverlapRule = "raise", observed: Observed | None = None, as_of: str | date | None = None,
) -> FlowSeries[AllCauseDeaths]: ...  # fmt: skip
def deaths(
    reports: Reports, *, cause: Literal["violent", "all"] = "violent", place: str | None = None,
    group: str | None = None, source: str | None = None, unit: Unit | None = None, role: RoleChoice | None = None,
    by: Sequence[By] = (), overlap: OverlapRule = "raise", observed: Observed | None = None,
    as_of: str | date | None = None,
) -> FlowSeries[Any]:  # fmt: skip
    """A series of reported deaths.

    Parameters
    ----------
    reports : Reports
        Checked reports; flows and running totals are used, a running total as one period since its origin.
    cause : {"violent", "all"}
        "violent" takes the measure `killed`, "all" the measure `died` (all causes), which a mortality rate needs.
    place, group, source : str, optional
        Keep reports inside this place (path or declared zone) and group, and of this source.
    unit : Unit, optional
        Needed where the selection holds several units.
    role : Role, optional
        IDMC role; without it triangulation figures stay out.
    by : list of str
        Columns that split the series into rows: place, group, source, perpetrator, destination, standard.
    overlap : "raise", "add", "latest", "difference", "bounds", list of str or LedgerOptions
        What to do where reports overlap. "raise" refuses. "add": the rows are separate events, and their counts add
        (refused where the place or group of one contains another's). "latest": a later report of the same source,
        standard, place and group whose period holds an earlier one's takes its place. "difference": running totals
        of one source from one origin become disjoint periods. A list: sources in order of preference. "bounds": nothing is
        left out; low and high are what all reports imply together (`Ledger`), and there is no best. `LedgerOptions`
        says how, such as LedgerOptions(of="occurred") where sources of different standards are read together.
    observed : Period, str or list, optional
        Periods for which the source states that no row means none reported: there silence is zero.
    as_of : str or date, optional
        Use what was published up to this day, the newest of several vintages. With overlap="add" each row is an event of
        its own, and all rows published by then are used.

    Returns
    -------
    FlowSeries
        Of violent deaths, or of deaths from all causes.

    Raises
    ------
    NoReportsError
        If no report matches.
    MixedUnitsError
        If the selection holds several units.
    DoubleCountError
        If reports overlap in a way that the rule does not settle; VintageError if they are one figure published again.
    DecreaseError
        If a running total goes down under "difference".
    ContradictionError, MixedStandardsError, NotAdditiveError
        With "bounds": if reports can not all be true, do not count the same thing, or count first times since different
        days.
    OptionError
        If an argument is not known.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> reports = cs.read_reports(pl.DataFrame({
    ...     "report_id": ["a", "b"], "measure": "killed", "unit": "people", "kind": "flow", "value": [16, 19],
    ...     "start": "2019-05-12", "end": "2019-05-13", "group": ["fighter/loyalist", "fighter/jihadist"],
    ... }))
    >>> str(cs.deaths(reports).total())
    '35'
    """
    causes: dict[str, Measure] = {"violent": "killed", "all": "died"}
    if cause not in causes:
        raise OptionError(f"expected cause= 'violent' or 'all', got {cause!r}")
    built = build(
        reports, causes[cause], ("flow", "cumulative"), place=place, group=group, source=source, unit=unit, role=role,
        by=by, overlap=overlap, observed=observed, as_of=as_of,
    )  # fmt: skip
    return FlowSeries[Any].from_built(built, reports)
