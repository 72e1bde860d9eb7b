"""OGC SensorThings: the observations of a window, page by page through the links that the
service gives.
"""
