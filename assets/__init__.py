"""What the city has: contracts, and the Dagster assets that are made from them. The only room
that imports dagster.
"""
