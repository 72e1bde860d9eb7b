"""OCDS: releases, records or packages over HTTP, page after page; merging is done when they are
read, never to what is kept.
"""
