"""The growth of many areas at once."""
