"""DCAT as its readers ask for it: DCAT-AP of one table, the catalogue with Hydra pages, and
DCAT-US.
"""
