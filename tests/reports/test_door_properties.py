"""Properties of the door that hold for every input."""

from __future__ import annotations

import csv
import io
import json
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casualtystats.errors import CasualtyStatsError, ParseError
from casualtystats.estimates import Estimate
from casualtystats.periods import format_date, parse_date
from casualtystats.reports import read_reports
from casualtystats.reports.bounds import derive
from casualtystats.reports.textdates import SPACE, date_texts, parse_dates
from casualtystats.vocabulary import KINDS, MEASURES, QUALIFIERS, ROLES, STANDARDS, kinds_of, units_of

HEADER = "report_id,measure,unit,kind,qualifier,value,low,best,high,start,end,hours,place,source,published,wording"
slow = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))

date_like = st.one_of(
    st.dates().map(str),
    st.from_regex(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?", fullmatch=True),
    st.from_regex(
        r"\s?\[\s?[0-9]{4}-0[0-9]-?[0-9]{0,2} ?\.\. ?2[0-9]{3}-[01][0-9](-[0-3][0-9])?\s?\]\s?",
        fullmatch=True,
    ),
    st.text(alphabet="0123456789-.[] \t\x1c\u00a0\u0663", max_size=14),
    st.text(max_size=12),
)
texts = st.text(
    alphabet=st.one_of(
        st.sampled_from("=+-@\t\r\n',\";/ aé\u2028\u00a0#\\\ufeff"), st.characters(exclude_categories=["Cs"])
    ),
    max_size=12,
)
dates = st.dates(date(1900, 1, 1), date(2100, 12, 1))


@st.composite
def date_text(draw: st.DrawFn, earliest: date = date(1900, 1, 1), latest: date = date(2100, 12, 31)) -> str:
    first = draw(st.dates(earliest, latest))
    last = draw(st.one_of(st.just(first), st.dates(first, date(2100, 12, 31))))
    return draw(st.sampled_from([str(first), f"{first:%Y-%m}", f"[{first}..{last}]", f"[{first:%Y-%m}..{last:%Y-%m}]"]))


def clean(text: str) -> str:
    return text.replace("\0", "")


@st.composite
def valid_record(draw: st.DrawFn) -> dict[str, Any]:
    """A record that keeps all rules."""
    measure = draw(st.sampled_from(MEASURES))
    kind = draw(st.sampled_from(kinds_of(measure)))
    start = draw(date_text(latest=date(2050, 1, 1)))
    last = parse_date(start)[1]
    end = "" if kind == "stock" else draw(date_text(earliest=last))
    record: dict[str, Any] = {
        "report_id": "",
        "measure": measure,
        "unit": draw(st.sampled_from(units_of(measure))),
        "kind": kind,
        "start": start,
        "end": end,
        "hours": "" if kind == "stock" else draw(st.one_of(st.just(""), st.floats(1e-9, 24).map(repr))),
        "standard": draw(st.sampled_from(["", *STANDARDS])),
        "role": draw(st.sampled_from(["", *ROLES])),
        "published": draw(st.one_of(st.just(""), st.just("2101-01-01"))),
        "value": "",
        "low": "",
        "best": "",
        "high": "",
    }
    for name in ("source", "derived_from", "event", "url", "wording"):
        record[name] = clean(draw(texts))
    for name in ("place", "destination", "group", "perpetrator"):
        steps = [clean(step).replace("/", "|").strip() for step in draw(st.lists(texts, max_size=3))]
        record[name] = " / ".join(step for step in steps if step)
    qualifier = draw(st.sampled_from(["", *QUALIFIERS]))
    record["qualifier"] = qualifier
    n = draw(st.integers(1, 10**15))
    if qualifier == "between":
        low, high = sorted([n, draw(st.integers(0, 10**15))])
        record |= {"low": str(low), "high": draw(st.sampled_from([str(high), ""]))}
        record[draw(st.sampled_from(["best", "value"]))] = draw(st.sampled_from(["", str(n // 2)]))
    elif qualifier in ("", "at_least", "more_than") and draw(st.booleans()):
        record["low"] = str(n)
    else:
        record["value"] = str(n) + draw(st.sampled_from(["", ".0"]))
    return record


record_lists = st.lists(valid_record(), min_size=1, max_size=6).map(
    lambda records: [{**record, "report_id": f"r{i}"} for i, record in enumerate(records)]
)


def as_csv(records: list[dict[str, Any]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fieldnames=list(records[0]), quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(records)
    return out.getvalue()


def by_parse_date(text: str) -> tuple[date | None, date | None]:
    try:
        return parse_date(text)
    except ParseError:
        return None, None


@settings(max_examples=200, deadline=None)
@given(st.lists(date_like, min_size=1))
def test_the_vectorised_date_parser_agrees_with_parse_date(dates_: list[str]) -> None:
    stripped = pl.DataFrame({"d": dates_}, schema={"d": pl.String}).select(pl.col("d").str.strip_chars(SPACE))
    earliest, latest = parse_dates(pl.col("d"))
    found = stripped.select(a=earliest, b=latest).rows()
    assert found == [by_parse_date(text) for text in dates_]


def test_space_is_what_python_strips() -> None:
    assert set(SPACE) == {chr(i) for i in range(0x110000) if chr(i).isspace()}


@given(st.dates(date(1, 1, 1), date(9999, 12, 31)), st.dates(date(1, 1, 1), date(9999, 12, 31)))
def test_dates_are_written_as_format_date_writes_them(a: date, b: date) -> None:
    a, b = min(a, b), max(a, b)
    frame = pl.DataFrame({"a": [a, a.replace(day=1)], "b": [b, parse_date(f"{a.isoformat()[:7]}")[1]]})
    written = frame.select(date_texts(pl.col("a"), pl.col("b"))).to_series().to_list()
    assert written == [format_date(*row) for row in frame.rows()]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([q for q in QUALIFIERS if q != "between"]),
            st.one_of(
                st.integers(0, 10**15),
                st.integers(0, 99).flatmap(lambda d: st.integers(0, 13).map(lambda k: d * 10**k)),
            ),
        ),
        min_size=1,
    )
)
def test_derived_bounds_equal_those_of_estimate(cells: list[tuple[Any, int]]) -> None:
    cells = [(qualifier, max(value, 1) if qualifier == "less_than" else value) for qualifier, value in cells]
    none = [None] * len(cells)
    schema = {"qualifier": pl.Enum(QUALIFIERS)} | dict.fromkeys(["value", "low", "best", "high"], pl.Int64())
    data = {
        "qualifier": [c[0] for c in cells],
        "value": [c[1] for c in cells],
        "low": none,
        "best": none,
        "high": none,
    }
    found = pl.DataFrame(data, schema=schema).select(derive()).rows()
    expected = [Estimate.of(*cell) for cell in cells]
    assert found == [(e.qualifier, e.low, e.best, e.high) for e in expected]


@slow
@given(record_lists)
def test_valid_records_are_accepted_and_agree_with_the_scalar_classes(
    tmp_path: Path, records: list[dict[str, Any]]
) -> None:
    path = tmp_path / "r.csv"
    path.write_text(as_csv(records), encoding="utf-8", newline="")
    reports = read_reports(path)
    assert reports.rejected.is_empty()
    for report, record in zip(reports, records, strict=True):
        assert (report.period.start_earliest, report.period.start_latest) == parse_date(record["start"])
        assert str(report)
        if record["value"] and record["qualifier"] != "between":
            qualifier = record["qualifier"] or "exactly"
            assert report.estimate == Estimate.of(qualifier, int(float(record["value"])))


@slow
@given(record_lists)
@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".json", ".jsonl", ".parquet"])
def test_round_trips_are_exact(tmp_path: Path, suffix: str, records: list[dict[str, Any]]) -> None:
    reports = read_reports(pl.DataFrame(records))
    assert reports.rejected.is_empty()
    path = tmp_path / f"r{suffix}"
    write = {".csv": reports.write_csv, ".tsv": reports.write_csv, ".parquet": reports.write_parquet}
    write.get(suffix, reports.write_json)(path)
    first = path.read_bytes()
    again = read_reports(path)
    assert again.rejected.is_empty()
    assert again.frame.equals(reports.frame)
    write.get(suffix, reports.write_json)(path)
    assert path.read_bytes() == first
    assert read_reports(reports.frame).frame.equals(reports.frame)


@slow
@given(record_lists, st.randoms(use_true_random=False), st.data())
def test_the_order_of_columns_and_rows_does_not_matter(
    tmp_path: Path, records: list[dict[str, Any]], rng: random.Random, data: st.DataObject
) -> None:
    for record in records:
        column = data.draw(st.sampled_from(["value", "start", "kind", "place", "report_id"]))
        record[column] = data.draw(st.sampled_from([record[column], "", "//", "r0", "-1"]))
    names = list(records[0])
    order = list(range(len(records)))
    rng.shuffle(names)
    rng.shuffle(order)
    path = tmp_path / "r.csv"
    path.write_text(as_csv(records), encoding="utf-8", newline="")
    straight = read_reports(path)
    path.write_text(as_csv([{name: records[i][name] for name in names} for i in order]), encoding="utf-8", newline="")
    mixed = read_reports(path)
    assert mixed.frame.sort("report_id").equals(straight.frame.sort("report_id"))
    key = ["raw", "column", "rule", "value"]
    assert mixed.rejected.select(key).sort(key).equals(straight.rejected.select(key).sort(key))
    accepted = {record["report_id"] for record in records} & set(straight.frame["report_id"])
    assert [records[i]["report_id"] for i in order if records[i]["report_id"] in accepted] == mixed.frame[
        "report_id"
    ].to_list()


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.lists(
            st.one_of(
                texts,
                date_like,
                st.integers(-5, 10**16).map(str),
                st.sampled_from([*MEASURES, *KINDS, *QUALIFIERS, "people", "NaN", "1,234", "true", "a"]),
            ),
            max_size=17,
        ),
        max_size=5,
    )
)
def test_garbage_rows_are_rejected_and_counted(tmp_path: Path, rows: list[list[str]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    path = tmp_path / "r.csv"
    path.write_text(f"{HEADER}\n{out.getvalue()}", encoding="utf-8", newline="")
    try:
        reports = read_reports(path)
    except CasualtyStatsError:
        return
    read = sum(bool(row) and not (len(row) == 1 and not row[0].strip()) for row in rows)
    assert len(reports) + reports.rejected["row"].n_unique() == read


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda t: t.encode("utf-8", "surrogatepass"))),
    st.booleans(),
)
@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".json", ".jsonl", ".parquet"])
def test_garbage_bytes_never_raise_anything_else(tmp_path: Path, suffix: str, content: bytes, headed: bool) -> None:
    path = tmp_path / f"r{suffix}"
    path.write_bytes((HEADER.encode() + b"\n" if headed else b"") + content)
    try:
        reports = read_reports(path)
    except CasualtyStatsError as error:
        message = str(error)
    else:
        message = str(path)
        assert len(reports) + reports.rejected.height > 0
    assert str(path) in message


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(alphabet=st.characters(), max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.text(max_size=3), inner, max_size=2)),
    max_leaves=4,
)


