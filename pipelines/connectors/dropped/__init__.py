"""What the connectors that read dropped files share: which names are meant, which partition a name
states, what a file really is. No way to a folder of its own.
"""
