"""The rules for overlapping reports: what is used, what the audit says, which days nothing covers now."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import casualtystats as cs
from casualtystats.errors import DecreaseError, DoubleCountError, NoReportsError, OptionError, VintageError
from casualtystats.schemas import AuditSchema
from casualtystats.testing import reports_of

DAY = timedelta(days=1)
# No deadline: runs share their cores. Under CI Hypothesis takes the same examples on every run.
USUAL = settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.too_slow])
MORE = settings(USUAL, max_examples=30)
FIRST = date(2019, 4, 20)
Row = dict[str, Any]


def day(n: int) -> date:
    return FIRST + n * DAY


def days(row: Row) -> set[date]:
    return {row["start_earliest"] + n * DAY for n in range((row["end_latest"] - row["start_earliest"]).days + 1)}


def inside(path: str | None, whole: str | None) -> bool:
    return whole is None or path == whole or (path is not None and path.startswith(whole + "/"))


def meets(a: Row, b: Row) -> bool:
    near = inside(a["place"], b["place"]) or inside(b["place"], a["place"])
    return near and bool(days(a) & days(b))


def published(on: date, until: date | None = None) -> Row:
    return {"published_earliest": on, "published_latest": until or on}


@st.composite
def rows_of(draw: st.DrawFn, max_size: int = 6) -> list[Row]:
    found: list[Row] = []
    for number in range(draw(st.integers(1, max_size))):
        start, length = draw(st.integers(0, 12)), draw(st.integers(1, 9))
        first, last = day(start), day(start + length - 1)
        slack = draw(st.integers(0, min(2, length - 1)))
        row: Row = {
            "report_id": f"r{number}", "start_earliest": first, "start_latest": first + slack * DAY,
            "end_latest": last,
            "value": draw(st.integers(0, 9)), "place": draw(st.sampled_from(["A", "A/x", "B"])),
            "source": draw(st.sampled_from(["P", "Q", None])),
        }  # fmt: skip
        if draw(st.booleans()):
            on = draw(st.integers(12, 30))
            row |= published(day(on), day(on + draw(st.integers(0, 3))))
        found.append(row)
    return found


def check_audit(series: Any, rows: list[Row]) -> dict[str, Row]:
    """One line a report, and the uncovered days of those that are not used as they stand; the lines by id."""
    audit = series.audit.collect()
    assert AuditSchema.is_valid(audit)
    assert audit["report_id"].to_list() == [row["report_id"] for row in rows]
    lines = {line["report_id"]: line for line in audit.to_dicts()}
    used = [row for row in rows if lines[row["report_id"]]["status"] == "used"]
    for row in rows:
        line = lines[row["report_id"]]
        if line["status"] in ("superseded", "contained", "not_preferred"):
            covers = [days(other) for other in used if inside(row.get("place"), other.get("place"))]
            left = days(row) - set[date]().union(*covers)
            assert spelt(line["uncovered"]) == left
            assert line["by"] is None or lines[line["by"]]["status"] in ("used", "differenced")
        else:
            assert line["uncovered"] is None
        assert line["reason"]
    return lines


def spelt(text: str | None) -> set[date]:
    """The days of "2019-05-01/2019-05-03; 2019-05-09/2019-05-09"."""
    found: set[date] = set()
    for stretch in text.split("; ") if text else []:
        first, last = (date.fromisoformat(end) for end in stretch.split("/"))
        found |= {first + n * DAY for n in range((last - first).days + 1)}
    return found


# --- latest -------------------------------------------------------------------------------------------------


@MORE
@given(rows_of())
def test_latest(rows: list[Row]) -> None:
    def beats(new: Row, old: Row) -> bool:
        """Whether a report is a later one of the same series, of a period that holds the old one's."""
        if any(new[name] != old[name] for name in ("place", "source")):
            return False
        if "published_earliest" not in new or "published_latest" not in old:
            return False
        return new["published_earliest"] > old["published_latest"] and days(old) <= days(new)

    # To beat is transitive: what anything beats, something that stands beats.
    standing = [row for row in rows if not any(beats(other, row) for other in rows)]
    reports = reports_of(rows)
    if any(meets(a, b) for a, b in combinations(standing, 2)):
        with pytest.raises(DoubleCountError, match="later report of the same source"):
            cs.deaths(reports, overlap="latest")
        return
    series = cs.deaths(reports, overlap="latest")
    assert sorted(series.intervals.collect()["report_id"]) == [row["report_id"] for row in standing]
    known = {row["report_id"]: row for row in rows}
    for name, line in check_audit(series, rows).items():
        assert line["status"] == ("used" if known[name] in standing else "superseded")
        if line["by"] is not None:
            assert beats(known[line["by"]], known[name])
            lower = known[line["by"]]["value"] < known[name]["value"]
            assert ("the later figure is lower" in line["reason"]) == lower


