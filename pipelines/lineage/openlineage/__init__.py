"""A run told as OpenLineage (https://openlineage.io): what an event says, the facets of its tables,
and where it is sent.

Never a value of a row.
"""
