"""The lake: the only room that knows a path or a table. Deliveries and what passes between the
steps, partitions, verdicts, the views over a table's files.
"""
