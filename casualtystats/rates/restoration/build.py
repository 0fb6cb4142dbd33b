"""Time to restoration of a register: which outages can be used, by which method, and what was left out."""

from __future__ import annotations

from typing import Final, Literal

import polars as pl

from casualtystats.errors import NoReportsError, OptionError, UndefinedEstimateError
from casualtystats.printing import many
from casualtystats.rates.restoration.assemble import DATA, assembled
from casualtystats.rates.restoration.durations import durations
from casualtystats.rates.restoration.result import Interval, Method, Restoration, To
from casualtystats.reports.facilities.model import Facilities

__all__ = ["By", "Ends", "grouped", "time_to_restoration"]

By = Literal["type", "place"]
Ends = Literal["shortest", "longest"]
METHODS: Final = ("kaplan_meier", "cumulative_incidence", "turnbull")
SEE: Final = "see how far it matters with ends='shortest' and ends='longest', give dates to the day, or "
HINT: Final = "; or say ends='shortest' or ends='longest'"
LEFT: Final = {
    "unknown_start": "that began on a day not known",
    "before_follow_up": "that were over, or last seen, before follow-up began",
    "fuzzy_entry": "that began on a day not exactly known before follow-up began",
}


def time_to_restoration(
    facilities: Facilities, *, by: list[By] | None = None, to: To = "functional", level: float = 0.95,
    horizon: float | None = None, method: Method | None = None, interval: Interval = "log-log", ends: Ends | None = None,
) -> Restoration:  # fmt: skip
    """How long outages last until service is restored.

    Parameters
    ----------
    facilities : Facilities
        A register with its spells (`cs.read_facilities`).
    by : list of {"type", "place"}, optional
        What splits the groups, each value as it stands; "not stated" is a group.
    to : {"functional", "partial"}, default "functional"
        What ends an outage: full service, or partial service.
    level : float, default 0.95
        Level of the intervals.
    horizon : float, optional
        Days up to which the restricted mean is taken (Kaplan-Meier only); by default the longest that every group was
        followed.
    method : {"kaplan_meier", "cumulative_incidence", "turnbull"}, optional
        By default as the data ask: Kaplan-Meier where ends are exact or right-censored; cumulative incidence where
        facilities were destroyed besides; Turnbull where ends are known only as intervals. `notes` says which, and why.
    interval : {"log-log", "log"}, default "log-log"
        Scale of the intervals.
    ends : {"shortest", "longest"}, optional
        Take outages whose length is known only within bounds at their shortest or at their longest. Both say how far the
        answer depends on it; neither is an estimate. By default they stay intervals.

    Returns
    -------
    Restoration
        Days out with both ends counted: out 4 to 8 May is 5. `notes` counts every outage that was left out.

    Raises
    ------
    MeasureError, OptionError
        If it is no register, or an option is not known.
    UndefinedEstimateError
        If the method has no meaning for the data: Kaplan-Meier with ends known only as intervals, or with destroyed
        facilities; any with both.
    NoReportsError
        If there is no outage that can be used.

    Notes
    -----
    What makes an outage, and how it ends: see `durations`. An outage seen out through its c-th day and no further is known
    to last at least c days, so that it is censored at c - 1: that it ended after exactly c could not have been seen. Those
    under way when follow-up began count from their entry on (Kaplan-Meier, cumulative incidence), or are left out
    (Turnbull): neither way makes outages look longer. One whose start is not known is left out; with Turnbull it lasts at
    least what was seen, and since only long ones are still there to be seen, many of these make outages look longer.

    Spells of one facility count as if they were of several: intervals are too narrow where a few facilities have most.

    Examples
    --------
    >>> import polars as pl
    >>> from casualtystats.reports.facilities import read_facilities
    >>> spells = {"facility_id": ["a", "b", "c"], "start": ["2019-05-04", "2019-05-04", "2019-05-04"]}
    >>> spells["end"] = ["2019-05-08", "2019-05-20", "still out"]
    >>> register = pl.DataFrame({"facility_id": ["a", "b", "c"]})
    >>> read = read_facilities(register, outages=pl.DataFrame(spells), observed="2019-05-01/2019-05-30")
    >>> print(time_to_restoration(read))
    median 17 days (95 % interval 5 to not reached), 3 outages, 2 restored; Kaplan-Meier
    """
    groups = grouped(by)
    if method is not None and method not in METHODS:
        raise OptionError(f"expected method= {', '.join(map(repr, METHODS))} or None, got {method!r}")
    rows = durations(facilities, to=to).frame
    if facilities.from_rounds and ends is not None:
        raise OptionError(
            "expected no ends= for a register made from status rounds, whose lengths are known only between rounds: at either "
            "bound a sampling interval would say more than they do; leave ends= out"
        )
    usable, said = _ended(rows.filter(pl.col("known").is_in(["exact", "interval"])), ends)
    fuzzy = usable.filter(pl.col("known") == "interval").height
    destroyed = usable.filter(pl.col("event") == "destroyed").height
    chosen, why = _chosen(fuzzy, destroyed, method, facilities.from_rounds)
    notes = [why, *said]
    if facilities.from_rounds:
        notes.append(
            "status rounds do not see outages that begin and end between two of them, so that long ones are over-represented"
        )
    if chosen == "turnbull":
        late = usable.filter(pl.col("entry") > 0).height
        usable = usable.filter(pl.col("entry") == 0)
        if late:
            notes.append(f"{many(late, 'outage')} already under way when follow-up began left out")
        unseen = (pl.col("known") == "unknown_start") & (pl.col("event") != "destroyed")
        usable = pl.concat([usable, rows.filter(unseen).with_columns(event=pl.lit("censored"))])
        rows = rows.filter(~unseen)
        if number := usable.filter(pl.col("known") == "unknown_start").height:
            notes.append(
                f"{many(number, 'outage')} that began on a day not known taken as lasting at least the days "
                "seen; only long ones are still there to be seen, so that outages may look longer than they are"
            )
    numbers = {known: rows.filter(pl.col("known") == known).height for known in LEFT}
    notes += [f"{many(count, 'outage')} {LEFT[known]} left out" for known, count in numbers.items() if count]
    if usable.is_empty():
        raise NoReportsError(
            f"expected at least one outage with a known start, got {many(rows.height, 'outage')} of which none "
            f"can be used{': ' if notes[1:] else ''}{'; '.join(notes[1:])}"
        )
    return assembled(
        _data(usable, groups), chosen, level=level, interval=interval, horizon=horizon, by=groups, to=to,
        notes=tuple(notes), whole=True,
    )  # fmt: skip


