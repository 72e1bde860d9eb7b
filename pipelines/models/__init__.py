"""The SQL models: files of SELECTs, the workbench they run on, what an indicator's row must say,
and which small cells are emptied.
"""
