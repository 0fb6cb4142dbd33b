"""Which reports belong to a series, and what the audit says of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from typing import Final, Literal, get_args

import polars as pl

from casualtystats.errors import MixedUnitsError, NoReportsError, OptionError
from casualtystats.periods import Period, parse_date
from casualtystats.places import Places
from casualtystats.reports.model import Reports
from casualtystats.reports.preferred import PREFERRED, TRIANGULATION, RoleChoice, preferred_ids
from casualtystats.vocabulary import ROLES, UNITS, Kind, Measure, Unit, units_of

__all__ = ["By", "Observed", "RoleChoice", "Selection", "Test", "check_by", "observed_days"]

By = Literal["place", "group", "source", "perpetrator", "destination", "standard"]
Observed = Period | str | list[Period] | list[str]
_BY: Final[tuple[By, ...]] = get_args(By)


@dataclass(frozen=True, slots=True)
class Test:
    """One condition of a selection, and the status and reason of a report that fails it."""

    passed: pl.Expr
    status: str
    reason: str


@dataclass(frozen=True)
class Selection:
    """The conditions under which a report belongs to a series."""

    reports: Reports
    measure: Measure
    tests: tuple[Test, ...]
    unit: Unit
    fixed: dict[str, str | None]
    as_of: date | None
    role: RoleChoice | None = None

    @classmethod
    def of(
        cls,
        reports: Reports,
        measure: Measure,
        kinds: tuple[Kind, ...],
        *,
        unit: Unit | None,
        place: str | None,
        group: str | None,
        source: str | None,
        role: RoleChoice | None,
        as_of: str | date | None,
    ) -> Selection:
        """The selection that a builder's arguments describe.

        Without `role`, triangulation figures stay out. "preferred" lets in those of an event that has no other figure; see
        `preferred_ids`.

        Raises
        ------
        OptionError
            If an argument is not known.
        NoReportsError
            If no report matches; the message names what there is.
        MixedUnitsError
            If the reports that match are counted in several units.
        """
        if role is not None and role not in (*ROLES, PREFERRED):
            raise OptionError(f"expected role= one of {', '.join((*ROLES, PREFERRED))}, got {role!r}")
        if unit is not None and unit not in units_of(measure):
            raise OptionError(f"expected unit= one of {', '.join(units_of(measure))} for {measure}, got {unit!r}")
        day = None if as_of is None else parse_date(as_of)[1]
        frame = reports.frame
        tests = [
            Test(pl.col("measure") == measure, "not_selected", f"it does not count {measure}"),
            Test(pl.col("kind").is_in(list(kinds)), "not_selected", f"it is not a {' or '.join(kinds)}"),
        ]
        if unit is not None:
            tests.append(Test(pl.col("unit") == unit, "not_selected", f"its unit is not {unit}"))
        if role == PREFERRED:
            tests += _preferred(reports, measure, kinds, day)
        elif role is None:
            passed = pl.col("role").is_null() | (pl.col("role") != TRIANGULATION)
            tests.append(Test(passed, "not_selected", "it is a triangulation figure"))
        else:
            tests.append(Test(pl.col("role") == role, "not_selected", f"its role is not {role}"))
        for name, value in (("place", place), ("group", group)):
            if value:
                table = reports.places if name == "place" else Places()
                tests.append(_inside(frame, name, value, table))
        if source is not None:
            _known(frame, "source", source)
            tests.append(Test(pl.col("source") == source, "not_selected", f"its source is not {source}"))
        if day is not None:
            tests.append(
                Test(pl.col("published_latest") <= day, "not_known_yet", f"it is not known to be published by {day}")
            )
        fixed: dict[str, str | None] = {name: value for name, value in (("place", place), ("group", group)) if value}
        draft = cls(reports, measure, tuple(tests), unit or UNITS[0], fixed, day, role)
        return replace(draft, unit=draft._one_unit())

    def frame(self) -> pl.LazyFrame:
        """The reports that pass every test."""
        return self.reports.frame.lazy().filter(*(test.passed for test in self.tests))

    def _one_unit(self) -> Unit:
        units: list[Unit] = self.frame().select(pl.col("unit").unique()).collect()["unit"].sort().to_list()
        if not units:
            raise NoReportsError(self._nothing())
        if len(units) > 1:
            raise MixedUnitsError(
                f"expected reports of {self.measure} in one unit, got {' and '.join(units)}; these are never added. "
                f"Choose one: {' or '.join(f'unit={name!r}' for name in units)}"
            )
        return units[0]

    def _nothing(self) -> str:
        """Which of the tests, taken in order, leaves no report."""
        left = self.reports.frame.lazy()
        reason = "there is none"
        for test in self.tests:
            left = left.filter(test.passed)
            if left.select(pl.len()).collect().item() == 0:
                reason = f"of every report that the conditions before it left, {test.reason}"
                break
        counts = self.reports.frame["measure"].cast(pl.String).value_counts(sort=True).sort("measure")
        there = ", ".join(f"{name} ({number})" for name, number in counts.rows())
        other = {"killed": "died", "died": "killed"}.get(self.measure)
        cause = {"died": "all", "killed": "violent"}.get(other or "")
        hint = f"; deaths from other causes: cause={cause!r}" if other in counts["measure"].to_list() else ""
        got = f"expected at least one report of {self.measure}, got none of {len(self.reports)}: {reason}"
        return f"{got}. There are: {there or 'none'}{hint}"

    def audit(self) -> pl.LazyFrame:
        """Every report with its status: used, or the first test that it fails."""
        status, reason = pl.lit("used"), pl.lit("it is used as it stands")
        if self.role == PREFERRED:
            alone = pl.lit("it is a triangulation figure, used as no other figure of its event is known")
            reason = pl.when(pl.col("role") == TRIANGULATION).then(alone).otherwise(reason)
        for test in reversed(self.tests):
            failed = ~test.passed.fill_null(value=False)
            status = pl.when(failed).then(pl.lit(test.status)).otherwise(status)
            reason = pl.when(failed).then(pl.lit(test.reason)).otherwise(reason)
        return self.reports.frame.lazy().select("report_id", status=status, reason=reason)


def _preferred(reports: Reports, measure: Measure, kinds: tuple[Kind, ...], day: date | None) -> list[Test]:
    """What a triangulation figure has to pass to be used where a recommended one is preferred."""
    here = (pl.col("measure") == measure) & pl.col("kind").is_in(list(kinds))
    known = here if day is None else here & (pl.col("published_latest") <= day)
    left_out = preferred_ids(reports.frame.filter(known), reports.places)
    other = pl.col("role").is_null() | (pl.col("role") != TRIANGULATION)
    named = pl.col("event").is_not_null()
    return [
        Test(
            other | named,
            "not_selected",
            "it is a triangulation figure that names no event, so that it can not be told from a recommended one",
        ),
        *(
            Test(~pl.col("report_id").is_in(ids), "not_preferred", f"it is a triangulation figure, and {why}")
            for why, ids in left_out.items()
        ),
    ]


def _inside(frame: pl.DataFrame, name: str, value: str, places: Places) -> Test:
    there = frame[name].unique().sort().to_list()
    inside = [other for other in there if places.relation(value, other) in ("equal", "contains")]
    if not inside:
        _known(frame, name, value)
    return Test(pl.col(name).is_in(inside), "not_selected", f"its {name} is not inside {value}")


def _known(frame: pl.DataFrame, name: str, value: str) -> None:
    there = [text for text in frame[name].unique().sort().to_list() if text is not None]
    if value not in there:
        close = get_close_matches(value, there, n=3, cutoff=0.5) or there[:8]
        raise NoReportsError(
            f"expected a {name} that some report has, got {value!r}; there are: {', '.join(close) or 'none'}"
        )


def check_by(by: Sequence[By]) -> tuple[By, ...]:
    """The columns that split a series, checked.

    Raises
    ------
    OptionError
        If `by` is a text, names an unknown column or names one twice.
    """
    if isinstance(by, str) or any(name not in _BY for name in by) or len(set(by)) != len(by):
        raise OptionError(f"expected by= a list of different columns of {', '.join(_BY)}; got {by!r}")
    return tuple(by)


def observed_days(observed: Observed | None) -> tuple[tuple[date, date], ...]:
    """The stretches of days in which silence means none; only days that surely belong to a period count.

    Raises
    ------
    OptionError
        If it is neither a period nor a list of periods.
    """
    if observed is None:
        return ()
    given = observed if isinstance(observed, list) else [observed]
    periods = [Period.parse(period) if isinstance(period, str) else period for period in given]
    for period in periods:
        if not isinstance(period, Period):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise OptionError(f"expected observed= a Period, its text, or a list of them; got {observed!r}")
    return tuple((p.start_latest, p.end_earliest) for p in periods if p.start_latest <= p.end_earliest)