# --- a list of sources --------------------------------------------------------------------------------------


@MORE
@given(rows_of(), st.sampled_from([["P"], ["Q"], ["P", "Q"], ["Q", "P"]]))
def test_preference(rows: list[Row], order: list[str]) -> None:
    assume(set(order) <= {row["source"] for row in rows})
    kept: list[Row] = []
    for name in order:
        better = list(kept)
        kept += [row for row in rows if row["source"] == name and not any(meets(row, other) for other in better)]
    reports = reports_of(rows)
    if any(meets(a, b) for a, b in combinations(kept, 2)):
        with pytest.raises(DoubleCountError, match="One source overlaps with itself"):
            cs.deaths(reports, overlap=order)
        return
    series = cs.deaths(reports, overlap=order)
    assert series.total().best == sum(row["value"] for row in kept)
    assert series.info.overlap == "preference: " + ", ".join(order)
    known = {row["report_id"]: row for row in rows}
    for name, line in check_audit(series, rows).items():
        assert line["status"] == ("used" if known[name] in kept else "not_preferred")
        if line["by"] is not None:
            winner = known[line["by"]]
            assert meets(winner, known[name])
            assert order.index(winner["source"]) < order.index(known[name]["source"])


@pytest.mark.parametrize("order", [[], ["P", "P"], ["P", "nobody"]])
def test_preference_refused(order: list[str]) -> None:
    rows = [{"start_earliest": FIRST, "value": 1, "source": "P"}]
    with pytest.raises(OptionError, match="expected"):
        cs.deaths(reports_of(rows), overlap=order)


# --- difference ---------------------------------------------------------------------------------------------


def total(n: int, end: int, **more: Any) -> Row:
    return {
        "report_id": f"t{n}", "kind": "cumulative", "start_earliest": FIRST, "end_latest": day(end),
        "source": "P",
    } | more  # fmt: skip


STEPS = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 50)), min_size=1, max_size=6)


@USUAL
@given(STEPS, st.randoms(use_true_random=False))
def test_differences_of_exact_totals(steps: list[tuple[int, int]], rng: Any) -> None:
    rows: list[Row] = []
    end, value = -1, 0
    for n, (length, more) in enumerate(steps):
        end, value = end + length, value + more
        rows.append(total(n, end, value=value))
    ends = [row["end_latest"] for row in rows]
    shuffled = rng.sample(rows, len(rows))
    series = cs.deaths(reports_of(shuffled), overlap="difference")
    assert series.total().exact
    assert series.total().best == value
    frame = series.intervals.sort("period_start").collect()
    assert frame["best"].to_list() == [more for _, more in steps]
    assert frame["period_start"].to_list() == [FIRST, *(last + DAY for last in ends[:-1])]
    assert frame["period_end"].to_list() == ends
    assert frame["report_id"].to_list() == ["t0", *(f"t{n} minus t{n - 1}" for n in range(1, len(rows)))]
    lines = check_audit(series, shuffled)
    for n in range(1, len(rows)):
        assert (lines[f"t{n}"]["status"], lines[f"t{n}"]["by"]) == ("differenced", f"t{n - 1}")
    by_day = series.daily(spread="whole").to_frame()["best"].to_list()
    assert sum(by_day) == value


