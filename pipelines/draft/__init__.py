"""A contract drafted from what is there: a source is read by the connectors and readers that will
read it, its fields are profiled, and the contract is written with what could not be known marked
TODO. The only room that imports Polars; it leaves nothing in a lake.
"""
