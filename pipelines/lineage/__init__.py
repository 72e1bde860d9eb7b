"""What a figure is made of, read from contracts and SQL each time: tables, columns, and the same
told as OpenLineage and PROV-O.
"""
