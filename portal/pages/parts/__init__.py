"""Sections of the dataset page, each drawn of a release and one table of it."""
