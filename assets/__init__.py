"""What the city has: contracts, registers, and the Dagster assets and schedules made from them. The
only room that imports dagster.
"""
