"""The outage page: what reports say of facilities, a register of them, and rounds of status surveys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

import polars as pl
from markupsafe import Markup

from casualtystats import datasets
from casualtystats.errors import CasualtyStatsError
from casualtystats.reports import Reports
from casualtystats.reports.facilities import Facilities, StatusRounds
from casualtystats.sitrep.figures import Figure
from casualtystats.sitrep.numbers import Numbers
from casualtystats.sitrep.outagewords import about_facilities, words_part
from casualtystats.sitrep.parts import Part, attempt, because
from casualtystats.sitrep.render import render

__all__ = ["PAGE", "OutagePage", "outage_page"]

PAGE: Final = "outages.html"
_T = TypeVar("_T", Facilities, StatusRounds)


@dataclass(frozen=True)
class OutagePage:
    """What the page is made of.

    Attributes
    ----------
    parts : list of Part
        Its sections.
    tables : dict of str to pl.DataFrame
        The tables of the register, for the rows behind its numbers.
    rejected : int
        Rows of the register and of rounds that were not accepted.
    """

    parts: list[Part]
    tables: dict[str, pl.DataFrame] = field(default_factory=dict[str, pl.DataFrame])
    rejected: int = 0

    @property
    def figures(self) -> list[Figure]:
        """Pictures of its own: that of the reports stands on the first page too."""
        return [figure for part in self.parts for figure in part.figures if figure.section != "facilities"]

    def files(self, title: str, licence: str) -> dict[str, bytes]:
        """The page, its tables and its pictures, by name of file."""
        context = {"title": f"Facility outages: {title}", "about": title, "parts": self.parts, "licence": licence}
        files = {PAGE: render("outages.html.j2", context)}
        for part in self.parts:
            files |= part.files
        for figure in self.figures:
            files |= {f"figures/{figure.name}.svg": figure.svg, f"figures/{figure.name}.png": figure.png}
        return files


def outage_page(
    folder: str | Path, reports: Reports, timeline: list[Figure], numbers: Numbers, step: Callable[[str], None]
) -> OutagePage | None:
    """The outage page of a folder; None where nothing in it is about facilities.

    Parameters
    ----------
    folder : str or Path
        May hold `facilities.csv` with `outages.csv` and `hits.csv`, and `rounds.csv`.
    reports : Reports
        All reports.
    timeline : list of Figure
        The picture of reports of facilities out of service, if there is one.
    numbers : Numbers
        Takes note of every number that is printed.
    step : callable
        Is told what is being done.
    """
    here = numbers.on(PAGE)
    parts: list[Part] = []
    told = about_facilities(reports)
    if len(told):
        step("sorting words on facilities")
        parts.append(words_part(told, timeline, here))
    facilities, refused = _read(lambda: datasets.facilities(str(folder)), "register", "The register")
    rounds, unread = _read(lambda: datasets.status_rounds(str(folder)), "rounds", "Rounds of a status survey")
    tables: dict[str, pl.DataFrame] = {}
    if facilities is not None:
        parts += _of_register(facilities, told, here, step)
        tables |= {"facilities": facilities.facilities, "outages": facilities.spells, "hits": facilities.hits}
    if rounds is not None:
        from casualtystats.sitrep.surveyed import rounds_part

        held = rounds
        part = Part("rounds", "Rounds of a status survey")
        parts.append(attempt(part, here, lambda part: rounds_part(part, held, here)))
        tables["rounds"] = held.rounds
    parts += refused + unread
    rejected = sum(
        one.rejected.select("table", "row").n_unique()
        for one in (facilities, rounds)
        if one is not None and one.rejected.height
    )
    return OutagePage(parts, tables, rejected) if parts else None


def _read(read: Callable[[], _T | None], key: str, title: str) -> tuple[_T | None, list[Part]]:
    """What a table holds; where it can not be read, a part that says so."""
    try:
        return read(), []
    except CasualtyStatsError as error:
        return None, [Part(key, title, [Markup("Not read: {}.").format(because(error))])]


def _of_register(facilities: Facilities, told: Reports, numbers: Numbers, step: Callable[[str], None]) -> list[Part]:
    """The parts that a register makes; each fails alone."""
    from casualtystats.sitrep import named, register, restored

    builders: list[tuple[str, str, Callable[[Part], None]]] = [
        ("register", "The register", lambda part: register.register_part(part, facilities, numbers)),
        ("availability", "Availability", lambda part: register.availability_part(part, facilities, numbers)),
        ("lost", "Facility-days lost", lambda part: register.lost_part(part, facilities, numbers)),
        ("lanes", "Facility by facility", lambda part: register.lanes_part(part, facilities)),
        ("restoration", "Time to restoration", lambda part: restored.restoration_part(part, facilities, numbers)),
        ("hits", "Hits", lambda part: restored.hits_part(part, facilities, numbers)),
        ("series", "Distinct facilities, hits, and facilities out on a date",
         lambda part: named.named_part(part, facilities, numbers)),
    ]  # fmt: skip
    if len(told.filter(pl.col("measure") == "facilities_out")):
        builders.append(
            ("unnamed", "Facilities that are reported and not named",
             lambda part: named.unnamed_part(part, told, facilities, numbers))
        )  # fmt: skip
    parts: list[Part] = []
    for key, title, build in builders:
        step(f"facilities: {title[:1].lower()}{title[1:]}")
        parts.append(attempt(Part(key, title), numbers, build))
    return parts
