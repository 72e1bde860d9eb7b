"""A loopback city speaking the real protocols; every person, complaint and reading in it is made
up. Only the CLI's demo and tests import it.
"""
