"""A progress bar on standard error, where a terminal is there to show it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager

__all__ = ["progress_bar"]


@contextmanager
def progress_bar(text: str, total: int, shown: bool | None = None) -> Generator[Callable[[], None]]:
    """A bar with what is done, of how much, and how long the rest will take; its step is called once a part.

    Parameters
    ----------
    text : str
        What is being done.
    total : int
        Number of parts.
    shown : bool, optional
        By default where standard error is a terminal.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    visible = console.is_terminal if shown is None else shown
    done = TextColumn("{task.completed:.0f} of {task.total:.0f}")
    columns = (TextColumn("{task.description}"), BarColumn(), done, TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not visible) as bar:
        task = bar.add_task(text, total=total)
        yield lambda: bar.update(task, advance=1)
