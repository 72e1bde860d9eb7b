"""Files dropped into a folder, whole or in a ZIP, chosen by a pattern that may carry the date of
their rows.
"""
