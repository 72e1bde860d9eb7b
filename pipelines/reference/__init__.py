"""Dated rules and registers the city counts by, each with its law or standard: working days,
ISPU.
"""
