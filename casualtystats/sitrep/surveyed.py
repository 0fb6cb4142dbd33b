"""Rounds of a status survey on the outage page: who reported what, who did not, and the comparison of those who did twice."""

from __future__ import annotations

from typing import Any, Final

from markupsafe import Markup

from casualtystats.periods import Period
from casualtystats.reports.facilities import StatusRounds
from casualtystats.sitrep.numbers import ALL, Behind, Known, Numbers
from casualtystats.sitrep.parts import Part, percent
from casualtystats.vocabulary import FACILITY_STATUSES

__all__ = ["rounds_part"]

_SPOKEN: Final = {"partial": "partly", "non_functional": "non-functional"}


def rounds_part(part: Part, rounds: StatusRounds, numbers: Numbers) -> None:
    """The summary of each round, and the matched comparison with the round before."""
    every = rounds.rows["facility_id"].n_unique()
    summary = rounds.summary()
    behind = {"rounds": ALL}
    part.sentences.append(
        Markup("{} rounds of a status survey about {} facilities.").format(
            numbers.count("rounds of a status survey", len(rounds), "rounds", rows=behind),
            numbers.count("facilities in some round", every, "facilities", rows=behind),
        )
    )
    part.sentences.append(
        Markup(
            "A facility that did not report is not functional, nor out: it is not known. One that is not listed lay outside the "
            "territory of the round, and is in none of its shares."
        )
    )
    bad = rounds.rejected.select("table", "row").n_unique() if rounds.rejected.height else 0
    if bad:
        text = numbers.count("rows of rounds not accepted", bad, "rows")
        part.sentences.append(Markup("{} {} not accepted.").format(text, "row was" if bad == 1 else "rows were"))
    part.table("outage-rounds", [_row(row, every, numbers) for row in summary.rows(named=True)])
    part.table("outage-rounds-shares", [_share(row, numbers) for row in summary.rows(named=True)], "Share functional")
    part.csv("outage-rounds", summary)
    matched = [row for row in summary.rows(named=True) if row["matched_reported"]]
    before = dict(zip(summary["round"].to_list()[1:], summary["round"].to_list(), strict=False))
    part.table("outage-rounds-matched", [_matched(row, before[row["round"]], numbers) for row in matched],
               "The same facilities in two rounds: those that reported in both")  # fmt: skip
    part.notes.append(
        "Functional of listed: at least those said to function, at most these with the partly functional, the unknown and those "
        "that did not report."
    )


class _Cells:
    """The cells of a row, each noted as it is printed."""

    def __init__(self, table: str, behind: Behind, period: Period, numbers: Numbers, label: str) -> None:
        self.where, self.behind, self.period, self.numbers = f"table {table}, round {label}", behind, period, numbers
        self.label = label
        self.shown: dict[str, str] = {}

    def count(self, words: str, value: int | None) -> None:
        """A number of facilities; None where there is none."""
        self.shown[words] = "–" if value is None else f"{value:,}"
        if value is not None:
            self.put(words, self.shown[words], Known(value, value, value), "facilities", "counted")

    def share(self, words: str, low: float | None, high: float | None, method: str) -> None:
        """A share in per cent, or its bounds."""
        if low is None or high is None:
            self.shown[words] = "–"
            return
        exact = low == high
        self.shown[words] = percent(low) if exact else f"{percent(low, 'down')} to {percent(high, 'up')}"
        known = Known(100 * low, 100 * low if exact else None, 100 * high)
        self.put(words, self.shown[words], known, "% of facilities", method)

    def put(self, words: str, text: str, known: Known, unit: str, method: str) -> None:
        """Note a number of the row."""
        self.numbers.put(
            f"round {self.label}: {words}", text, known, unit=unit, method=method, rows=self.behind, period=self.period,
            where=self.where,
        )  # fmt: skip


def _days(row: dict[str, Any]) -> Period:
    return Period.of(row["date_earliest"], row["date_latest"])


def _row(row: dict[str, Any], every: int, numbers: Numbers) -> dict[str, str]:
    cells = _Cells("outage-rounds", {"rounds": [row["round"]]}, _days(row), numbers, row["round"])
    cells.shown |= {"round": row["round"], "days": str(_days(row))}
    cells.count("listed", row["listed"])
    cells.count("not listed", every - row["listed"])
    cells.count("reported", row["reported"])
    cells.count("not reported", row["not_reported"])
    for status in FACILITY_STATUSES:
        cells.count(_SPOKEN.get(status, status), row[status])
    cells.count("entered", row["entered"])
    cells.count("left", row["left"])
    return cells.shown


def _share(row: dict[str, Any], numbers: Numbers) -> dict[str, str]:
    cells = _Cells("outage-rounds-shares", {"rounds": [row["round"]]}, _days(row), numbers, row["round"])
    cells.shown["round"] = row["round"]
    share = row["share_functional_of_reported"]
    cells.share("functional, % of reported", share, share, "functional / reported")
    cells.share("functional, % of listed", row["share_low"], row["share_high"], "functional / listed, bounds")
    return cells.shown


def _matched(row: dict[str, Any], before: str, numbers: Numbers) -> dict[str, str]:
    pair = f"{before} and {row['round']}"
    cells = _Cells("outage-rounds-matched", {"rounds": [before, row["round"]]}, _days(row), numbers, pair)
    cells.shown["rounds"] = pair
    cells.count("reported in both", row["matched_reported"])
    cells.count("functional before", row["matched_functional_before"])
    cells.count("functional now", row["matched_functional"])
    old, new = row["matched_share_functional_of_reported_before"], row["matched_share_functional_of_reported"]
    cells.share("% functional before", old, old, "functional / reported in both")
    cells.share("% functional now", new, new, "functional / reported in both")
    return cells.shown
