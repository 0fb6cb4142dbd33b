"""What reports say of facilities, each word by itself: hit, affected, impacted, damaged, out of service and the others."""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl
from markupsafe import Markup

from casualtystats.errors import CasualtyStatsError, NoReportsError
from casualtystats.periods import Period, spoken_day
from casualtystats.reports import Report, Reports
from casualtystats.series import OutageSeries, outages
from casualtystats.series.outagewords import WORDS
from casualtystats.sitrep.figures import Figure
from casualtystats.sitrep.numbers import Numbers
from casualtystats.sitrep.parts import Part, spoken_cell
from casualtystats.vocabulary import measure_noun

__all__ = ["about_facilities", "words_part"]

SPOKEN: Final = {"out": "out of service", "functional": "functioning", "restored": "back in service"}
KINDS: Final = {"flow": "in the period", "cumulative": "running total", "stock": "on a date"}
APART: Final = (
    "Hit, affected, impacted, damaged, out of service, functioning and back in service are different words, and an attack is no "
    "facility: none of these figures is added to another, or taken from it. Two figures under one word are not added either, for "
    "they may count the same facilities."
)


def about_facilities(reports: Reports) -> Reports:
    """The reports that count facilities, or attacks on them."""
    return reports.filter(pl.col("measure").cast(pl.String).is_in([*WORDS.values(), "attacks"]))


def words_part(reports: Reports, timeline: list[Figure], numbers: Numbers) -> Part:
    """Every figure under its own word, the peak, facility-days lost, and what is back in service.

    Parameters
    ----------
    reports : Reports
        Those that count facilities or attacks; at least one.
    timeline : list of Figure
        The picture of reports of facilities out of service, if there is one.
    numbers : Numbers
        Takes note of every number that is printed.
    """
    part = Part("words", "What was reported, word by word", figures=timeline)
    series = outages(reports)
    part.sentences.append(Markup.escape(APART))
    part.table("outage-words", [_row(report, word, reports, numbers) for word, report in _ordered(reports)])
    part.csv("outage-words", series.words())
    part.sentences += [_peak(series, reports, numbers), *_lost(reports, numbers), *_back(reports, numbers)]
    return part


def _ordered(reports: Reports) -> list[tuple[str, Report]]:
    """Reports in the order of words, then of days."""
    names = {measure: SPOKEN.get(word, word) for word, measure in WORDS.items()} | {"attacks": "attacks"}
    found: list[tuple[str, Report]] = []
    for measure, word in names.items():
        same = [report for report in reports if report.measure == measure]
        found += [
            (word, report) for report in sorted(same, key=lambda one: (one.unit, one.period.end_latest, one.report_id))
        ]
    return found


def _row(report: Report, word: str, reports: Reports, numbers: Numbers) -> dict[str, str]:
    count = str(report.estimate)
    noun = measure_noun(report.measure, report.unit, report.group)
    numbers.put(
        f"{noun}, as published", count, report.estimate, unit=report.unit, reports=[report.report_id],
        method=f"read from the wording as '{report.estimate.qualifier}'", period=report.period,
        where=f"table outage-words, row {report.report_id}",
    )  # fmt: skip
    return {
        "word": word,
        "count": count,
        "counted": KINDS[report.kind],
        "when": _when(report),
        "facilities": report.group or "all",
        "place": reports.places.name(report.place),
        "source": report.source or "not stated",
        "published": "not stated" if report.published is None else str(report.published[1]),
        "report": report.report_id,
    }


def _when(report: Report) -> str:
    period = report.period
    if report.kind == "stock":
        return _some_day(period.start_earliest, period.end_latest)
    return str(period)


def _some_day(first: date, last: date) -> str:
    return spoken_day(first) if first == last else f"some day of {spoken_cell(first, last)}"


def _by(report: Report) -> str:
    return report.source or "source not stated"


def _peak(series: OutageSeries, reports: Reports, numbers: Numbers) -> Markup:
    """The largest number out of service at one time."""
    try:
        peak = series.peak()
    except NoReportsError:
        return Markup("No report says how many facilities were out of service on one date, so no peak is known.")
    report = reports[peak.report_id]
    noun = measure_noun("facilities_out", "facilities", peak.group, one=str(peak.estimate) == "1")
    period = Period(peak.first, peak.first, peak.last, peak.last)
    text = numbers.put(
        f"{noun}: largest number reported at one time", str(peak.estimate), peak.estimate, unit="facilities",
        method="the greatest of the reports on a date; on other days it may have been more", reports=[peak.report_id],
        period=period,
    )  # fmt: skip
    return Markup(
        "The largest number reported at one time: {} {} on {} ({}). On other days it may have been more."
    ).format(text, noun, _some_day(peak.first, peak.last), _by(report))


def _lost(reports: Reports, numbers: Numbers) -> list[Markup]:
    """Facility-days without service, as far as reports bound them: later totals in place of those that they cover."""
    went = reports.filter(pl.col("measure") == "facilities_out", pl.col("kind") != "stock")
    if not len(went):
        return [Markup("No report counts facilities that went out of service, so none bounds the days lost.")]
    said = "each facility a day at least, and the widest period of its report at most"
    try:
        lost = outages(reports, overlap="latest").days_lost()
        said += "; later reports supersede earlier ones that they cover"
    except CasualtyStatsError:
        lost = outages(reports).days_lost()
    text = numbers.put(
        "facility-days without service within the periods of the reports", str(lost), lost, unit="facility-days", method=said,
        reports=went.frame["report_id"].to_list(),
    )  # fmt: skip
    words = (
        "As far as these reports bound it, {} facility-days were lost within their periods ({}). What came after a period is "
        "not counted: it is not known."
    )
    return [Markup(words).format(text, said)]


def _back(reports: Reports, numbers: Numbers) -> list[Markup]:
    """Facilities back in service: figures of their own."""
    lines: list[Markup] = []
    for report in reports:
        if report.measure != "facilities_restored":
            continue
        noun = measure_noun(report.measure, report.unit, report.group, one=str(report.estimate) == "1")
        text = numbers.put(
            f"{noun}, as published", str(report.estimate), report.estimate, unit=report.unit,
            method=f"read from the wording as '{report.estimate.qualifier}'", reports=[report.report_id],
            period=report.period,
        )  # fmt: skip
        when = f"on {_when(report)}" if report.kind == "stock" else str(report.period)
        quoted = Markup("") if not report.wording else Markup(": “{}”").format(report.wording)
        lines.append(Markup("{} {}, {} ({}){}.").format(text, noun, when, _by(report), quoted))
    if lines:
        lines.append(
            Markup("Of facilities that no report calls back in service it is not known when, or whether, they were.")
        )
    else:
        lines.append(Markup("No report says that a facility is back in service. That is not known, not none."))
    return lines
