"""Sharp bounds of sums of cells: the cells that reports tell apart, shortest paths, linear programmes, and least relaxations."""
