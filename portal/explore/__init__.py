"""The pages that one explores in, made with Streamlit: the only room that imports it. Pages,
what they are built of, sessions and their limit.
"""
