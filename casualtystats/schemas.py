"""The schemas of every frame that users see: type, unit and meaning of each column."""

from __future__ import annotations

from typing import Any

import dataframely as dy
import polars as pl

from casualtystats.vocabulary import FACILITY_STATUSES, KINDS, MEASURES, QUALIFIERS, ROLES, STANDARDS, UNITS

__all__ = [
    "AuditSchema", "CellSchema", "FacilitySchema", "HitSchema", "IntervalSchema", "RateSchema", "RejectedSchema",
    "ReportSchema", "SpellSchema",
]  # fmt: skip


def _unit(unit: str) -> dict[str, Any]:
    return {"unit": unit}


class ReportSchema(dy.Schema):
    """One accepted report a row (`Reports.frame`)."""

    report_id = dy.String(primary_key=True, min_length=1, description="identifier, unique in its set")
    measure = dy.Enum(MEASURES, description="what is counted")
    unit = dy.Enum(UNITS, description="in what it is counted")
    kind = dy.Enum(KINDS, description="flow: new in the period; cumulative: since `start`; stock: present on a date")
    qualifier = dy.Enum(QUALIFIERS, description="the words around the number")
    value = dy.Int64(
        nullable=True, min=0, metadata=_unit("unit"), description="the number as printed; null where only bounds were"
    )
    low = dy.Int64(min=0, metadata=_unit("unit"), description="lower bound")
    best = dy.Int64(nullable=True, min=0, metadata=_unit("unit"), description="best value; null = one-sided")
    high = dy.Int64(nullable=True, min=0, metadata=_unit("unit"), description="upper bound; null = none is known")
    start_earliest = dy.Date(description="first day on which the period may start")
    start_latest = dy.Date(description="last day on which it may start")
    end_earliest = dy.Date(description="first day on which it may end (included)")
    end_latest = dy.Date(description="last day on which it may end (included)")
    hours = dy.Float64(
        nullable=True, min_exclusive=0, metadata=_unit("hours"), description="stated length; null = the dates say it"
    )
    place = dy.String(nullable=True, description="path or declared zone; null = everywhere")
    destination = dy.String(nullable=True, description="place of arrival; null = all")
    group = dy.String(nullable=True, description="path; null = everybody")
    perpetrator = dy.String(nullable=True, description="the side that the count is about; null = all")
    standard = dy.Enum(STANDARDS, nullable=True, description="what the count rests on; null = not stated")
    source = dy.String(nullable=True, description="to whom the figure is attributed; null = not stated")
    derived_from = dy.String(
        nullable=True, description="authority that the source relays; null = its own or not stated"
    )
    published_earliest = dy.Date(
        nullable=True, description="first day on which it may have been published; null = not stated"
    )
    published_latest = dy.Date(nullable=True, description="last such day; null = not stated")
    role = dy.Enum(ROLES, nullable=True, description="IDMC role; null = not stated")
    event = dy.String(
        nullable=True, description="the displacement (or attack) that the figure is about; null = not stated"
    )
    url = dy.String(nullable=True, description="address; null = not stated")
    wording = dy.String(nullable=True, description="the few words that carry the count; null = not kept")

    @dy.rule()
    def low_not_above_high(cls) -> pl.Expr:
        """`low <= high` where there is a high."""
        return pl.col("high").is_null() | (pl.col("low") <= pl.col("high"))

    @dy.rule()
    def start_ordered(cls) -> pl.Expr:
        """`start_earliest <= start_latest`."""
        return pl.col("start_earliest") <= pl.col("start_latest")

    @dy.rule()
    def end_ordered(cls) -> pl.Expr:
        """`end_earliest <= end_latest`."""
        return pl.col("end_earliest") <= pl.col("end_latest")

    @dy.rule()
    def period_feasible(cls) -> pl.Expr:
        """Some end lies on or after some start."""
        return pl.col("start_earliest") <= pl.col("end_latest")


