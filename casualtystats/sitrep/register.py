"""A register of facilities on the outage page: what it holds, how available they were, and what was lost."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import polars as pl
from markupsafe import Markup

from casualtystats.errors import OptionError
from casualtystats.periods import Period
from casualtystats.reports.facilities import Facilities
from casualtystats.series.availability import Availability, DaysLost, availability
from casualtystats.series.availability.build import Weight
from casualtystats.sitrep.figures import figure_of
from casualtystats.sitrep.numbers import ALL, Known, Numbers
from casualtystats.sitrep.parts import Part, because, of_cells, percent, spoken_cell, spoken_range

__all__ = ["availability_part", "by_place", "every_of", "lanes_part", "lost_part", "register_part", "spells_between"]

GROUPS: Final = 30
_WEIGHTS: Final[dict[Weight, str]] = {
    "beds": "bed-days lost",
    "catchment": "person-days of the people served without service",
}
_NOUNS: Final = {
    "facilities": ("facility", "facilities"),
    "outages": ("spell in less than full service", "spells in less than full service"),
    "hits": ("hit", "hits"),
}
_METHOD: Final = "facility-days functional / facility-days; unknown counts 0 in the lower bound and 1 in the upper"


def register_part(part: Part, facilities: Facilities, numbers: Numbers) -> None:
    """How many facilities, spells and hits; rows not accepted, and warnings."""
    every = {"facilities": len(facilities), "outages": facilities.spells.height, "hits": facilities.hits.height}
    told = [
        Markup("{} {}").format(numbers.count(_NOUNS[name][1], count, name, rows={name: ALL}), _NOUNS[name][count != 1])
        for name, count in every.items()
    ]
    stray = facilities.hits.filter(pl.col("facility_id").is_null())["hit_id"].to_list()
    more = Markup("")
    if stray:
        text = numbers.count("hits on facilities that are not known", len(stray), "hits", rows={"hits": stray})
        more = Markup(", {} of them on facilities that are not known").format(text)
    part.sentences.append(Markup("The register holds {}, {}, and {}{}.").format(*told, more))
    part.sentences += _open_ends(facilities, numbers)
    part.sentences.append(_accepted(facilities, numbers))
    part.table("outage-rejected", _texts(facilities.rejected.select("table", "row", "column", "value", "hint")),
               "Rows that were not accepted")  # fmt: skip
    part.csv("outage-rejected", facilities.rejected)
    if facilities.warnings.height:
        text = numbers.count("warnings", facilities.warnings.height, "rows")
        noun = "warning" if facilities.warnings.height == 1 else "warnings"
        part.sentences.append(Markup("{} {} on rows that are kept.").format(text, noun))
        part.table("outage-warnings", _texts(facilities.warnings.select("table", "row", "why")), "Kept, with a warning")
        part.csv("outage-warnings", facilities.warnings)


def _open_ends(facilities: Facilities, numbers: Numbers) -> list[Markup]:
    """How many spells have no end."""
    open_ends = facilities.spells.filter(pl.col("end_latest").is_null())
    told: list[Markup] = []
    for still, words in ((True, "are said to last still where last seen"), (False, "have no known end")):
        ids = open_ends.filter(pl.col("still") == still)["spell_id"].to_list()
        if ids:
            text = numbers.count(f"spells that {words}", len(ids), "spells", rows={"outages": ids})
            told.append(Markup("{} {}").format(text, words))
    if not told:
        return []
    rule = "After the last day on which it is known, a status is unknown: neither functional nor out, but for the destroyed."
    return [Markup("Of the spells {}. {}").format(Markup(", and ").join(told), rule)]


def _accepted(facilities: Facilities, numbers: Numbers) -> Markup:
    bad = facilities.rejected.select("table", "row").n_unique() if facilities.rejected.height else 0
    if not bad:
        return Markup("Every row of the register was accepted.")
    text = numbers.count("rows of the register not accepted", bad, "rows")
    return Markup("{} {} not accepted, and in no number below.").format(text, "row was" if bad == 1 else "rows were")


def _texts(frame: pl.DataFrame) -> list[dict[str, str]]:
    return [
        {name: "–" if value is None else str(value) for name, value in row.items()} for row in frame.rows(named=True)
    ]


def spells_between(facilities: Facilities, first: date, last: date) -> list[str]:
    """Identifiers of the spells that may hold a day from the first to the last: what is not known after them included."""
    follows = pl.coalesce("start_earliest", "start_latest").shift(-1).over("facility_id")
    found = facilities.spells.sort("facility_id", "start_latest", "spell_id").with_columns(follows=follows)
    begun = pl.col("start_earliest").is_null() | (pl.col("start_earliest") <= last)
    until = pl.coalesce("end_latest", "follows")
    return found.filter(begun, until.is_null() | (until >= first))["spell_id"].to_list()


def every_of(result: Availability) -> Any:
    """The calendar for the days of a register."""
    return of_cells(round((result.last - result.first).days / 30.4))


def availability_part(part: Part, facilities: Facilities, numbers: Numbers) -> None:
    """The share functional by month: a picture and a table."""
    from casualtystats.plots.availability import availability as draw
    from casualtystats.plots.data.availability import availability_alt

    whole = availability(facilities, "year").total()
    result = availability(facilities, every_of(whole))
    row = whole.frame.row(0, named=True)
    days = Period(whole.first, whole.first, whole.last, whole.last)
    text = f"{percent(row['low'], 'down')} to {percent(row['high'], 'up')} %"
    if row["best"] is not None:
        text = f"{percent(row['best'])} %"
    known = Known(*(None if row[name] is None else 100 * row[name] for name in ("low", "best", "high")))
    behind = {"facilities": ALL, "outages": ALL}
    share = numbers.put(
        "share of facility-days functional", text, known, unit="% of facility-days", method=_METHOD, rows=behind, period=days,
    )  # fmt: skip
    of = numbers.count("facility-days", row["facility_days"], "facility-days", rows={"facilities": ALL})
    part.sentences.append(
        Markup("{} of {} facility-days were functional, {}, both ends counted. {}").format(
            share, of, days, _partial(result)
        )
    )
    caption = "Share of facility-days functional, from the lower to the upper bound; below, how much of it is known."
    part.figures.append(
        figure_of("outage-availability", "availability", caption, availability_alt(result), draw(result))
    )
    part.table("outage-availability", [_cell(cell, facilities, numbers) for cell in result.frame.rows(named=True)])
    part.csv("outage-availability", result.frame)


def _partial(result: Availability) -> str:
    some = result.counts.select("partial", "functional_or_partial", "partial_or_out").sum().sum_horizontal()[0]
    return "A day in part service counts nothing in the lower bound and whole in the upper." if some else ""


def _cell(row: dict[str, Any], facilities: Facilities, numbers: Numbers) -> dict[str, str]:
    first, last = row["period_start"], row["period_end"]
    label = spoken_cell(first, last)
    period, where = Period(first, first, last, last), f"table outage-availability, {label}"
    behind = {"facilities": ALL, "outages": spells_between(facilities, first, last)}
    shown = {"low %": percent(row["low"], "down"), "best %": percent(row["best"]), "high %": percent(row["high"], "up")}
    known = Known(*(None if row[name] is None else 100 * row[name] for name in ("low", "best", "high")))
    for name, text in shown.items():
        if text != "–":
            numbers.put(
                f"share of facility-days functional: {name.removesuffix(' %')}", text, known, unit="% of facility-days",
                method=_METHOD, rows=behind, period=period, where=where,
            )  # fmt: skip
    covered = percent(row["coverage"])
    if row["coverage"] is not None:
        share = 100 * row["coverage"]
        numbers.put(
            "share of facility-days with a known status", covered, Known(share, share, share), unit="% of facility-days",
            method="facility-days of known status / facility-days", rows=behind, period=period, where=where,
        )  # fmt: skip
    days = f"{row['facility_days']:,}"
    exact = Known(*[row["facility_days"]] * 3)
    numbers.put(
        "facility-days", days, exact, unit="facility-days", method="counted", rows={"facilities": ALL}, period=period,
        where=where,
    )  # fmt: skip
    return {"month": label, "facility-days": days, **shown, "status known %": covered}


def by_place(facilities: Facilities) -> int | None:
    """How many steps of the path of a place leave a table that can be read; None = the whole path."""
    paths = facilities.facilities["place"].drop_nulls().unique().to_list()
    deepest = max((path.count("/") + 1 for path in paths), default=1)
    for level in range(deepest, 0, -1):
        if len({"/".join(path.split("/")[:level]) for path in paths}) <= GROUPS:
            return None if level == deepest else level
    return 1


def lost_part(part: Part, facilities: Facilities, numbers: Numbers) -> None:
    """Facility-days lost, in all and by district; bed-days and person-days where the register says how many."""
    split = availability(facilities, "year", by=["place"], level=by_place(facilities)).days_lost()
    behind = {"facilities": ALL, "outages": ALL}
    part.sentences.append(Markup("{}.").format(_lost(split, "facility-days lost", numbers, behind)))
    for weight, words in _WEIGHTS.items():
        if facilities.facilities[weight].null_count() == len(facilities):
            continue
        try:
            heavy = availability(facilities, "year", weight=weight).days_lost()
        except OptionError as error:
            part.notes.append(f"{words[:1].upper()}{words[1:]} are not given: {because(error)}.")
            continue
        part.sentences.append(Markup("{}.").format(_lost(heavy, words, numbers, behind)))
    part.notes.append("Lost: not functional, whatever the cause. Days of unknown status are in the upper bound only.")
    part.table("outage-lost", [_district(row, facilities, numbers) for row in split.frame.rows(named=True)])
    part.csv("outage-lost", split.frame)


def _lost(lost: DaysLost, words: str, numbers: Numbers, behind: dict[str, Any]) -> Markup:
    period = Period(lost.first, lost.first, lost.last, lost.last)
    text = numbers.put(
        words, spoken_range(lost.low, lost.high), Known(lost.low, lost.best, lost.high), unit=words.partition(" lost")[0],
        method="sum over facilities and days of 1 - share functional", rows=behind, period=period,
    )  # fmt: skip
    of = numbers.put(
        f"{words}: of", f"{lost.of:,}", Known(lost.of, lost.of, lost.of), unit=words.partition(" lost")[0], method="counted",
        rows={"facilities": ALL}, period=period,
    )  # fmt: skip
    return Markup("{} {}, of {}, {}, both ends counted").format(text, words, of, period)


def _district(row: dict[str, Any], facilities: Facilities, numbers: Numbers) -> dict[str, str]:
    place = row["place"]
    path = pl.col("place")
    mine = path.is_null() if place is None else (path == place) | path.str.starts_with(f"{place}/")
    ids = facilities.facilities.filter(mine)["facility_id"]
    spells = facilities.spells.filter(pl.col("facility_id").is_in(ids.implode()))["spell_id"].to_list()
    name = "not stated" if place is None else facilities.places.name(place)
    behind, where = {"facilities": ids.to_list(), "outages": spells}, f"table outage-lost, {name}"
    known = Known(row["lost_low"], row["lost_best"], row["lost_high"])
    texts = {"lost: low": f"{known.low:,.10g}", "best": "–" if known.best is None else f"{known.best:,.10g}",
             "high": f"{known.high:,.10g}"}  # fmt: skip
    for label, text in texts.items():
        if text != "–":
            numbers.put(
                f"facility-days lost, {name}: {label.removeprefix('lost: ')}", text, known, unit="facility-days",
                method="sum over facilities and days of 1 - share functional", rows=behind, where=where,
            )  # fmt: skip
    days = f"{row['facility_days']:,}"
    numbers.put(
        f"facility-days, {name}", days, Known(*[row["facility_days"]] * 3), unit="facility-days", method="counted",
        rows={"facilities": ids.to_list()}, where=where,
    )  # fmt: skip
    return {"place": name, "facilities": f"{len(ids):,}", "facility-days": days, **texts}


def lanes_part(part: Part, facilities: Facilities) -> None:
    """One lane a facility, those of one place together."""
    from casualtystats.plots.data.swimlanewords import swimlanes_alt
    from casualtystats.plots.swimlanes import swimlanes

    caption = (
        "One lane a facility. Full height: out of service; half: in part service; near black: destroyed. Hatched: not exactly "
        "known, grey: not known. Arrow: still out where last seen. Ring: a hit."
    )
    ax = swimlanes(facilities)
    part.figures.append(figure_of("outage-lanes", "lanes", caption, swimlanes_alt(facilities), ax))
