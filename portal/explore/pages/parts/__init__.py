"""The sections of a table's page: about, build a view, maps, checks, changes, take it along.
Each is shared by datasets and aggregates.
"""
