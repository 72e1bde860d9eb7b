"""REST: JSON lists over HTTP in pages of a declared style (single, page, offset, cursor, link),
with a window and a stated total where there is one.
"""
