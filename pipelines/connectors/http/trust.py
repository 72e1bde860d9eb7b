"""Which authorities a web server's certificate may be signed by: those that httpx brings, read once
a process. To read them takes longer than most answers.
"""

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """Return what every client checks a server's certificate against."""
    return httpx.create_ssl_context(trust_env=False)
