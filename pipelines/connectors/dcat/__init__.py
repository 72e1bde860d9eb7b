"""DCAT catalogues as RDF over HTTP (Turtle, XML, JSON-LD), page after page by Hydra; nothing a
document names is looked up.
"""