class RejectedSchema(dy.Schema):
    """One broken rule of one row that was not accepted (`Reports.rejected`)."""

    row = dy.Int64(min=1, description="1 is the first data row")
    column = dy.String(description="the column that breaks the rule")
    value = dy.String(nullable=True, description="what stood there; null = nothing")
    rule = dy.String(description="name of the rule")
    hint = dy.String(description="what was expected, and what to do")
    raw = dy.String(description="the whole row as it was read, as JSON")


class IntervalSchema(dy.Schema):
    """One interval of a flow series: a report that is used, or a difference of two running totals."""

    report_id = dy.String(description="the report, or the two reports whose difference this is")
    period_start = dy.Date(description="first day of the widest period")
    period_end = dy.Date(description="last day of the widest period (included)")
    start_latest = dy.Date(description="last day on which the period may start")
    end_earliest = dy.Date(description="first day on which it may end")
    hours = dy.Float64(nullable=True, metadata=_unit("hours"), description="stated length; null = the dates say it")
    low = dy.Int64(min=0, metadata=_unit("unit"), description="lower bound")
    best = dy.Int64(nullable=True, min=0, metadata=_unit("unit"), description="best value; null = one-sided")
    high = dy.Int64(nullable=True, min=0, metadata=_unit("unit"), description="upper bound; null = none is known")
    stated = dy.Int64(nullable=True, metadata=_unit("unit"), description="the number as printed")
    whole = dy.Bool(description="whether it speaks about the whole place and group of its row in the series")


class CellSchema(dy.Schema):
    """One calendar cell of a flow series."""

    period_start = dy.Date(description="first day of the cell")
    period_end = dy.Date(description="last day of the cell (included)")
    days = dy.Int64(min=1, metadata=_unit("days"), description="days of the cell")
    low = dy.Int64(
        nullable=True, min=0, metadata=_unit("unit"), description="what must have been inside; null = no report"
    )
    best = dy.Float64(
        nullable=True, min=0, metadata=_unit("unit"), description="allocated value; null = no report, or one-sided"
    )
    high = dy.Int64(
        nullable=True, min=0, metadata=_unit("unit"), description="what can have been inside; null = no bound known"
    )
    coverage = dy.Float64(
        min=0, max=1, description="share of the cell's days that a report about the whole speaks about"
    )
    allocated = dy.Bool(description="whether the cell cuts a report, so that its best value is derived by spreading")
    reports = dy.Int64(min=0, description="number of reports that touch the cell")


class AuditSchema(dy.Schema):
    """What became of each report (`FlowSeries.audit`)."""

    report_id = dy.String(description="the report")
    status = dy.String(
        description="used, differenced, superseded, contained, not_preferred, not_known_yet or not_selected"
    )
    by = dy.String(nullable=True, description="the report that took its place; null = none")
    reason = dy.String(description="why, in words")
    uncovered = dy.String(nullable=True, description="days of it that no used report covers; null = none")


