"""The command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn

from casualtystats import datasets
from casualtystats.errors import CasualtyStatsError, DatasetError

__all__ = ["app", "main"]

app = typer.Typer(
    help="Deaths, displacement and facility outages: from published reports to honest numbers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

_SITREP_HELP = """Write a situation report: one self-contained HTML page, figures, tables and numbers.json.

Examples:

  casualtystats sitrep idlib-2019 --out sitrep

  casualtystats sitrep path/to/folder --out sitrep      (a folder with reports.csv, and places.csv, events.csv, facilities.csv,
  outages.csv, hits.csv, rounds.csv if any)
"""


@app.command(help=_SITREP_HELP)
def sitrep(
    name: Annotated[
        str, typer.Argument(metavar="NAME_OR_FOLDER", help="a data set's name, or a folder with reports.csv")
    ],
    out: Annotated[
        Path, typer.Option("--out", help="the folder to write; an earlier situation report there is replaced")
    ],
) -> None:
    """Write a situation report."""
    from casualtystats.sitrep.page import write_sitrep

    console = Console(stderr=True)
    folder = datasets.folder(name) if name in datasets.names() else Path(name)
    if not folder.is_dir():
        what = "a file" if folder.exists() else "no such folder"
        raise DatasetError(
            f"{name}: expected a folder with reports.csv, or the name of a data set ({', '.join(datasets.names())}); got {what}"
        )
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task("reading")
        done = write_sitrep(folder, out, step=lambda text: progress.update(task, description=escape(text)))
    typer.echo(f"{out / 'index.html'}: {done.line}")
    if done.rejected:
        sys.stderr.write(
            f"casualtystats: {done.rejected} rows were not accepted and are not in the page's numbers; the page lists them, "
            f"and so does: casualtystats check {folder}\n"
        )


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="a file of reports, or a folder in the layout of a data set")],
) -> None:
    """Check a file of reports, or every table of a folder, and print the rows that would be rejected.

    Of a folder: reports.csv, and facilities.csv, outages.csv, hits.csv and rounds.csv if they are there. Exit code 1 if any
    row is rejected.

    Example:

      casualtystats check reports.csv
    """
    from casualtystats.sitrep.checked import check_folder, check_reports

    lost = 0
    for checked in check_folder(file) if file.is_dir() else [check_reports(file)]:
        typer.echo(checked.said)
        for line in checked.rejected:
            typer.echo(line)
        lost += len(checked.rejected)
    if lost:
        raise typer.Exit(1)


@app.command("datasets")
def list_datasets() -> None:
    """List the data sets that come with the package."""
    for name in datasets.names():
        typer.echo(f"{name}: {datasets.describe(datasets.folder(name)).get('title', '')}")


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(version("casualtystats"))
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="print the version and end")
    ] = False,
) -> None:
    """Deaths, displacement and facility outages: from published reports to honest numbers."""


def main() -> None:
    """Run the command line; errors of this package end with a sentence and exit code 2."""
    try:
        app()
    except CasualtyStatsError as error:
        sys.stderr.write(f"casualtystats: {error}\n")
        sys.exit(2)
