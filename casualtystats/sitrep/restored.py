"""How long outages last, and how often facilities are hit: the estimates of a register, with their intervals."""

from __future__ import annotations

from typing import Any

import polars as pl
from markupsafe import Markup

from casualtystats.errors import NoReportsError, UndefinedEstimateError
from casualtystats.printing import format_count, format_rate
from casualtystats.rates.hits import hit_rate
from casualtystats.rates.restoration import Restoration, durations, time_to_restoration
from casualtystats.reports.facilities import Facilities
from casualtystats.sitrep.figures import Figure, figure_of
from casualtystats.sitrep.numbers import ALL, Known, Numbers
from casualtystats.sitrep.parts import Part, spoken_range
from casualtystats.sitrep.register import GROUPS

__all__ = ["hits_part", "restoration_part"]

_EVENTS = {"restored": "back in full service", "destroyed": "destroyed", "censored": "still out when last seen"}
_LENGTHS = {
    "exact": "exact", "interval": "within bounds", "unknown_start": "start not known",
    "fuzzy_entry": "began before follow-up, day not exact", "before_follow_up": "over before follow-up",
}  # fmt: skip


def restoration_part(part: Part, facilities: Facilities, numbers: Numbers) -> None:
    """The median time to restoration, and its curve; where no estimate has a meaning, that of each type that has one."""
    outages = durations(facilities)
    if outages.frame.is_empty():
        raise NoReportsError("expected spells out of service, got none")
    found = _estimates(facilities)
    if len(found) > 1:
        part.sentences.append(
            Markup(
                "Of some outages the length is known only within bounds, and others ended as destroyed: no one estimate has a "
                "meaning for both. So all are taken twice, with such outages at their shortest and at their longest. That shows "
                "how much hangs on them; neither is an estimate."
            )
        )
    for name, result in found.items():
        part.sentences.append(_said(name, facilities, result, numbers))
        part.notes += [
            f"{note[:1].upper()}{note[1:]}."
            for note in result.notes
            if f"{note[:1].upper()}{note[1:]}." not in part.notes
        ]
        part.csv(f"outage-restoration{'-' + name if name else ''}", result.frame)
        part.figures.append(_figure(name, result))
    part.table("outage-durations", [_ended(row, outages.frame, numbers) for row in outages.counts.rows(named=True)],
               "Every outage: how it ended, and how exactly its length is known")  # fmt: skip
    part.csv("outage-durations", outages.frame)


def _estimates(facilities: Facilities) -> dict[str, Restoration]:
    """One estimate; where none has a meaning, two: unclear lengths at their shortest, and at their longest.

    Raises
    ------
    UndefinedEstimateError, NoReportsError
        If there is neither.
    """
    try:
        return {"": time_to_restoration(facilities)}
    except UndefinedEstimateError:
        return {
            "shortest": time_to_restoration(facilities, ends="shortest"),
            "longest": time_to_restoration(facilities, ends="longest"),
        }


def _figure(name: str, result: Restoration) -> Figure:
    from casualtystats.plots.data.restoration import restoration_alt
    from casualtystats.plots.restoration import restoration

    caption = "Days since an outage began, both ends counted; beneath, how many outages are still followed."
    caption += f" Outages whose length is known only within bounds are taken at their {name}." if name else ""
    key = f"outage-restoration{'-' + name if name else ''}"
    return figure_of(key, "restoration", caption, restoration_alt(result), restoration(result))


def _said(name: str, facilities: Facilities, result: Restoration, numbers: Numbers) -> Markup:
    row = result.summary.row(0, named=True)
    exact = result.method != "turnbull"
    low, high = (row["median_ci_low"], row["median_ci_high"]) if exact else (row["median_low"], row["median_high"])
    text = "not reached" if row["median"] is None else f"{format_count(row['median'])} days"
    if not exact and low != high:
        text = f"between {_days(low)} and {_days(high)} days"
    elif exact and (low, high) != (None, None):
        text += f" ({100 * row['level']:.10g} % interval {_days(low)} to {_days(high)})"
    ids = facilities.spells["spell_id"].to_list()
    of = f", unclear lengths at their {name}" if name else ""
    median = numbers.put(
        f"median time to restoration{of}", text, Known(low, row["median"], high), unit="days",
        method=f"{result.method}; low and high: {'sampling interval' if exact else 'bounds that the data leave'}",
        rows={"outages": ids},
    )  # fmt: skip
    counts = [
        numbers.count(f"outages{of}: {label}", row[label], "outages", rows={"outages": ids})
        for label in ("outages", "restored", "destroyed", "censored")
    ]
    words = (
        "{} time to full service {}; {} outages, of which {} ended with full service, {} as destroyed, and {} were still out "
        "when last seen."
    )
    return Markup(words).format(f"At their {name}: median" if name else "Median", median, *counts)


