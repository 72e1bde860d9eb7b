"""What machines ask for: files, rows and aggregates, the CKAN Action API, receipts. Each module
says its own routes; HTTP manners are ``answers``.
"""
