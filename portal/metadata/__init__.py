"""What catalogues are told of an open table: one entry, made of its contract or model, and one
file for each vocabulary that is written from it.
"""
