"""Dated rules and tables the city counts by, each with its law or standard: regions, working days,
clocks and bands of laws, indices.
"""
