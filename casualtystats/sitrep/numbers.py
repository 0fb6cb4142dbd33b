"""Every number that the page prints, with the reports behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from markupsafe import Markup

from casualtystats.estimates import Estimate
from casualtystats.periods import Period
from casualtystats.rates import Rate
from casualtystats.reports import Report, Reports
from casualtystats.trends import Interval

__all__ = ["Number", "Numbers"]


@dataclass(frozen=True, slots=True)
class Number:
    """One printed number, and where it stands: in the text, marked with its key, or in a table.

    `value` and `best` are the best value; None = one-sided or a range. `high` None = no upper bound is known; `low`
    None = not bounded by the reports.
    """

    key: str
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


@dataclass
class Numbers:
    """The numbers of one page, in the order in which they are printed."""

    printed: list[Number] = field(default_factory=list[Number])

    def put(
        self,
        label: str,
        text: str,
        value: Estimate | Rate | Interval,
        *,
        unit: str,
        method: str,
        reports: Sequence[str],
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
                key, label, text, where, _tidy(best), _tidy(value.low), _tidy(best), _tidy(value.high), unit,
                None if period is None else period.edtf(),
                None if period is None else period.length, convention, method, sorted(set(reports)),
            )
        )  # fmt: skip
        return (
            Markup('<span class="number" id="{}">{}</span>').format(key, text)
            if where == "text"
            else Markup.escape(text)
        )

    def count(self, label: str, value: int, unit: str, reports: Sequence[str] = ()) -> Markup:
        """Note an exact number of rows or things and give back its text."""
        exact = Estimate(value, value, value)
        return self.put(label, f"{value:,}", exact, unit=unit, method="counted", reports=reports)

    def to_json(self, title: str, reports: Reports) -> dict[str, Any]:
        """The numbers, and the wording and source of each report that they rest on."""
        named = {name for number in self.printed for name in number.reports}
        behind = {report.report_id: _told(report) for report in reports if report.report_id in named}
        return {
            "title": title,
            "conventions": "Periods include both ends. best null: one-sided or a range. high null: no upper bound is known.",
            "numbers": [asdict(number) for number in self.printed],
            "reports": behind,
        }


def _tidy(value: float | None) -> float | None:
    """A number without the last bits that carry no meaning."""
    if value is None:
        return None
    return int(value) if float(value).is_integer() else float(f"{value:.12g}")


def _told(report: Report) -> dict[str, Any]:
    published = None if report.published is None else [str(day) for day in report.published]
    return {
        "said": str(report),
        "wording": report.wording,
        "source": report.source,
        "published": published,
        "url": report.url,
    }
