"""How a figure, a verdict, a citation, a chart is said in words and values. Neither Streamlit
nor Starlette.
"""
