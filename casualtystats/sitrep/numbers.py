"""Every number that the pages print, with the reports, or the rows of a register, behind it."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal

import polars as pl
from markupsafe import Markup

from casualtystats.errors import CasualtyStatsError
from casualtystats.estimates import Estimate
from casualtystats.periods import Period
from casualtystats.rates import Rate
from casualtystats.reports import Report, Reports
from casualtystats.trends import Interval

__all__ = ["ALL", "INDEX", "Behind", "Known", "Number", "Numbers"]

INDEX: Final = "index.html"
# Rows behind a number: identifiers by table ("facilities", "outages", "hits", "rounds"), or every accepted row of one.
ALL: Final = "all"
Behind = Mapping[str, Sequence[str] | Literal["all"]]


@dataclass(frozen=True, slots=True)
class Known:
    """Bounds of any sign; None = none is known, or no best value."""

    low: float | None
    best: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Number:
    """One printed number, and where it stands: in the text, marked with its key, or in a table.

    `value` and `best` are the best value; None = one-sided or a range. `high` None = no upper bound is known; `low`
    None = not bounded by the reports. `rows` are rows of a register by table, by their identifiers; "all" = every accepted
    row of the table.
    """

    key: str
    page: str
    label: str
    text: str
    where: str
    value: float | None
    low: float | None
    best: float | None
    high: float | None
    unit: str
    period: str | None
    days: tuple[float, float] | None
    convention: str
    method: str
    reports: list[str]
    rows: dict[str, list[str] | str]


@dataclass
class Numbers:
    """The numbers of the pages, in the order in which they are printed.

    Attributes
    ----------
    printed : list of Number
        All of them, of every page.
    page : str
        The page on which the next number stands.
    """

    printed: list[Number] = field(default_factory=list[Number])
    page: str = INDEX

    def on(self, page: str) -> Numbers:
        """The same numbers, of which the next stand on another page."""
        return Numbers(self.printed, page)

    @contextmanager
    def all_or_none(self) -> Generator[None]:
        """Forget the numbers of a part that fails half-way: they are not printed."""
        before = len(self.printed)
        try:
            yield
        except CasualtyStatsError:
            del self.printed[before:]
            raise

    def put(
        self,
        label: str,
        text: str,
        value: Estimate | Rate | Interval | Known,
        *,
        unit: str,
        method: str,
        reports: Sequence[str] = (),
        rows: Behind | None = None,
        period: Period | None = None,
        where: str = "text",
    ) -> Markup:
        """Note a number and give back its text, marked with its key if it stands in the text."""
        if isinstance(value, Rate):
            period = value.period
            convention = f"per {value.per} over {value.convention}"
        else:
            convention = "" if period is None else period.convention
        key = f"n{len(self.printed) + 1}"
        best = value.value if isinstance(value, Interval) else value.best
        self.printed.append(
            Number(
                key, self.page, label, text, where, _tidy(best), _tidy(value.low), _tidy(best), _tidy(value.high), unit,
                None if period is None else period.edtf(),
                None if period is None else period.length, convention, method, sorted(set(reports)),
                {table: ids if isinstance(ids, str) else sorted(set(ids)) for table, ids in sorted((rows or {}).items())},
            )
        )  # fmt: skip
        return (
            Markup('<span class="number" id="{}">{}</span>').format(key, text)
            if where == "text"
            else Markup.escape(text)
        )

    def count(
        self, label: str, value: int, unit: str, reports: Sequence[str] = (), rows: Behind | None = None
    ) -> Markup:
        """Note an exact number of rows or things and give back its text."""
        exact = Estimate(value, value, value)
        return self.put(label, f"{value:,}", exact, unit=unit, method="counted", reports=reports, rows=rows)

    def to_json(self, title: str, reports: Reports, tables: Mapping[str, pl.DataFrame] | None = None) -> dict[str, Any]:
        """The numbers, with the wording and source of each report and the row of each spell or hit that they rest on.

        Parameters
        ----------
        title : str
            Title of the page.
        reports : Reports
            All reports.
        tables : mapping of str to pl.DataFrame, optional
            Tables of a register by name; identifiers in their first columns.
        """
        named = {name for number in self.printed for name in number.reports}
        behind = {report.report_id: _told(report) for report in reports if report.report_id in named}
        return {
            "title": title,
            "conventions": (
                "Periods include both ends. best null: one-sided or a range. high null: no upper bound is known. rows: "
                "identifiers of rows of the register by table; all: every accepted row of that table."
            ),
            "numbers": [asdict(number) for number in self.printed],
            "reports": behind,
            "rows": {name: self._rows(name, frame) for name, frame in sorted((tables or {}).items())},
        }

    def _rows(self, table: str, frame: pl.DataFrame) -> dict[str, dict[str, Any]]:
        """The rows of a table that some number names, without empty cells."""
        lists = [number.rows.get(table, []) for number in self.printed]
        named = {name for ids in lists if not isinstance(ids, str) for name in ids}
        key = frame.columns[0]
        rows = frame.filter(pl.col(key).is_in(sorted(named))).rows(named=True)
        return {
            row[key]: {name: _plain(value) for name, value in row.items() if name != key and value is not None}
            for row in rows
        }


def _tidy(value: float | None) -> float | None:
    """A number without the last bits that carry no meaning."""
    if value is None:
        return None
    return int(value) if float(value).is_integer() else float(f"{value:.12g}")


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool | int | float | str) else str(value)


def _told(report: Report) -> dict[str, Any]:
    published = None if report.published is None else [str(day) for day in report.published]
    return {
        "said": str(report),
        "wording": report.wording,
        "source": report.source,
        "published": published,
        "url": report.url,
    }
