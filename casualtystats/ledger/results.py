"""What a ledger answers: bounds that say what they rest on, the reports behind them, and contradictions in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import polars as pl

from casualtystats.estimates import Estimate
from casualtystats.markup import html_table, write_table
from casualtystats.printing import format_count

__all__ = ["Bounds", "Contradiction", "Contradictions", "Explanation"]


@dataclass(frozen=True, slots=True)
class Bounds(Estimate):
    """An estimate that several reports imply together. Made by `Ledger.bounds`.

    Attributes
    ----------
    low, high : int, int or None
        What the reports imply; `high` None = they leave no upper bound. `best` is None: bounds say nothing about
        where between them the count is.
    about : str
        What is bounded, in words.
    sharp : bool
        Whether nothing tighter follows from the reports.
    note : str
        A sentence for the reader; empty where there is nothing to say.
    """

    about: str = ""
    sharp: bool = True
    note: str = ""

    @property
    def sentence(self) -> str:
        """The bounds with what they are about and what must be known of them."""
        count = str(self)
        text = f"{self.about}: {count}" if self.about else count
        return f"{text}. {self.note}" if self.note else f"{text}."

    def __str__(self) -> str:
        # "At least 0" would read as a finding.
        if self.low == 0 and self.high is None:
            return "not bounded by any report"
        return format_count(self.low) if self.low == self.high else Estimate.__str__(self)

    def _repr_html_(self) -> str:
        return f"<span>{escape(self.sentence)}</span>"


@dataclass(frozen=True, eq=False)
class Explanation:
    """Which reports make a bound. Made by `Ledger.explain`.

    Attributes
    ----------
    bounds : Bounds
        The bounds that are explained.
    frame : pl.DataFrame
        One row a report that is used: `bound` ("low" or "high"), `report_id`, `says` (its bound in words), `times`
        (how often it is used; a fraction where places or groups nest), `part` (what it adds to the bound, or takes
        away). The parts of a bound add up to it; where they do not end in whole counts, the bound is rounded inward.
    """

    bounds: Bounds
    frame: pl.DataFrame

    def to_frame(self) -> pl.DataFrame:
        """The reports behind the bounds as a frame."""
        return self.frame

    def to_csv(self, path: str | Path) -> None:
        """Write the frame as CSV, formulas defused."""
        write_table(self.frame, path)

    def __str__(self) -> str:
        lines = [self.bounds.sentence]
        for side, word in (("low", "At least"), ("high", "At most")):
            rows = self.frame.filter(pl.col("bound") == side).to_dicts()
            if rows:
                lines.append(f"{word}: " + "; ".join(f"{row['says']} ({row['report_id']})" for row in rows) + ".")
        return " ".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return html_table(self.frame, self.bounds.sentence, "")


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Reports that can not all be true.

    Attributes
    ----------
    kind : "contradiction" or "tension"
        A tension rests on the band that is read into "about".
    reports : tuple of str
        Ids of the reports.
    sides : tuple of str
        Which side of each is in conflict: "at least" or "at most".
    says : tuple of str
        What each says.
    apart : int
        The least total by which they must give way. It can often be split either way.
    alone : tuple of int or None
        By how much each would have to give way if all others stood; None where it can not alone.
    sentence : str
        All of it in words.
    """

    kind: str
    reports: tuple[str, ...]
    sides: tuple[str, ...]
    says: tuple[str, ...]
    apart: int
    alone: tuple[int | None, ...]
    sentence: str

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True)
class Contradictions:
    """The contradictions of a ledger, in a fixed order. True where there is one.

    Attributes
    ----------
    found : tuple of Contradiction
        Irreducible groups of reports: without any one of a group, its others can be true together.
    """

    found: tuple[Contradiction, ...] = field(default_factory=tuple[Contradiction, ...])

    def __len__(self) -> int:
        return len(self.found)

    def __iter__(self) -> Iterator[Contradiction]:
        return iter(self.found)

    def __getitem__(self, at: int) -> Contradiction:
        return self.found[at]

    def to_frame(self) -> pl.DataFrame:
        """One row a report of a group.

        Returns
        -------
        pl.DataFrame
            `group` (from 1), `kind` (contradiction, tension), `report_id`, `side` ("at least", "at most"), `says`,
            `apart` (of the whole group), `alone` (null = it can not settle the conflict alone), `sentence`.
        """
        rows = [
            (number, one.kind, name, side, says, one.apart, alone, one.sentence)
            for number, one in enumerate(self.found, 1)
            for name, side, says, alone in zip(one.reports, one.sides, one.says, one.alone, strict=True)
        ]
        schema = {"group": pl.Int64, "kind": pl.String, "report_id": pl.String, "side": pl.String, "says": pl.String}
        schema |= {"apart": pl.Int64, "alone": pl.Int64, "sentence": pl.String}
        return pl.DataFrame(rows, schema=schema, orient="row")

    def to_csv(self, path: str | Path) -> None:
        """Write the frame as CSV, formulas defused."""
        write_table(self.to_frame(), path)

    def __str__(self) -> str:
        return "\n".join(one.sentence for one in self.found) if self.found else "no contradiction"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return html_table(self.to_frame().drop("sentence"), str(self), "")
