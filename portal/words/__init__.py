"""Every word of the portal in Bahasa Indonesia and English: a file for each part of it, put
together and written in ``say.py``.
"""
