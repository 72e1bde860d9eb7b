"""CKAN's Action API as its clients read it: packages, searches and datastore rows, made of our
own entries and row API.
"""