def _days(days: float | None) -> str:
    return "not reached" if days is None else format_count(days)


def _ended(row: dict[str, Any], frame: pl.DataFrame, numbers: Numbers) -> dict[str, str]:
    same = frame.filter(pl.col("known") == row["known"], pl.col("event") == row["event"])
    ended, known = _EVENTS[row["event"]], _LENGTHS[row["known"]]
    exact = Known(*[row["outages"]] * 3)
    numbers.put(
        f"outages {ended}, length {known}", f"{row['outages']:,}", exact, unit="outages", method="counted",
        rows={"outages": same["spell_id"].to_list()}, where=f"table outage-durations, {ended}, {known}",
    )  # fmt: skip
    return {"how it ended": ended, "length": known, "outages": f"{row['outages']:,}"}


def hits_part(part: Part, facilities: Facilities, numbers: Numbers) -> None:
    """Hits per 100 facility-months with exact intervals, facilities hit, and those hit again; in all and by place."""
    if facilities.hits.is_empty():
        part.sentences.append(Markup("The register lists no hits. That does not say that there were none."))
        return
    whole = hit_rate(facilities)
    frames = [whole.frame]
    rows = [("all", facilities.hits["hit_id"].to_list(), whole.frame.row(0, named=True))]
    if 1 < facilities.facilities["place"].n_unique() <= GROUPS:
        split = hit_rate(facilities, by=["place"])
        frames.append(split.frame)
        own = facilities.facilities.select("facility_id", own="place")
        told = facilities.hits.join(own, on="facility_id", how="left", maintain_order="left")
        where = pl.when(pl.col("facility_id").is_null()).then("place").otherwise("own").fill_null("not stated")
        for row in split.frame.rows(named=True):
            ids = told.filter(where == row["group"])["hit_id"].to_list()
            rows.append((facilities.places.name(row["group"]), ids, row))
    part.table("outage-hit-rates", [_rate(name, ids, row, numbers) for name, ids, row in rows])
    part.csv("outage-hit-rates", pl.concat(frames))
    part.notes += [
        "Hits cluster, in places and on days: the exact interval, which takes them as independent, is then too narrow. The "
        "standard error of hits a facility holds where hits of one facility depend on each other; hits on facilities not known "
        "are not in it.",
        *(f"{note[:1].upper()}{note[1:]}." for note in whole.notes if "mean_hits" not in note),
    ]


def _rate(name: str, ids: list[str], row: dict[str, Any], numbers: Numbers) -> dict[str, str]:
    behind: dict[str, Any] = {"facilities": ALL, "hits": ids}
    where = f"table outage-hit-rates, {name}"
    shown = {"place": name, "facilities": f"{row['facilities']:,}"}
    pairs = {"hits": "hits", "facilities hit": "distinct", "of them again": "repeated"}
    ranges = {words: (row[f"{column}_low"], row[f"{column}_high"]) for words, column in pairs.items()}
    for words, (low, high) in ranges.items():
        shown[words] = "–" if low is None else spoken_range(low, high)
        if low is not None:
            numbers.put(
                f"{words}, {name}", shown[words], Known(low, low if low == high else None, high),
                unit="attacks" if words == "hits" else "facilities", method="counted in the register; hits on facilities not "
                "known may be on any", rows=behind, where=where,
            )  # fmt: skip
    rate, low, high = row["rate"], row["rate_low"], row["rate_high"]
    text, interval = "–", "–"
    if rate is not None:
        text = format_rate(rate)
        interval = f"{format_rate(row['ci_low'], 'down')} to {format_rate(row['ci_high'], 'up')}"
        low, high = row["ci_low"], row["ci_high"]
    elif low is not None:
        text = f"{format_rate(low, 'down')} to {format_rate(high, 'up')}"
    if text != "–":
        numbers.put(
            f"hits per 100 facility-months, {name}", text, Known(low, rate, high), unit="per 100 facility-months",
            method="100 x hits / facility-months of 30.4375 days; low and high: "
            + (f"{row['method']}, level {row['level']:g}" if rate is not None else "bounds of the count of hits"),
            rows=behind, where=where,
        )  # fmt: skip
    shown |= {"per 100 facility-months": text, f"{100 * row['level']:.10g} % interval": interval}
    mean, error = row["mean_hits"], row["mean_hits_se"]
    shown["hits a facility (standard error)"] = "–"
    if mean is not None and error is not None:
        spoken = shown["hits a facility (standard error)"] = f"{format_rate(mean)} ({format_rate(error)})"
        numbers.put(
            f"hits a facility, {name}", spoken, Known(mean - error, mean, mean + error), unit="hits per facility",
            method="mean cumulative function; low and high: one robust standard error (Lawless and Nadeau) away",
            rows=behind, where=where,
        )  # fmt: skip
    return shown
