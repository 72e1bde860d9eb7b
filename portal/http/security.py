"""What a browser may do with an answer, by the kind of answer: the security headers and what other
sites' pages may read (CORS). Nothing else of the portal names these headers.

``Outgoing`` puts them on every answer, ``rate_limit`` opens the machine endpoints to other sites. A
page runs no script; ``connect-src`` is there for auditors, Lighthouse among them, which fetch
robots.txt from within the page. Streamlit's pages build themselves by script and style, so no
policy of ours fits them. https://owasp.org/www-project-secure-headers/
"""

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
OUTSIDE_STREAMLIT = {"Permissions-Policy": "camera=(), geolocation=(), microphone=()"}
PAGE = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action"
        " 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}
DATA = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000"}
OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Accept-Ranges, Content-Disposition, Content-Range, ETag, Link, RateLimit,"
        " RateLimit-Policy, Repr-Digest, Retry-After, X-Lumbung-Release, X-Total-Count"
    ),
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",
}


def security_headers(
    media_type: str, status: int, *, streamlit: bool, https: bool
) -> dict[str, str]:
    """Return the headers of an answer of a media type (empty for one without content).

    A 304 says no policy: what the client has kept keeps the one it came with.
    """
    headers = EVERYWHERE | (HTTPS_ONLY if https else {})
    if streamlit:
        return headers
    if status == 304:
        return headers | OUTSIDE_STREAMLIT
    is_page = media_type.partition(";")[0].strip() == "text/html"
    return headers | OUTSIDE_STREAMLIT | (PAGE if is_page else DATA)