class RateSchema(dy.Schema):
    """One rate of a rate series."""

    period_start = dy.Date(description="first day")
    period_end = dy.Date(description="last day (included)")
    days_min = dy.Float64(min_exclusive=0, metadata=_unit("days"), description="shortest feasible length of the period")
    days_max = dy.Float64(min_exclusive=0, metadata=_unit("days"), description="longest feasible length of the period")
    numerator = dy.Float64(nullable=True, min=0, description="best count; null = one-sided or no report")
    numerator_low = dy.Float64(nullable=True, min=0, description="lower bound of the count; null = no report")
    numerator_high = dy.Float64(nullable=True, min=0, description="upper bound of the count; null = none is known")
    person_days = dy.Float64(
        nullable=True,
        metadata=_unit("person-days"),
        description="exposure; null where the period is fuzzy, the population one-sided, or no population was given",
    )
    person_days_low = dy.Float64(
        nullable=True, metadata=_unit("person-days"), description="lower bound of the exposure"
    )
    person_days_high = dy.Float64(
        nullable=True, metadata=_unit("person-days"), description="upper bound of the exposure; null = none is known"
    )
    rate = dy.Float64(nullable=True, description="best rate; null = one-sided, fuzzy period or no report")
    rate_low = dy.Float64(nullable=True, description="lower end of the source range")
    rate_high = dy.Float64(nullable=True, description="upper end of the source range; null = none is known")
    ci_low = dy.Float64(nullable=True, description="lower end of the sampling interval; null = none can be given")
    ci_high = dy.Float64(nullable=True, description="upper end of the sampling interval; null = none can be given")
    level = dy.Float64(nullable=True, description="level of the sampling interval; null where there is none")
    method = dy.String(description="method of the sampling interval, or why there is none")
    per = dy.Float64(min_exclusive=0, metadata=_unit("per_unit"), description="the constant of the rate")
    per_unit = dy.String(description="what the rate is per: person-days, days, or people over the period")
    coverage = dy.Float64(description="share of the period's days that a report about the whole speaks about")
    allocated = dy.Bool(description="whether the count was derived by spreading a report")
    label = dy.String(description="what the rate is")


class FacilitySchema(dy.Schema):
    """One facility a row (`Facilities.facilities`)."""

    facility_id = dy.String(primary_key=True, min_length=1, description="identifier, unique in its register")
    name = dy.String(nullable=True, description="name; null = not stated")
    type = dy.String(nullable=True, description="path, such as health/hospital; null = not stated")
    place = dy.String(nullable=True, description="path; null = not stated")
    beds = dy.Int64(nullable=True, min=0, metadata=_unit("beds"), description="beds; null = not stated")
    catchment = dy.Int64(nullable=True, min=0, metadata=_unit("people"), description="people served; null = not stated")
    opened = dy.Date(nullable=True, description="first day on which it exists; null = before all others")
    closed = dy.Date(nullable=True, description="last day on which it exists; null = after all others")
    observed_from = dy.Date(
        nullable=True,
        description="first day on which the lack of a spell means that it functions; null = on no day (its status is "
        "then unknown where no spell speaks)",
    )
    observed_until = dy.Date(nullable=True, description="last such day; null where `observed_from` is null")


class SpellSchema(dy.Schema):
    """One stretch of days in one status, of one facility (`Facilities.spells`)."""

    spell_id = dy.String(primary_key=True, min_length=1, description="identifier, unique in its table")
    facility_id = dy.String(min_length=1, description="the facility")
    status = dy.Enum(FACILITY_STATUSES, description="its status on the days of the spell")
    start_earliest = dy.Date(
        nullable=True, description="first day on which it may have begun; null = it was so when first seen"
    )
    start_latest = dy.Date(description="last day on which it may have begun; the day on which it was first seen so")
    end_earliest = dy.Date(
        description="first day that may be its last (included); where no end is known, the last day on which it is known to last"
    )
    end_latest = dy.Date(nullable=True, description="last day that may be its last; null = no end is known")
    still = dy.Bool(description="whether the source says that it still lasted on `end_earliest`, without an end")
    cause = dy.String(nullable=True, description="cause; null = not stated")
    source = dy.String(nullable=True, description="to whom it is attributed; null = not stated")


class HitSchema(dy.Schema):
    """One hit on one facility a row (`Facilities.hits`): no duration follows from it."""

    hit_id = dy.String(primary_key=True, min_length=1, description="identifier, unique in its table")
    facility_id = dy.String(nullable=True, description="the facility; null = not known which")
    date_earliest = dy.Date(description="first day on which it may have been hit")
    date_latest = dy.Date(description="last such day")
    place = dy.String(nullable=True, description="path; null = that of the facility, or not stated")
    type = dy.String(nullable=True, description="type of facility; null = that of the facility, or not stated")
    source = dy.String(nullable=True, description="to whom it is attributed; null = not stated")