@slow
@given(
    st.lists(
        st.one_of(json_values, st.dictionaries(st.sampled_from(HEADER.split(",")), json_values)),
        min_size=1,
        max_size=5,
    )
)
@pytest.mark.parametrize("lines", [False, True])
def test_json_of_any_values_is_rejected_and_counted(tmp_path: Path, lines: bool, items: list[Any]) -> None:
    items.append(dict.fromkeys(HEADER.split(",")))
    path = tmp_path / ("r.jsonl" if lines else "r.json")
    path.write_text("\n".join(json.dumps(item) for item in items) if lines else json.dumps(items), encoding="utf-8")
    try:
        reports = read_reports(path)
    except CasualtyStatsError:
        return
    assert len(reports) + reports.rejected["row"].n_unique() == len(items)


column_strategies = st.one_of(
    st.lists(st.integers(-3, 2**62), min_size=3, max_size=3).map(pl.Series),
    st.lists(st.floats(), min_size=3, max_size=3).map(pl.Series),
    st.lists(st.booleans(), min_size=3, max_size=3).map(pl.Series),
    st.lists(st.dates(), min_size=3, max_size=3).map(pl.Series),
    st.lists(st.datetimes(), min_size=3, max_size=3).map(lambda v: pl.Series(v, dtype=pl.Datetime("us"))),
    st.lists(st.times(), min_size=3, max_size=3).map(pl.Series),
    st.lists(st.timedeltas(timedelta(-9), timedelta(9)), min_size=3, max_size=3).map(
        lambda v: pl.Series(v, dtype=pl.Duration("us"))
    ),
    st.lists(st.decimals(-5, 10**9, places=2), min_size=3, max_size=3).map(pl.Series),
    st.lists(st.binary(max_size=3), min_size=3, max_size=3).map(pl.Series),
    st.lists(st.lists(st.integers(0, 5), max_size=2), min_size=3, max_size=3).map(
        lambda v: pl.Series(v, dtype=pl.List(pl.Int64))
    ),
    st.just(pl.Series([{"a": 1}, {"a": None}, None])),
    st.just(pl.Series([object(), None, "x"], dtype=pl.Object)),
    st.just(pl.Series([None, None, None])),
    st.lists(st.sampled_from(["killed", "people", "flow", "x", "1"]), min_size=3, max_size=3).map(
        lambda v: pl.Series(v, dtype=pl.Categorical)
    ),
)


@slow
@given(st.dictionaries(st.sampled_from(HEADER.split(",")), column_strategies, min_size=1, max_size=4))
def test_frames_with_columns_of_any_type_are_counted(columns: dict[str, pl.Series]) -> None:
    plain: dict[str, Any] = {
        "report_id": pl.Series(["a", "b", "c"]), "measure": "killed", "unit": "people", "kind": "flow",
        "value": [1, 2, 3], "start": date(2019, 5, 1), "end": date(2019, 5, 2),
    }  # fmt: skip
    frame = pl.DataFrame({name: series.alias(name) for name, series in columns.items()})
    frame = frame.with_columns(
        **{
            n: pl.Series([v] * 3) if isinstance(v, str | date) else pl.Series(v)
            for n, v in plain.items()
            if n not in columns
        }
    )
    reports = read_reports(frame)
    assert len(reports) + reports.rejected["row"].n_unique() == 3
