"""Replaying published claims: what was said, and what follows from it and from nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import polars as pl
from markupsafe import Markup

from casualtystats.errors import UndefinedEstimateError
from casualtystats.estimates import Estimate
from casualtystats.ledger import relations
from casualtystats.periods import spoken_day
from casualtystats.printing import format_rate
from casualtystats.rates import daily_rate, death_rate
from casualtystats.reports import Report, Reports
from casualtystats.series import deaths
from casualtystats.sitrep.found import inhabitants
from casualtystats.sitrep.numbers import Numbers
from casualtystats.vocabulary import adds_over_time, measure_noun

__all__ = ["Claim", "replay"]


@dataclass
class Claim:
    """One report: the sentence that was said, and the sentences that follow."""

    report: Report
    said: Markup
    follows: list[Markup] = field(default_factory=list[Markup])


def replay(reports: Reports, lead: list[str], numbers: Numbers) -> list[Claim]:
    """The claims of the lead reports, in the order given.

    Parameters
    ----------
    reports : Reports
        All reports.
    lead : list of str
        Ids of the reports to replay.
    numbers : Numbers
        Takes note of every number that is printed.
    """
    chosen = reports.filter(pl.col("report_id").is_in(lead))
    table = relations(chosen.frame, reports.places)
    claims: list[Claim] = []
    for name in lead:
        report = reports[name]
        claim = Claim(report, _said(report, reports, numbers))
        claim.follows += _rates(report, numbers)
        claim.follows += _nesting(report, chosen, table, numbers)
        claim.follows += _repeat_hits(report, reports, numbers)
        claim.follows += _shares(report, reports, numbers)
        claims.append(claim)
    return claims


def _noun(report: Report) -> str:
    return measure_noun(report.measure, report.unit, report.group, one=str(report.estimate) == "1")


def _said(report: Report, reports: Reports, numbers: Numbers) -> Markup:
    noun = _noun(report)
    count = numbers.put(
        f"{noun}, as published", str(report.estimate), report.estimate, unit=report.unit,
        method=f"read from the wording as '{report.estimate.qualifier}'", reports=[report.report_id], period=report.period,
    )  # fmt: skip
    when = f"on {report.period}" if report.kind == "stock" else str(report.period)
    where = reports.places.name(report.place)
    by = report.source or "source not stated"
    published = "" if report.published is None else f", published {spoken_day(report.published[1])}"
    quoted = Markup("") if not report.wording else Markup(" “{}”.").format(report.wording)
    return Markup("{} {}, {}, {} ({}{}).{}").format(count, noun, when, where, by, published, quoted)


def _rates(report: Report, numbers: Numbers) -> list[Markup]:
    if report.kind == "stock":
        return []
    if not adds_over_time(report.measure, report.unit) and report.unit == "facilities":
        return [_days_lost(report, numbers)]
    rate = daily_rate(report.estimate, period=report.period)
    if rate.days_max == 1 and report.estimate.exact:
        return []
    noun = _noun(report)
    text = numbers.put(
        f"{noun} a day", str(rate), rate, unit=f"{report.unit} per day", method="count / days of the period",
        reports=[report.report_id],
    )  # fmt: skip
    return [Markup("That is {}.").format(text)]


def _days_lost(report: Report, numbers: Numbers) -> Markup:
    """Facilities out of service: each for a day at least, and for the widest period at most."""
    if report.period.days_max == 1:
        return Markup("Whether and when service came back is not reported.")
    high = None if report.estimate.high is None else report.estimate.high * report.period.days_max
    lost = Estimate(report.estimate.low, None, high)
    text = numbers.put(
        "facility-days without service within the period", str(lost), lost, unit="facility-days",
        method="low: one day each; high: the widest period each; restoration is not reported",
        reports=[report.report_id], period=report.period,
    )  # fmt: skip
    return Markup("Restoration is not reported, so {} facility-days were lost within the period.").format(text)


def _nesting(report: Report, chosen: Reports, table: pl.DataFrame, numbers: Numbers) -> list[Markup]:
    me = report.report_id
    forward = table.filter(pl.col("report_id") == me).select("relation", other="other_id", reason="reason")
    flipped = pl.col("relation").replace({"contains": "within", "within": "contains"})
    backward = table.filter(pl.col("other_id") == me).select(flipped, other="report_id", reason="reason")
    kin = pl.concat([forward, backward])
    inside = kin.filter(pl.col("relation") == "within")["other"].to_list()
    holds = kin.filter(pl.col("relation") == "contains")["other"].to_list()
    lines: list[Markup] = []
    if inside:
        wholes = Markup(" and ").join(_short(chosen[name]) for name in _outermost(inside, table, inner=True))
        lines.append(Markup("It lies inside {}, and is not added to it.").format(wholes))
    lines += _parts(report, holds, chosen, table, numbers)
    # That reports about different days share nobody needs no saying, and there may be hundreds of them.
    apart = {
        name: reason
        for name, reason in kin.filter(pl.col("relation") == "disjoint").select("other", "reason").rows()
        if reason != "they share no day"
    }
    if not adds_over_time(report.measure, report.unit):
        # The same person flees twice, from two places; only two groups have nobody in common.
        apart = {name: reason for name, reason in apart.items() if "different group" in reason}
    if apart and not holds:
        others = Markup("; ").join(
            Markup("{} ({})").format(_short(chosen[name]), _why(apart[name])) for name in _outermost(list(apart), table)
        )
        whom = "nobody" if report.unit == "people" else "none"
        lines.append(Markup("It shares {} with {}.").format(whom, others))
    return lines


def _outermost(names: list[str], table: pl.DataFrame, *, inner: bool = False) -> list[str]:
    """Of reports that lie inside one another, the largest (or, with `inner`, the smallest) alone."""
    among = table.filter(pl.col("report_id").is_in(names), pl.col("other_id").is_in(names))
    part, whole = ("contains", "within") if inner else ("within", "contains")
    left = set(among.filter(pl.col("relation") == part)["report_id"].to_list())
    left |= set(among.filter(pl.col("relation") == whole)["other_id"].to_list())
    return [name for name in names if name not in left]


def _why(reason: str) -> str:
    """The dimensions that keep two reports apart, without their values."""
    parts = [part.removeprefix("different ").partition(":")[0] for part in reason.split("; ")]
    return "different " + " and ".join(part for part in parts if "day" not in part)


def _short(report: Report) -> Markup:
    count = Markup("") if str(report.estimate) == "1" else Markup("{} ").format(str(report.estimate))
    return Markup("the {}{}").format(count, _noun(report))


def _parts(report: Report, holds: list[str], chosen: Reports, table: pl.DataFrame, numbers: Numbers) -> list[Markup]:
    """The reports directly inside this one; where they share nobody, their sum and what remains."""
    if not holds:
        return []
    direct = _outermost(holds, table)
    among = table.filter(pl.col("report_id").is_in(holds), pl.col("other_id").is_in(holds))
    parts = [chosen[name] for name in direct]
    listed = Markup(", ").join(_short(part) for part in parts)
    pairs = among.filter(pl.col("report_id").is_in(direct), pl.col("other_id").is_in(direct))
    adds = adds_over_time(report.measure, report.unit)
    if len(parts) < 2 or not adds or (pairs["relation"] != "disjoint").any():
        return [Markup("It contains {}.").format(listed)]
    total = sum((part.estimate for part in parts[1:]), parts[0].estimate)
    ids = [report.report_id, *direct]
    text = numbers.put(
        f"{_noun(report)}: sum of parts that share nobody", str(total), total, unit=report.unit,
        method="sum of reports that differ in group, place or days", reports=direct, period=report.period,
    )  # fmt: skip
    lines = [
        Markup("By period, place and group it contains {}: {} together, as they share nobody.").format(listed, text)
    ]
    try:
        rest = report.estimate.minus_part(total)
    except UndefinedEstimateError:
        lines.append(Markup("That is more than {}: these reports contradict each other.").format(str(report.estimate)))
        return lines
    if rest.low > 0:
        left = numbers.put(
            f"{_noun(report)} not among the parts", str(rest), rest, unit=report.unit,
            method="whole minus parts that lie inside it", reports=ids, period=report.period,
        )  # fmt: skip
        lines.append(Markup("So {} are not among these.").format(left))
    return lines


def _repeat_hits(report: Report, reports: Reports, numbers: Numbers) -> list[Markup]:
    """Hits beside the distinct facilities that the same source says were hit, over the same period and place.

    What exceeds one hit each fell on a facility that had been hit before. Facilities out of service will not do: one
    can close without a hit, and be hit without closing.
    """
    if report.measure != "attacks":
        return []
    for other in reports.filter(pl.col("measure") == "facilities_hit", pl.col("unit") == "facilities"):
        same = (other.place, other.group, other.period, other.source) == (
            report.place, report.group, report.period, report.source,
        )  # fmt: skip
        if same and other.estimate.high is not None:
            again = report.estimate.minus_part(replace(other.estimate, unit=None))
            if again.low > 0:
                text = numbers.put(
                    "hits on a facility that was hit before", str(again), again, unit="attacks",
                    method="hits minus distinct facilities, each hit at least once",
                    reports=[report.report_id, other.report_id], period=report.period,
                )  # fmt: skip
                facilities = str(other.estimate)
                words = "With {} distinct facilities hit, {} of these hits fell on one that had been hit before."
                return [Markup(words).format(facilities, text)]
    return []


def _shares(report: Report, reports: Reports, numbers: Numbers) -> list[Markup]:
    """A count beside the inhabitants of the same place, where a stock of them was published."""
    if report.kind == "stock" or report.unit != "people" or report.measure not in ("displaced", "killed", "died"):
        return []
    near = inhabitants(reports, report.place, report.period.end_latest)
    if near is None or near.estimate.low < report.estimate.low:
        return []
    people = near.estimate
    if report.measure == "displaced":
        share, unit, method = _over(report.estimate, people, 100), "% of inhabitants", "count / inhabitants"
        text, tail = f"{_range(share)} %", f"of the {people} inhabitants stated for {near.period}"
    else:
        share, unit = _death_rate(report, reports, people), "per 10,000 person-days"
        method = "count / (inhabitants x days), both ends counted"
        kind = "violent deaths alone are not a crude mortality rate" if report.measure == "killed" else "all causes"
        text, tail = _range(share), f"{unit}, on the {people} inhabitants stated for {near.period}; {kind}"
    number = numbers.put(
        f"{_noun(report)}, {unit}", text, share, unit=unit, method=method,
        reports=[report.report_id, near.report_id], period=report.period,
    )  # fmt: skip
    return [Markup("That is {} {}.").format(number, tail)]


def _death_rate(report: Report, reports: Reports, people: Estimate) -> Estimate:
    """The rate of one report of deaths, with its source range."""
    alone = reports.filter(pl.col("report_id") == report.report_id)
    if report.measure == "died":
        rates = death_rate(deaths(alone, cause="all"), population=people)
    else:
        rates = death_rate(deaths(alone), population=people)
    row = rates.to_frame().row(0, named=True)
    return Estimate(row["rate_low"], row["rate"], row["rate_high"])


def _over(count: Estimate, base: Estimate, per: float) -> Estimate:
    best = None if count.best is None or not base.best else count.best / base.best * per
    high = None if count.high is None else count.high / base.low * per
    return Estimate(count.low / (base.high or base.low) * per, best, high)


def _range(share: Estimate) -> str:
    low = format_rate(share.low, "down")
    if share.high is None:
        return f"at least {low}"
    if share.best is not None and share.low == share.best == share.high:
        return format_rate(share.best)
    span = f"{low} to {format_rate(share.high, 'up')}"
    return span if share.best is None else f"{format_rate(share.best)} ({span})"