@USUAL
@given(STEPS, st.data())
def test_differences_with_bounds_hold_the_truth(steps: list[tuple[int, int]], data: st.DataObject) -> None:
    """For any true counts and honest bounds on their running totals, each difference holds what is new."""
    rows: list[Row] = []
    end, value = -1, 0
    for n, (length, more) in enumerate(steps):
        end, value = end + length, value + more
        low = data.draw(st.integers(0, value))
        high = data.draw(st.none() | st.integers(value, value + 50))
        rows.append(total(n, end, low=low, high=high))
    series = cs.deaths(reports_of(rows), overlap="difference")
    for found, (_, more) in zip(series.intervals.sort("period_start").collect().to_dicts(), steps, strict=True):
        assert found["low"] <= more
        assert found["high"] is None or found["high"] >= more
    assert series.total().low <= value


def test_floors_give_no_difference_but_the_stated_one_stands_beside() -> None:
    rows = [
        total(0, 10, value=100, low=100, qualifier="at_least"),
        total(1, 20, value=130, low=130, qualifier="at_least"),
    ]
    frame = cs.deaths(reports_of(rows), overlap="difference").intervals.sort("period_start").collect()
    assert frame.select("low", "best", "high", "stated").rows() == [
        (100, None, None, 100),
        (0, None, None, 30),
    ]


def test_a_running_total_that_goes_down() -> None:
    for rows in (
        [total(0, 10, value=100), total(1, 20, value=99)],
        # Only bounds were published.
        [total(0, 10, low=10, high=12), total(1, 20, low=1, high=3)],
    ):
        with pytest.raises(DecreaseError, match="t1 minus t0"):
            cs.deaths(reports_of(rows), overlap="difference")


def test_two_running_totals_for_one_date() -> None:
    rows = [total(0, 10, value=100) | published(day(11)), total(1, 10, value=104) | published(day(15))]
    with pytest.raises(VintageError, match="as_of="):
        cs.deaths(reports_of(rows), overlap="difference")
    then = cs.deaths(reports_of(rows), overlap="difference", as_of=day(12))
    now = cs.deaths(reports_of(rows), overlap="difference", as_of=day(15))
    assert (then.total().best, now.total().best) == (100, 104)


@pytest.mark.parametrize(
    "change", [{"source": "Q"}, {"place": "B"}, {"start_earliest": day(1)}, {"standard": "verified"}]
)
def test_running_totals_of_different_things(change: Row) -> None:
    rows = [
        total(0, 10, value=100, standard="reported"),
        total(1, 20, value=130, standard="reported") | change,
    ]
    with pytest.raises(DoubleCountError, match="expected running totals of one"):
        cs.deaths(reports_of(rows), overlap="difference")


def test_a_flow_inside_a_running_total_is_contained() -> None:
    rows = [
        total(0, 10, value=100, place="A"),
        {
            "report_id": "in",
            "start_earliest": day(3),
            "end_latest": day(5),
            "value": 9,
            "place": "A/x",
            "source": "Q",
        },
        {
            "report_id": "after",
            "start_earliest": day(11),
            "end_latest": day(12),
            "value": 4,
            "place": "A",
            "source": "Q",
        },
    ]
    series = cs.deaths(reports_of(rows), overlap="difference")
    assert series.total().best == 104
    lines = check_audit(series, rows)
    assert (lines["in"]["status"], lines["in"]["by"]) == ("contained", "t0")
    assert lines["after"]["status"] == "used"


# --- vintages -----------------------------------------------------------------------------------------------


