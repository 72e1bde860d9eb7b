"""One module a Streamlit page, each with ``show``; which there are and where they stand in the
menu is said in ``sections``.
"""
