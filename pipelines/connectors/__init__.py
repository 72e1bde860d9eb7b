"""One folder a protocol: ``fetch(dataset, window)`` yields the Parts of a delivery; the folder's
name is what a contract names. ``http/`` is what several share.
"""
