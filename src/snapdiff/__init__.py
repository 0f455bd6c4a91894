"""snapdiff finds memory leaks in Python programs and proves them."""
