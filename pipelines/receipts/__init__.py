"""Receipts: what a table's rows need to be rebuilt (SQL, inputs at their versions, contracts,
code, engine), as JSON under its own hash.
"""
