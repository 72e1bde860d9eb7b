"""How data moves: contracts, connectors, the lake, refinement, SQL, releases. Plain Python: no
dagster, no Great Expectations, no Streamlit.
"""
