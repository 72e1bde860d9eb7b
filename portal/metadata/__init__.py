"""How an open table is described for catalogues and tools: a module for each vocabulary, all made
of the one entry that pages and files use too.
"""
