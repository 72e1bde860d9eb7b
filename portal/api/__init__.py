"""What programs request: files, rows and aggregates, the CKAN Action API, receipts. Each module has
its own routes; how an answer is cached or refused is ``http``'s business.
"""
