"""What every page must keep: each number that it prints stands in numbers.json with what is behind it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest


@pytest.fixture(scope="session")
def check_traced() -> Callable[[str, str, dict], None]:
    def check(page: str, text: str, numbers: dict) -> None:
        here = [number for number in numbers["numbers"] if number["page"] == page]
        printed = dict(re.findall(r'<span class="number" id="(n\d+)">([^<]+)</span>', text))
        assert printed == {number["key"]: number["text"] for number in here if number["where"] == "text"}
        tables = [number for number in here if number["where"] != "text"]
        assert all(f">{number['text']}</td>" in text for number in tables)
        for number in here:
            assert number["reports"] or number["rows"] or number["method"] == "counted"
            assert set(number["reports"]) <= set(numbers["reports"])
            for table, ids in number["rows"].items():
                assert ids == "all" or set(ids) <= set(numbers["rows"][table])
            assert number["unit"]
            assert number["value"] == number["best"]
            assert number["method"]

    return check
