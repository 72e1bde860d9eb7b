"""The only room of the portal that reads the release; the pages, the API and the catalogues ask
here. No closed column is known: a release has none.
"""
