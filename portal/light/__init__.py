"""Pages made on the server that need no JavaScript: small, stable addresses, in two languages,
and the feeds and lists that lead to them.
"""
