"""Workbooks (XLSX) as tables of texts: which parts a workbook has, what a cell says, and the rows
of a sheet one after the other, in memory for the cells that are there.
"""