@USUAL
@given(st.lists(st.tuples(st.integers(12, 40), st.integers(0, 99)), min_size=1, max_size=5, unique_by=lambda v: v[0]))
def test_as_of_takes_what_was_last_known(vintages: list[tuple[int, int]]) -> None:
    rows: list[Row] = [
        {"report_id": f"v{on}", "start_earliest": FIRST, "end_latest": day(9), "value": value, "source": "P"}
        | published(day(on))
        for on, value in vintages
    ]
    reports = reports_of(rows)
    history = dict(vintages)
    if len(rows) > 1:
        with pytest.raises(VintageError, match="as_of="):
            cs.deaths(reports)
    newest = max(history)
    assert cs.deaths(reports, overlap="latest").total().best == history[newest]
    for on in (11, *history, 41):
        known = [one for one in history if one <= on]
        if not known:
            with pytest.raises(NoReportsError, match="published by"):
                cs.deaths(reports, as_of=day(on))
            continue
        series = cs.deaths(reports, as_of=day(on))
        assert series.total().best == history[max(known)]
        statuses = {name: line["status"] for name, line in check_audit(series, rows).items()}
        for one in history:
            told = "used" if one == max(known) else "superseded" if one < max(known) else "not_known_yet"
            assert statuses[f"v{one}"] == told


def test_a_report_without_date_of_publication_is_not_known_on_any_day() -> None:
    rows = [{"start_earliest": FIRST, "value": 1}, {"start_earliest": day(1), "value": 2} | published(day(3))]
    series = cs.deaths(reports_of(rows), as_of=day(4))
    assert series.total().best == 2
    assert series.audit.collect()["status"].to_list() == ["not_known_yet", "used"]
    assert cs.deaths(reports_of(rows)).total().best == 3


# --- splits -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "values"), [("source", ("P", "Q")), ("standard", ("verified", "reported"))])
def test_rows_that_speak_about_the_same_people_have_no_total(name: Any, values: tuple[str, str]) -> None:
    rows = [{"start_earliest": FIRST, "value": n, name: value} for n, value in zip((10, 4), values, strict=True)]
    series = cs.deaths(reports_of(rows), by=[name])
    assert series.resample("day").to_frame()["best"].to_list() in ([10, 4], [4, 10])
    with pytest.raises(OptionError, match="may count the same people"):
        series.total()


@pytest.mark.parametrize("name", ["place", "group", "perpetrator", "destination"])
def test_all_and_a_part_of_them_never_add_up(name: Any) -> None:
    """180 in all, 164 of them in one row: together they are not 344."""
    moved = {"measure": "displaced", "unit": "displacements", "start_earliest": FIRST}
    rows = [moved | {"value": 180}, moved | {"value": 164, name: "A"}]
    with pytest.raises(DoubleCountError, match="r1 and r2 share 2019-04-20"):
        cs.displacement(reports_of(rows), by=[name])
    apart = [moved | {"value": 16, name: "B"}, moved | {"value": 164, name: "A"}]
    assert cs.displacement(reports_of(apart), by=[name]).total().best == 180


def test_nested_places_stay_apart_only_by_a_rule() -> None:
    rows = [{"start_earliest": FIRST, "value": n, "place": place} for n, place in ((10, "A"), (4, "A/x"))]
    for rule in ("raise", "add"):
        with pytest.raises(DoubleCountError, match="r1 and r2 share 2019-04-20"):
            cs.deaths(reports_of(rows), by=["place"], overlap=rule)  # type: ignore[arg-type]
    assert cs.deaths(reports_of(rows), place="A/x").total().best == 4


@USUAL
@given(rows_of())
def test_the_audit_of_a_selection_has_every_report(rows: list[Row]) -> None:
    reports = reports_of(rows)
    place = rows[0]["place"]
    chosen = [row for row in rows if inside(row["place"], place)]
    assume(not any(meets(a, b) for a, b in combinations(chosen, 2)))
    series = cs.deaths(reports, place=place)
    lines = check_audit(series, rows)
    for row in rows:
        assert lines[row["report_id"]]["status"] == ("used" if row in chosen else "not_selected")
    assert pl.DataFrame(series.intervals.collect()).height == len(chosen)
