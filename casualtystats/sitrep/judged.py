"""Death rates against the threshold of an emergency: what they show, and what they do not."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
from markupsafe import Markup

from casualtystats.errors import MeasureError
from casualtystats.estimates import Estimate
from casualtystats.periods import Period
from casualtystats.printing import format_rate
from casualtystats.rates import Verdicts, thresholds
from casualtystats.sitrep.found import Rated
from casualtystats.sitrep.numbers import Numbers
from casualtystats.sitrep.tables import to_html

__all__ = ["Judged", "judge_rates", "told_verdicts"]


@dataclass(frozen=True)
class Judged:
    """Verdicts on the page."""

    sentence: Markup
    table: Markup
    reasons: list[str]


def judge_rates(rated: Rated | None) -> Verdicts | None:
    """Rates against the fallback of 1 death per 10,000 people a day; None where the rates are of something else."""
    if rated is None:
        return None
    try:
        return rated.rates.against(thresholds.get("CDC/MSF emergency"))
    except MeasureError:
        return None


def told_verdicts(rated: Rated, verdicts: Verdicts, numbers: Numbers) -> Judged:
    """Verdicts in words and as a table, with every rate noted."""
    behind = sorted(rated.reports)
    per = f"{verdicts.threshold.per:,.10g} person-days"
    limit = Estimate(verdicts.threshold.value, verdicts.threshold.value, verdicts.threshold.value)
    threshold = numbers.put(
        f"threshold of an emergency ({verdicts.threshold.source})", format_rate(verdicts.threshold.value), limit,
        unit=f"per {per} (threshold)", method="counted", reports=[],
    )  # fmt: skip
    people = numbers.put(
        f"inhabitants: {rated.people.report_id}", str(rated.people.estimate), rated.people.estimate, unit="people",
        method="as published, nearest to the period", reports=[rated.people.report_id],
    )  # fmt: skip
    sentence = Markup(
        "Against {} death per {} (CDC/MSF emergency, all causes; the fallback where no baseline of the place is documented), "
        "with {} inhabitants as person-days: source range and sampling interval are judged apart."
    ).format(threshold, per, people)
    rows: list[dict[str, str]] = []
    for at, row in enumerate(verdicts.frame.iter_rows(named=True), 1):
        period = Period.of(row["period_start"], row["period_end"])
        text = _text(row["rate"], row["rate_low"], row["rate_high"])
        if row["rate_low"] is not None:
            numbers.put(
                f"{verdicts.label}: rate judged", text, Estimate(row["rate_low"], row["rate"], row["rate_high"]),
                unit=f"per {per}", method="deaths / person-days, against the threshold", reports=behind, period=period,
                where=f"table thresholds, row {at}",
            )  # fmt: skip
        rows.append({
            "period": str(period), f"rate per {per}": text, "by source range": row["source_range"] or "–",
            "by sampling interval": row["sampling"] or "–", "verdict": row["verdict"] or "–",
        })  # fmt: skip
    reasons = verdicts.frame["reason"].drop_nulls().unique(maintain_order=True).to_list()
    return Judged(sentence, Markup(to_html(pl.DataFrame(rows), "thresholds")), reasons)


def _text(rate: float | None, low: float | None, high: float | None) -> str:
    if low is None:
        return "no report"
    if rate is not None:
        return format_rate(rate)
    if high is None:
        return f"at least {format_rate(low, 'down')}" if low else "not bounded"
    return f"{format_rate(low, 'down')} to {format_rate(high, 'up')}"
