"""The release: which version of every table the public sees, how one is opened and compared with
another, and what it corrects of the one before.
"""
