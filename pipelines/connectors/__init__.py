"""One folder a protocol, and the folder's name is what a contract names: ``facts.py`` declares what
its contracts must say, ``fetch.py``'s one function yields the Parts of a delivery. ``registry.py``
names them all; ``http/`` and ``dropped/`` are what several share.
"""
