"""Rebuilds what was published from its receipts and compares: values, tables, partitions of
datasets, files, the file of views.
"""
