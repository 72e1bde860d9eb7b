"""GTFS and GTFS-Realtime: a feed kept whole, once a dataset, of which ``records`` reads the
table that is meant.
"""
