"""What the portal knows of a release: the only room of it that reads one; pages, API and catalogues
ask here. No closed column is known: a release has none.
"""
