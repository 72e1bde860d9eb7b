"""What the portal knows of a release, the only room of it that reads one: tables, the catalogue's
list with its facets and search, freshness, versions. No closed column is known: a release has none.
"""