def grouped(by: list[By] | None) -> tuple[By, ...]:
    """The columns that split groups.

    Raises
    ------
    OptionError
        If it is no list of them.
    """
    if by is None:
        return ()
    if not isinstance(by, list | tuple) or not set(by) <= {"type", "place"} or len(set(by)) != len(by):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(f"expected by= a list of 'type' and 'place', got {by!r}")
    return tuple(by)


def _ended(usable: pl.DataFrame, ends: Ends | None) -> tuple[pl.DataFrame, list[str]]:
    """Outages whose length is known within bounds, at one of them where asked for.

    Raises
    ------
    OptionError
        If `ends` is not known.
    """
    if ends is None:
        return usable, []
    if ends not in ("shortest", "longest"):
        raise OptionError(f"expected ends= 'shortest', 'longest' or None, got {ends!r}")
    within = (pl.col("known") == "interval") & pl.col("time_high").is_not_null()
    number = usable.filter(within).height
    length = pl.col("time_low" if ends == "shortest" else "time_high")
    taken = usable.with_columns(
        time_low=pl.when(within).then(length).otherwise("time_low"),
        time_high=pl.when(within).then(length).otherwise("time_high"),
        known=pl.when(within).then(pl.lit("exact")).otherwise("known"),
    )
    return taken, [f"{many(number, 'outage')} of known length only within bounds taken at the {ends}"]


def _chosen(fuzzy: int, destroyed: int, method: Method | None, rounds: bool) -> tuple[Method, str]:
    """The method and the line that says why.

    Raises
    ------
    UndefinedEstimateError
        If the one asked for, or any, has no meaning for the data.
    """
    ends = f"{many(fuzzy, 'outage')} of known length only within bounds"
    gone = f"{many(destroyed, 'outage')} that ended as destroyed"
    if fuzzy and destroyed:
        raise UndefinedEstimateError(
            f"expected exact ends where facilities were destroyed, or none destroyed; got {ends} and {gone}, for which there "
            f"is no estimate here; {'' if rounds else SEE}take durations(facilities).frame for the bounds of each outage"
        )
    if fuzzy and method in ("kaplan_meier", "cumulative_incidence"):
        raise UndefinedEstimateError(
            f"expected ends known to the day for method={method!r}, got {ends}, which it would drop or guess; "
            f"use method='turnbull', or leave method= out{'' if rounds else HINT}"
        )
    if destroyed and method is not None and method != "cumulative_incidence":
        raise UndefinedEstimateError(
            f"expected no destroyed facilities for method={method!r}, got {gone}: they are not censored, for they will not be "
            "restored, and one minus Kaplan-Meier is not the share restored; use method='cumulative_incidence', or leave "
            "method= out"
        )
    if method is not None:
        return method, f"{method} as asked for"
    if fuzzy:
        return "turnbull", f"Turnbull: {ends}"
    if destroyed:
        return "cumulative_incidence", f"cumulative incidence: {gone}"
    return "kaplan_meier", "Kaplan-Meier: every end is known to the day or censored, and nothing was destroyed"


def _data(usable: pl.DataFrame, groups: tuple[By, ...]) -> pl.DataFrame:
    """Observations: a censored outage that lasted at least c days lasts longer than c - 1."""
    censored = pl.col("event") == "censored"
    named = [pl.col(name).fill_null("not stated") for name in groups]
    label = pl.concat_str(named, separator=", ") if named else pl.lit(None, pl.String)
    found = usable.select(
        group=label,
        entry=pl.col("entry").cast(pl.Float64),
        time_low=(pl.col("time_low") - censored.cast(pl.Int64)).cast(pl.Float64),
        time_high=pl.when(~censored).then("time_high").cast(pl.Float64),
        event="event",
    )
    return found.sort("group", maintain_order=True).cast(dict(DATA.items()))
