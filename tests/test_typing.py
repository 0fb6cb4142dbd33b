"""What has no meaning does not type-check: mypy and basedpyright refuse the marked lines, and only these."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CASES = Path(__file__).parent / "typing_cases"
FILES = sorted(CASES.glob("*.py"))
MARK = "# E"

Refused = dict[str, set[int]]


def expected(path: Path) -> set[int]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return {number for number, line in enumerate(lines, 1) if line.endswith(MARK)}


def environment() -> dict[str, str]:
    """The source checkout comes first, whatever is installed beside it."""
    return {**os.environ, "MYPYPATH": str(ROOT)}


@pytest.fixture(scope="module")
def mypy(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], tuple[Refused, str]]:
    cache = tmp_path_factory.mktemp("mypy")
    config = cache / "mypy.ini"
    config.write_text("[mypy]\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file", config, "--cache-dir", cache / "cache",
         "--no-error-summary", "--hide-error-context", "--show-absolute-path", "--follow-imports", "silent",
         *FILES],
        capture_output=True, text=True, check=False, cwd=cache, env=environment(),
    )  # fmt: skip
    found: Refused = {}
    for line in done.stdout.splitlines():
        if match := re.match(r"(.+?):(\d+): error: ", line):
            found.setdefault(Path(match[1]).name, set()).add(int(match[2]))
    return lambda: (found, done.stdout + done.stderr)


@pytest.mark.slow
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_mypy(path: Path, mypy: Callable[[], tuple[Refused, str]]) -> None:
    found, output = mypy()
    told = [line for line in output.splitlines() if path.name in line and ": error: " in line]
    assert found.get(path.name, set()) == expected(path), "\n".join(told) or output


@pytest.fixture(scope="module")
def basedpyright(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], tuple[Refused, str]]:
    beside = str(Path(sys.executable).parent)
    program = shutil.which("basedpyright", path=os.pathsep.join([beside, os.environ.get("PATH", "")]))
    if program is None:
        pytest.skip("basedpyright is not installed: pip install 'casualtystats[dev]'")
    folder = tmp_path_factory.mktemp("basedpyright")
    config = folder / "pyrightconfig.json"
    rules = {"typeCheckingMode": "strict", "reportUnusedExpression": False, "reportUnusedCallResult": False}
    settings = {"include": [str(CASES)], "extraPaths": [str(ROOT)], "pythonVersion": "3.11"}
    config.write_text(json.dumps(settings | rules), encoding="utf-8")
    done = subprocess.run(
        [program, "--outputjson", "--project", config, "--pythonpath", sys.executable],
        capture_output=True, text=True, check=False, cwd=folder,
    )  # fmt: skip
    found: Refused = {}
    for one in json.loads(done.stdout)["generalDiagnostics"]:
        if one["severity"] == "error":
            found.setdefault(Path(one["file"]).name, set()).add(one["range"]["start"]["line"] + 1)
    return lambda: (found, done.stdout)


@pytest.mark.slow
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_basedpyright(path: Path, basedpyright: Callable[[], tuple[Refused, str]]) -> None:
    found, output = basedpyright()
    assert found.get(path.name, set()) == expected(path), output[-4_000:]


def test_every_misuse_file_marks_something_and_no_use_file_does() -> None:
    for path in FILES:
        assert bool(expected(path)) == path.name.startswith("misuse")
