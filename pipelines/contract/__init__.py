"""What a contract says: ODCS YAML read once into small frozen values (Contract, Dataset, Column,
Rule, Source), every mistake told with its line and remedy.
"""
