"""The builder for facility outages: distinct facilities, hits, and facilities out on a date are three things."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from casualtystats.errors import OptionError
from casualtystats.ledger import Keys, resolve
from casualtystats.ledger.rules import OverlapRule
from casualtystats.reports import Reports
from casualtystats.reports.facilities.model import Facilities
from casualtystats.reports.preferred import RoleChoice
from casualtystats.reports.select import By, Observed, Selection
from casualtystats.reports.vintages import newest
from casualtystats.schemas import ReportSchema
from casualtystats.series.build import Built, build
from casualtystats.series.outageseries import OutageSeries
from casualtystats.vocabulary import Kind, Measure, Unit

__all__ = ["OutageSeries", "outages"]


def outages(
    reports: Reports | None = None, *, facilities: Facilities | None = None, place: str | None = None,
    group: str | None = None, source: str | None = None, role: RoleChoice | None = None, by: Sequence[By] = (),
    overlap: OverlapRule = "raise", observed: Observed | None = None, as_of: str | date | None = None,
) -> OutageSeries:  # fmt: skip
    """Facilities out of service, hits on facilities, and what else is said of them; and where reports meet a register.

    Parameters
    ----------
    reports : Reports, optional
        Reports that count facilities. Needed unless there is a register.
    facilities : Facilities, optional
        Named facilities with spells and hits (`read_facilities`), for `.named` and `.unnamed()`.
    place, group, source, role, by, overlap, observed, as_of
        As in `deaths`; place and group (a type of facility) select named facilities too. Overlaps
        are settled where a series is taken: `.distinct` and `.hits` may raise.

    Returns
    -------
    OutageSeries
        `.distinct`, `.hits`, `.out_on(date)`, `.days_lost()`, `.peak()`, `.word("hit")`, `.words()`, `.restored`; with a
        register also `.named` and `.unnamed(period)`.

    Raises
    ------
    OptionError
        If there are neither reports nor facilities.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> reports = cs.read_reports(pl.DataFrame({
    ...     "report_id": ["out"], "measure": ["facilities_out"], "unit": ["facilities"], "kind": ["flow"],
    ...     "value": [18], "start": ["[2019-04-27..2019-04-29]"], "end": ["2019-05-13"],
    ... }))
    >>> str(cs.outages(reports).days_lost())
    '18 to 306'
    """
    if reports is None and facilities is None:
        raise OptionError("expected reports, or facilities=, or both; got neither")
    if facilities is not None and not isinstance(facilities, Facilities):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(f"expected facilities= from read_facilities(...), got {type(facilities).__name__}")
    told = Reports(ReportSchema.create_empty()) if reports is None else reports

    def chosen(measure: Measure, kinds: tuple[Kind, ...], unit: Unit | None = None) -> Selection:
        return Selection.of(
            told, measure, kinds, unit=unit, place=place, group=group, source=source, role=role, as_of=as_of
        )

    def known(selection: Selection) -> pl.LazyFrame:
        """Newest vintages, and later or preferred reports, where these were asked for; bounds need no other rule."""
        frame = selection.frame()
        if as_of is not None and overlap != "add":
            frame, _ = newest(frame)
        if overlap == "latest" or isinstance(overlap, list):
            frame = resolve(frame, Keys.of(frame, told.places), overlap, origin=told.origin).used
        return frame

    def built(measure: Measure, unit: Unit | None, kinds: tuple[Kind, ...]) -> Built:
        return build(
            told, measure, kinds, place=place, group=group, source=source, unit=unit, role=role,
            by=by, overlap=overlap, observed=observed, as_of=as_of,
        )  # fmt: skip

    return OutageSeries(told, chosen, known, built, facilities, (place, group))
