"""Writes the tables of this data set. Nothing in it happened: 60 facilities that do not exist, over the year 2021.

Run `python simulate.py FOLDER`. The same seed gives the same bytes. Only `random.Random.random` is drawn from, whose
sequence Python promises to keep.
"""

from __future__ import annotations

import csv
import math
import sys
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Final

SEED: Final = 20210101
FIRST, LAST = date(2021, 1, 1), date(2021, 12, 31)
# Place, facilities, hits a facility and day, and whether its register was followed from the first day.
DISTRICTS: Final = (("North", 22, 1 / 240), ("Centre", 20, 1 / 420), ("South", 18, 1 / 1100))
TYPES: Final = (("health/hospital", 0.22), ("health/centre", 0.58), ("health/maternity", 0.20))
ROUNDS: Final = (date(2021, 1, 11), date(2021, 4, 12), date(2021, 7, 12), date(2021, 10, 11), date(2021, 12, 20))
CAUSES: Final = ("damage", "staff left", "no supplies")


@dataclass(frozen=True)
class Spell:
    """One true stretch of days that is not functional; `end` is its last day, or the last day of the year."""

    start: date
    end: date
    status: str
    cause: str
    over: bool  # whether it ended within the year


@dataclass
class Site:
    """One facility with its true history."""

    id: str
    type: str
    place: str
    beds: int
    catchment: int
    observed_from: date
    spells: list[Spell] = field(default_factory=list)
    hits: list[date] = field(default_factory=list)

    def status(self, day: date) -> str:
        """The true status on a day."""
        return next((spell.status for spell in self.spells if spell.start <= day <= spell.end), "functional")


def chance(draw: Random, *weights: float) -> int:
    """The number of a choice that is drawn with these weights."""
    at = draw.random() * sum(weights)
    for number, weight in enumerate(weights):
        at -= weight
        if at < 0:
            return number
    return len(weights) - 1


def days_of(draw: Random, mean: float) -> int:
    """A length in days of 1 or more, geometric."""
    return 1 + int(math.log(1 - draw.random()) / math.log(1 - 1 / mean))


def histories(draw: Random) -> list[Site]:
    """All facilities with what truly happened to them."""
    sites: list[Site] = []
    for district, number, rate in DISTRICTS:
        for _ in range(number):
            kind = TYPES[chance(draw, *(share for _, share in TYPES))][0]
            beds = {
                "health/hospital": 20 + 10 * int(8 * draw.random()),
                "health/maternity": 6 + int(10 * draw.random()),
            }
            people = 4_000 + 500 * int(30 * draw.random())
            if kind == "health/hospital":
                people *= 4
            late = draw.random() < 0.15
            site = Site(
                f"f{len(sites) + 1:02d}", kind, f"Simulated country/{district}", beds.get(kind, 0), people,
                date(2021, 3, 1) if late else FIRST,
            )  # fmt: skip
            live(draw, site, rate)
            sites.append(site)
    return sites


def live(draw: Random, site: Site, rate: float) -> None:
    """Go through the year: hits, what they do, and outages of other causes."""
    day = FIRST
    until = FIRST - timedelta(days=1)  # last day of the spell that runs
    destroyed = False
    while day <= LAST:
        hit = draw.random() < rate
        other = draw.random() < 1 / 900
        if hit and (not destroyed or draw.random() < 0.3):
            site.hits.append(day)
        if day > until and (hit or other):
            until = go_out(draw, site, day, hit)
            destroyed = bool(site.spells) and site.spells[-1].status == "destroyed"
        day += timedelta(days=1)


def go_out(draw: Random, site: Site, day: date, hit: bool) -> date:
    """What begins on a day: nothing, service in part, an outage (perhaps with service in part after it), or the end."""
    outcome = chance(draw, *((0.15, 0.15, 0.6, 0.1) if hit else (0.0, 0.6, 0.4, 0.0)))
    cause = "damage" if hit else CAUSES[1 + chance(draw, 0.5, 0.5)]
    if outcome == 0:
        return day
    if outcome == 3:
        site.spells.append(Spell(day, LAST, "destroyed", cause, over=False))
        return LAST
    if outcome == 1:
        return add(site, day, days_of(draw, 20), "partial", cause)
    until = add(site, day, days_of(draw, 35), "non_functional", cause)
    if until < LAST and draw.random() < 0.4:
        until = add(site, until + timedelta(days=1), days_of(draw, 15), "partial", cause)
    return until


def add(site: Site, day: date, length: int, status: str, cause: str) -> date:
    """Add a spell, cut at the end of the year; its last day."""
    end = min(LAST, day + timedelta(days=length - 1))
    site.spells.append(Spell(day, end, status, cause, over=end < LAST))
    return end


