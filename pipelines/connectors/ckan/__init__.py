"""CKAN's Action API 3: the packages of another portal's catalogue, or the rows of a resource in
its datastore.
"""
