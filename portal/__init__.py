"""Who sees it: the PPID portal, the only room that imports streamlit. It reads releases and
nothing else.
"""
