"""One page a file; each has ``show(release, lang)``."""
