"""Bytes to rows: every form a delivery can have (CSV, JSON, workbooks, GTFS, OCDS, RDF …) opened
as one table of texts, nothing lost and nothing guessed.
"""
