"""JSON files as raw text tables: one record a row, each cell as the text that it was written with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import polars as pl

from casualtystats.errors import ReportFileError
from casualtystats.reports.files import refuse_encoding
from casualtystats.reports.table import BrokenCell, RawTable, record_json

__all__ = ["read_json"]


class _Number(str):
    """A number of a JSON file in the digits it was written with: no float in between."""

    __slots__ = ()


class _Constant(str):
    """NaN, Infinity or -Infinity, which JSON does not know and Python's reader lets through."""

    __slots__ = ()


@dataclass(frozen=True)
class _NoJson:
    """A line that is not JSON, and why."""

    why: str
    raw: str


class _Record(dict[str, Any]):
    """One JSON object, and the first key that stood twice in it."""

    twice: str | None = None


def read_json(path: Path, *, lines: bool) -> RawTable:
    """Read an array of records, or one record a line; each cell becomes text.

    Raises
    ------
    ReportFileError
        If the file is empty, is not UTF-8 or not JSON, or is no array of records.
    """
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        refuse_encoding(path, content)
    if not text.strip():
        raise ReportFileError(f"{path}: expected records, got an empty file")
    items: Any
    if lines:
        items = [_decode_line(line) for line in text.split("\n") if line.strip()]
    else:
        try:
            items = _decode(text)
        except json.JSONDecodeError as error:
            raise ReportFileError(f"{path}, line {error.lineno}: expected JSON, got: {error.msg}") from error
        except RecursionError as error:
            raise ReportFileError(f"{path}: expected an array of records, got values nested too deep") from error
        if not isinstance(items, list):
            raise ReportFileError(
                f"{path}: expected an array of records such as [{{...}}, {{...}}], got {_kind(items)}"
            )
    return _json_table(str(path), cast("list[Any]", items))


def _json_table(where: str, items: list[Any]) -> RawTable:
    if not items:
        raise ReportFileError(f"{where}: expected at least one report, got no rows")
    broken: list[BrokenCell] = []
    good: list[tuple[int, _Record]] = []
    names: dict[str, None] = {}
    for row, item in enumerate(items, 1):
        if isinstance(item, _Record):
            names |= dict.fromkeys(item)
        faults = list(_faults(row, item))
        broken += faults
        if not faults:
            good.append((row, item))
    bad = next((name for name in names if not _encodable(name)), None)
    if bad is not None:
        raise ReportFileError(f"{where}: expected keys in UTF-8, got {bad!a}")
    columns = {name: [_text(record.get(name)) for _, record in good] for name in names}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String))
    return RawTable(where, frame, pl.Series([row for row, _ in good], dtype=pl.Int64), broken)


def _text(cell: str | None) -> str | None:
    return None if cell is None else str(cell)


def _faults(row: int, item: Any) -> Iterator[BrokenCell]:
    if isinstance(item, _NoJson):
        yield BrokenCell(row, "", None, "json_line", f"expected one JSON object a line, got: {item.why}", item.raw)
    elif not isinstance(item, _Record):
        hint = f'expected a record such as {{"report_id": ...}}, got {_kind(item)}'
        yield BrokenCell(row, "", None, "not_a_record", hint, record_json(item))
    elif item.twice is not None:
        hint = f"expected each key once, got {item.twice!a} twice: which is right can not be known"
        yield BrokenCell(row, ascii(item.twice)[1:-1], None, "duplicate_key", hint, record_json(item))
    else:
        for name, cell in item.items():
            if not _is_cell(cell):
                shown = record_json([cell])[1:-1]
                hint = f"expected text, a number or null, got {_kind(cell)}"
                yield BrokenCell(row, ascii(name)[1:-1], shown, "cell_type", hint, record_json(item))


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, _Constant | _Number):
        return str(value)
    if isinstance(value, str):
        return f"the text {value[:60]!a}"
    if value is None:
        return "null"
    return "a list" if isinstance(value, list) else "an object"


def _is_cell(cell: object) -> bool:
    if cell is None or isinstance(cell, _Number):
        return True
    return isinstance(cell, str) and not isinstance(cell, _Constant) and _encodable(cell)


def _encodable(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _record(pairs: list[tuple[str, Any]]) -> _Record:
    record = _Record(pairs)
    if len(record) != len(pairs):
        keys = [key for key, _ in pairs]
        record.twice = next(key for key in keys if keys.count(key) > 1)
    return record


def _decode(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_record, parse_int=_Number, parse_float=_Number, parse_constant=_Constant)


def _decode_line(line: str) -> Any:
    try:
        return _decode(line)
    except json.JSONDecodeError as error:
        return _NoJson(error.msg, record_json([line]))
    except RecursionError:
        return _NoJson("values nested too deep", record_json([line]))
