"""The one script that Streamlit runs. In a folder of its own: what lies beside it in ``pages/``
would be taken for scripts too.
"""
