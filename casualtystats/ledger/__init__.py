"""What reports say together: overlaps and rules for them, and the ledger of bounds and contradictions."""

from casualtystats.ledger.best import Best
from casualtystats.ledger.keys import DIMENSIONS, Keys
from casualtystats.ledger.ledger import Ledger
from casualtystats.ledger.options import LedgerOptions
from casualtystats.ledger.overlap import Overlap, find_overlaps
from casualtystats.ledger.relations import relations
from casualtystats.ledger.results import Bounds, Contradiction, Contradictions, Explanation
from casualtystats.ledger.rules import Resolution, resolve

__all__ = [
    "DIMENSIONS",
    "Best",
    "Bounds",
    "Contradiction",
    "Contradictions",
    "Explanation",
    "Keys",
    "Ledger",
    "LedgerOptions",
    "Overlap",
    "Resolution",
    "find_overlaps",
    "relations",
    "resolve",
]
