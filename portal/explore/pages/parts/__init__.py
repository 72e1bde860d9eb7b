"""The sections of a page: of a table (about, build a view, maps, checks, changes, take it along),
shared by datasets and aggregates, and of an indicator (its values).
"""
