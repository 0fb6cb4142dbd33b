"""Named facilities by month: distinct ones out, hits, and those out on a date; and how many the reports count beside them."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import polars as pl
from markupsafe import Markup

from casualtystats.errors import CasualtyStatsError
from casualtystats.periods import Period, spoken_day
from casualtystats.reports import Reports
from casualtystats.reports.facilities import Facilities
from casualtystats.series import outages
from casualtystats.series.availability import availability
from casualtystats.series.outagenamed import NamedOutages
from casualtystats.series.outageunnamed import Unnamed
from casualtystats.sitrep.numbers import ALL, Known, Numbers
from casualtystats.sitrep.parts import Part, because, spoken_cell, spoken_range
from casualtystats.sitrep.register import every_of, spells_between

__all__ = ["named_part", "unnamed_part"]

DATES: Final = 24
_SERIES: Final = {
    "distinct": "distinct facilities out of service on some day",
    "hits": "hits",
    "out": "out of service on the last day",
}


def named_part(part: Part, facilities: Facilities, numbers: Numbers) -> None:
    """Three series, none of which is made from another."""
    named = outages(facilities=facilities).named
    every = every_of(availability(facilities, "year"))
    part.sentences.append(_whole(named, facilities, numbers))
    part.sentences.append(
        Markup(
            "Three series: none is made from another, and only hits add up over months. A facility that is hit again while it is "
            "out does not go out twice; one that is out in two months is one facility in each."
        )
    )
    frames = {"distinct": named.distinct(every), "hits": named.hits(every), "out": named.out(every)}
    keys = frames["hits"].select("period_start", "period_end").rows()
    rows = [
        _row(keys[at], {name: frame.row(at, named=True) for name, frame in frames.items()}, facilities, numbers)
        for at in range(len(keys))
    ]
    part.table("outage-series", rows)
    bounds = [
        frame.select(pl.col("low").alias(f"{name}_low"), pl.col("high").alias(f"{name}_high"))
        for name, frame in frames.items()
    ]
    part.csv(
        "outage-series",
        pl.concat([frames["hits"].select("period_start", "period_end", "days"), *bounds], how="horizontal"),
    )


def _whole(named: NamedOutages, facilities: Facilities, numbers: Numbers) -> Markup:
    """The whole period in a sentence."""
    found = {"distinct": named.distinct(), "hits": named.hits(), "hit": named.distinct_hit()}
    row = found["distinct"].row(0, named=True)
    period = Period.of(row["period_start"], row["period_end"])
    noun = {"distinct": "distinct facilities out of service", "hits": "hits", "hit": "distinct facilities hit"}
    texts: dict[str, Markup] = {}
    for name, frame in found.items():
        low, high = frame.select("low", "high").row(0)
        behind: dict[str, Any] = {"outages": ALL} if name == "distinct" else {"hits": ALL}
        texts[name] = numbers.put(
            noun[name], spoken_range(low, high), _known(low, high), unit="attacks" if name == "hits" else "facilities",
            method="least and most that the fuzzy and unknown days allow", rows={"facilities": ALL} | behind, period=period,
        )  # fmt: skip
    said = (
        "Over the whole period, {}, {} of the named facilities were out of service on some day; there were {} hits, on {} "
        "distinct facilities."
    )
    return Markup(said).format(period, texts["distinct"], texts["hits"], texts["hit"])


def _known(low: int, high: int | None) -> Known:
    return Known(low, low if low == high else None, high)


def _row(
    key: tuple[date, date], cells: dict[str, dict[str, Any]], facilities: Facilities, numbers: Numbers
) -> dict[str, str]:
    first, last = key
    label = spoken_cell(first, last)
    hits = facilities.hits.filter(pl.col("date_earliest") <= last, pl.col("date_latest") >= first)["hit_id"].to_list()
    behind: dict[str, dict[str, Any]] = {
        "distinct": {"facilities": ALL, "outages": spells_between(facilities, first, last)},
        "hits": {"facilities": ALL, "hits": hits},
        "out": {"facilities": ALL, "outages": spells_between(facilities, last, last)},
    }
    shown = {"month": label}
    for name, words in _SERIES.items():
        low, high = cells[name]["low"], cells[name]["high"]
        shown[words] = spoken_range(low, high)
        numbers.put(
            words, shown[words], _known(low, high), unit="attacks" if name == "hits" else "facilities",
            method="least and most that the fuzzy and unknown days allow", rows=behind[name],
            period=Period.of(*(key if name != "out" else (last, last))), where=f"table outage-series, {label}",
        )  # fmt: skip
    return shown


def unnamed_part(part: Part, reports: Reports, facilities: Facilities, numbers: Numbers) -> None:
    """How many facilities the reports count that the register does not name, by the last day of each report."""
    series = outages(reports, facilities=facilities)
    rows = reports.frame.filter(pl.col("measure") == "facilities_out")
    went = rows.filter(pl.col("kind") != "stock")["end_latest"].unique().sort().to_list()
    exact = pl.col("start_earliest") == pl.col("end_latest")
    dated = rows.filter(pl.col("kind") == "stock", exact)["end_latest"].unique().sort().to_list()
    asked: list[tuple[str, date | None, date | None]] = []
    asked += [(f"went out of service by {spoken_day(day)}", day, None) for day in went[-DATES:]]
    asked += [(f"out of service on {spoken_day(day)}", None, day) for day in dated[-DATES:]]
    shown: list[dict[str, str]] = []
    frames: list[pl.DataFrame] = []
    reasons: list[str] = []
    for what, by, on in asked:
        try:
            found = series.unnamed(by=by, on=on)
        except CasualtyStatsError as error:
            if because(error) not in reasons:
                reasons.append(because(error))
            continue
        frames.append(found.to_frame().select(pl.lit(what).alias("what"), pl.all()))
        shown.append(_unnamed(what, found, facilities, numbers))
    part.sentences.append(
        Markup(
            "Reported facilities less those of the register that are, or may be, among them: so many more there must be, or may "
            "be, that the register does not name."
        )
    )
    part.table("outage-unnamed", shown)
    if frames:
        part.csv("outage-unnamed", pl.concat(frames))
    part.notes += [f"Not compared: {reason}." for reason in reasons]


def _unnamed(what: str, found: Unnamed, facilities: Facilities, numbers: Numbers) -> dict[str, str]:
    shown = {"what": what}
    days = Period.of(found.first, found.last)
    behind = {"facilities": ALL, "outages": spells_between(facilities, found.first, found.last)}
    for name, known in (("reported", found.reported), ("named", found.named), ("not named", found.estimate)):
        shown[name] = spoken_range(known.low, known.high)
        numbers.put(
            f"facilities {what}: {name}", shown[name], known, unit="facilities",
            method="read from reports" if name == "reported" else "reports less register" if name == "not named" else
            "least and most that the fuzzy and unknown days allow",
            reports=() if name == "named" else found.reports, rows={} if name == "reported" else behind, period=days,
            where=f"table outage-unnamed, {what}",
        )  # fmt: skip
    return shown
