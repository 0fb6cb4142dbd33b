"""One figure in several vintages is refused, and the message says which days of publication there are."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import casualtystats as cs
from casualtystats.errors import VintageError
from casualtystats.ledger.vintages import refuse_vintages, vintage_error
from casualtystats.reports.vintages import newest, vintage_dates
from casualtystats.schemas import ReportSchema
from casualtystats.testing.frames import reports_of

Row = dict[str, Any]
FIRST = date(2019, 4, 29)


def row(at: int, value: int, on: date | None, **more: Any) -> Row:
    return {
        "report_id": f"r{at}", "source": "OHCHR", "start_earliest": FIRST, "end_latest": date(2019, 5, 9),
        "value": value, "published_earliest": on, "published_latest": on,
    } | more  # fmt: skip


TWICE = (row(1, 42, date(2019, 5, 10)), row(2, 48, date(2019, 6, 1)))


def test_the_builders_say_which_days_there_are() -> None:
    reports = reports_of([row(1, 42, date(2019, 5, 10)), row(2, 48, date(2019, 6, 1)), row(3, 47, date(2019, 7, 1))])
    with pytest.raises(VintageError) as caught:
        cs.deaths(reports)
    assert str(caught.value) == (
        "expected one publication of each figure, got several: OHCHR, violent deaths, 29 April to 9 May 2019: "
        "42 (published 2019-05-10), 48 (published 2019-06-01), 47 (published 2019-07-01). Say which is meant: "
        "as_of='YYYY-MM-DD' keeps what was last known on that day, overlap='latest' the newest"
    )
    assert cs.deaths(reports, as_of="2019-06-15").total().best == 48


def test_the_builders_name_vintages_only_of_what_overlaps() -> None:
    other = row(9, 3, date(2019, 8, 1), start_earliest=date(2019, 6, 1), end_latest=date(2019, 6, 2))
    with pytest.raises(VintageError) as caught:
        cs.deaths(reports_of([*TWICE, other]))
    assert "2019-08-01" not in str(caught.value)


def test_possible_days_that_overlap_are_told() -> None:
    wide = row(1, 5, None) | {"published_earliest": date(2019, 5, 1), "published_latest": date(2019, 5, 31)}
    reports = reports_of([wide, row(2, 7, date(2019, 5, 20))])
    for given_day in (None, "2019-05-31"):
        with pytest.raises(VintageError, match=r"7 \(published 2019-05-20\), 5 \(published 2019-05\)\..*leave one out"):
            cs.deaths(reports, as_of=given_day)
    with pytest.raises(VintageError) as caught:
        refuse_vintages(reports_of(TWICE).frame)
    assert "leave one out" not in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        {"source": "SOHR"}, {"source": None}, {"standard": "verified"}, {"place": "Idlib"}, {"group": "civilian"},
        {"perpetrator": "state"}, {"destination": "Azaz"}, {"end_latest": date(2019, 5, 10)}, {"measure": "injured"},
        {"value": 42}, {"published_earliest": date(2019, 5, 10), "published_latest": date(2019, 5, 10)},
    ],
)  # fmt: skip
def test_what_is_no_vintage_is_let_through(change: Row) -> None:
    refuse_vintages(reports_of([TWICE[0], TWICE[1] | change]).frame)


def test_reports_without_a_source_are_no_vintages() -> None:
    refuse_vintages(reports_of([one | {"source": None} for one in TWICE]).frame)


@pytest.mark.parametrize(
    "other",
    [
        row(2, 48, date(2019, 6, 1)),
        row(2, 48, None),
        # The bounds differ although the number does not.
        row(2, 42, date(2019, 6, 1), low=42, best=None, high=None, qualifier="at_least"),
    ],
)
def test_other_bounds_at_another_time_are_refused(other: Row) -> None:
    with pytest.raises(VintageError, match=r"42 \(published 2019-05-10\).*as_of='YYYY-MM-DD'"):
        refuse_vintages(reports_of([TWICE[0], other]).frame)


def test_a_day_that_is_not_stated_comes_last() -> None:
    told = vintage_dates(reports_of([row(1, 42, None), TWICE[1]]).frame)
    assert told.endswith("48 (published 2019-06-01), 42 (day of publication not stated)")


def test_long_lists_are_cut() -> None:
    rows = [
        row(20 * place + at, at, date(2019, 6, 1) + timedelta(days=at), place=f"P{place}", source=None if place else "UN")
        for place in range(6)
        for at in range(12)
    ]  # fmt: skip
    frame = reports_of([one | {"source": one["source"] or "OHCHR"} for one in rows]).frame
    told = vintage_dates(frame)
    assert told.endswith("; and 3 more figures")
    assert told.count("3 more, 11 (published 2019-06-12)") == 3
    assert vintage_dates(frame.filter(frame["place"].is_in(["P0", "P1", "P2", "P3"]))).endswith("; and 1 more figure")
    nine = vintage_dates(reports_of(rows[:9]).frame)
    assert "more" not in nine
    assert "8 (published 2019-06-09)" in nine


def test_nothing_to_tell() -> None:
    empty = ReportSchema.create_empty()
    assert vintage_dates(empty) == ""
    refuse_vintages(empty)
    assert isinstance(vintage_error(empty), VintageError)


@settings(max_examples=50)
@given(
    st.lists(
        st.tuples(st.sampled_from(["OHCHR", "SOHR", None]), st.integers(0, 6), st.integers(0, 2)),
        min_size=1, max_size=8,
    )
)  # fmt: skip
def test_what_is_kept_as_of_a_day_is_not_refused(some: list[tuple[str | None, int, int]]) -> None:
    rows = [
        row(at, value, date(2019, 6, 1) + timedelta(days=on), source=source)
        for at, (source, on, value) in enumerate(some)
    ]
    frame = reports_of(rows).frame
    figures: dict[str, set[tuple[int, int]]] = {}
    for source, on, value in some:
        if source is not None:
            figures.setdefault(source, set()).add((on, value))
    several = any(
        len({on for on, _ in seen}) > 1 and len({value for _, value in seen}) > 1 for seen in figures.values()
    )
    if several:
        with pytest.raises(VintageError):
            refuse_vintages(frame)
    else:
        refuse_vintages(frame)
    kept, older = newest(frame.lazy())
    refuse_vintages(kept.collect())
    assert sorted([*kept.collect()["report_id"], *older.collect()["report_id"]]) == sorted(frame["report_id"])
