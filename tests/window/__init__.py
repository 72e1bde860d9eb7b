"""The public window under load and beside its peers: `make load`, and part (h) of `make bench`.
Measures, never assertions: machines are noisy.
"""
