"""What reports say together: which of them overlap, lie inside one another, or take another's place."""

from casualtystats.ledger.keys import DIMENSIONS, Keys
from casualtystats.ledger.overlap import Overlap, find_overlaps
from casualtystats.ledger.relations import relations
from casualtystats.ledger.rules import Resolution, resolve

__all__ = ["DIMENSIONS", "Keys", "Overlap", "Resolution", "find_overlaps", "relations", "resolve"]
