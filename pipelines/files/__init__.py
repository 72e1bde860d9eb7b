"""The files a release is handed out in: every open table in every form, made once, described by
itself, in folders that releases share.
"""