def told(draw: Random, spells: list[Spell], at: int) -> tuple[str, str, str]:
    """Start, end and last day known, as a register would hold them: some exact, some fuzzy, some not known."""
    spell = spells[at]
    before = spells[at - 1].end if at else FIRST - timedelta(days=1)
    after = spells[at + 1].start if at + 1 < len(spells) else LAST + timedelta(days=1)
    start, end, known = spell.start.isoformat(), spell.end.isoformat(), ""
    apart = before < spell.start - timedelta(days=4) and spell.end > spell.start + timedelta(days=8)
    if draw.random() < 0.15 and apart:
        early = spell.start - timedelta(days=int(4 * draw.random()))
        start = f"[{early}..{spell.start + timedelta(days=int(4 * draw.random()))}]"
    how = draw.random()
    alone = after > spell.end + timedelta(days=8)
    if not spell.over:
        end = "still out"
    elif how < 0.10 and alone:
        end, known = "", (spell.start + (spell.end - spell.start) // 2).isoformat()
        if start.startswith("["):
            known = spell.end.isoformat()
    elif how < 0.22 and alone and spell.end > spell.start + timedelta(days=8):
        end = f"[{spell.end - timedelta(days=int(4 * draw.random()))}..{spell.end + timedelta(days=int(5 * draw.random()))}]"
    return start, end, known


def write(path: Path, header: str, rows: list[list[object]]) -> None:
    """Write one table."""
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(header.split())
        lines.writerows(rows)


def registers(draw: Random, sites: list[Site], folder: Path) -> None:
    """The register, what it says of outages and hits, and the truth behind it."""
    write(
        folder / "facilities.csv", "facility_id name type place beds catchment observed_from observed_until",
        [
            [s.id, f"Facility {s.id[1:]}", s.type, s.place, s.beds, s.catchment, s.observed_from, LAST]
            for s in sites
        ],
    )  # fmt: skip
    outages: list[list[object]] = []
    truth: list[list[object]] = []
    hits: list[list[object]] = []
    for site in sites:
        for at, spell in enumerate(site.spells):
            number = f"{site.id}-{at + 1}"
            truth.append([number, site.id, spell.status, spell.start, spell.end, "yes" if spell.over else "no"])
            outages.append([number, site.id, spell.status, *told(draw, site.spells, at), spell.cause, "register"])
        for day in site.hits:
            unnamed = draw.random() < 0.12
            vague = draw.random() < 0.1
            when = f"[{day - timedelta(days=1)}..{day + timedelta(days=1)}]" if vague and FIRST < day < LAST else day
            named = "" if unnamed else site.id
            hits.append([day, named, when, site.place, site.type, "incident list"])
    write(folder / "outages.csv", "spell_id facility_id status start end known_until cause source", outages)
    # Numbered by date, so that no identifier gives away a facility that the list does not name.
    listed = [[f"h{at:02d}", *cells[1:]] for at, cells in enumerate(sorted(hits, key=lambda cells: str(cells[0])), 1)]
    write(folder / "hits.csv", "hit_id facility_id date place type source", listed)
    write(folder / "truth.csv", "spell_id facility_id status start end ended_in_year", truth)


def surveys(draw: Random, sites: list[Site], folder: Path) -> None:
    """Five rounds: a few facilities do not report, and the second did not reach the South."""
    rows: list[list[object]] = []
    for number, day in enumerate(ROUNDS, 1):
        for site in sites:
            if number == 2 and site.place.endswith("South"):
                continue
            status = "" if draw.random() < 0.07 else site.status(day)
            rows.append([number, site.id, day, status, site.place, site.type])
    write(folder / "rounds.csv", "round facility_id date status place type", rows)


def months() -> list[tuple[date, date]]:
    """First and last day of each month of the year."""
    starts = [date(2021, month, 1) for month in range(1, 13)]
    return [(s, (date(2021, s.month + 1, 1) if s.month < 12 else date(2022, 1, 1)) - timedelta(days=1)) for s in starts]


def reports(sites: list[Site], folder: Path) -> None:
    """What a cluster would have published each month: distinct facilities out, hits, and those out on the last day."""
    out = ("non_functional", "destroyed")
    rows: list[list[object]] = []

    def row(name: str, measure: str, unit: str, kind: str, value: int, start: date, end: date | str, day: date) -> None:
        rows.append([
            f"{name}-{day:%Y-%m}", measure, unit, kind, "exactly", value, start, end, "Simulated country", "health", "cluster",
            day + timedelta(days=10),
        ])  # fmt: skip

    for start, end in months():
        began = sum(any(s.status in out and s.start <= end for s in site.spells) for site in sites)
        hit = sum(any(day <= end for day in site.hits) for site in sites)
        hits = sum(start <= day <= end for site in sites for day in site.hits)
        row("out", "facilities_out", "facilities", "cumulative", began, FIRST, end, end)
        row("hit", "facilities_hit", "facilities", "cumulative", hit, FIRST, end, end)
        row("hits", "attacks", "attacks", "flow", hits, start, end, end)
        row(
            "out-on",
            "facilities_out",
            "facilities",
            "stock",
            sum(site.status(end) in out for site in sites),
            end,
            "",
            end,
        )
    header = "report_id measure unit kind qualifier value start end place group source published"
    write(folder / "reports.csv", header, sorted(rows, key=lambda cells: (str(cells[11]), str(cells[0]))))


def main(folder: Path) -> None:
    """Write all tables into a folder."""
    draw = Random(SEED)
    sites = histories(draw)
    registers(draw, sites, folder)
    surveys(draw, sites, folder)
    reports(sites, folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
