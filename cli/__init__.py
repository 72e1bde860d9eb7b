"""The command line ``lumbung``: the one place that may import every room; nothing imports it."""
