"""What a client wants, by its headers: right ones, odd ones and long ones."""

import time

import pytest
from starlette.datastructures import Headers

from portal.http.negotiation import client_has, is_for_people, preferred, takes_gzip

ROWS = ("application/json", "application/x-ndjson", "text/csv", "application/vnd.apache.parquet")
HEADERS = ("accept", "accept-encoding", "if-none-match")
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", None),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("text/*", "text/csv"),
        (BROWSER, "application/json"),
        ("text/csv;q=0, application/json", "application/json"),
        ("text/csv;q=0, */*", "application/json"),
        ("application/json;q=0, */*;q=0.1", "application/x-ndjson"),
        ("text/*;q=0.9, text/csv;q=0.1, application/json;q=0.5", "application/json"),
        ("text/csv, application/json", "text/csv"),
        ("application/json, text/csv", "application/json"),
        ("*/*, text/csv", "text/csv"),
        ("text/csv;q=0.1, application/json;q=0.9", "application/json"),
        ('text/csv; header=present; q=0.9, application/json; x="a,b;q=1"; q=0.2', "text/csv"),
        ("TEXT/CSV ; Q=0.5", "text/csv"),
        ("text/csv;q=0", None),
        ("image/png", None),
        ("text/csv;q=2, application/x-ndjson;q=nan", None),
        ("text/csv;q=-1, application/x-ndjson;q=0.001", "application/x-ndjson"),
        ("csv, text/, /csv, */csv, ;;,,q=1;text/csv", None),
        ('text/csv;x="never closed', None),
        ("text/csv\xff, \x85application/json", None),
    ],
)
def test_what_is_liked_best_is_chosen_and_what_is_refused_never(
    accept: str, chosen: str | None
) -> None:
    assert preferred(Headers(raw=[(b"accept", accept.encode("latin-1"))]), ROWS) == chosen


def test_a_header_that_is_there_twice_is_one_list() -> None:
    twice = Headers(raw=[(b"accept", b"text/csv;q=0.2"), (b"accept", b"application/x-ndjson")])
    assert preferred(twice, ROWS) == "application/x-ndjson"
    assert client_has(
        Headers(raw=[(b"if-none-match", b'"a"'), (b"if-none-match", b'"b"')]), '"b"'
    ) and takes_gzip(Headers(raw=[(b"accept-encoding", b"br"), (b"accept-encoding", b"gzip")]))


@pytest.mark.parametrize(
    ("accept", "people"),
    [
        (BROWSER, True),
        ("Text/HTML", True),
        ("application/json, text/html;q=0.1", True),
        ("", False),
        ("*/*", False),
        ("text/*", False),
        ("application/json", False),
        ("text/html;q=0, application/json", False),
        ("text/html-ish", False),
        ('application/json;x="text/html"', False),
    ],
)
def test_who_names_pages_reads_them(accept: str, people: bool) -> None:
    assert is_for_people(Headers({"accept": accept})) == people


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ('"a"', True),
        ('W/"a"', True),
        ('"x", W/"a"', True),
        ('"x","a"', True),
        (" * ", True),
        ("", False),
        ('"b"', False),
        ('"x, "a', False),
        ('"A"', False),
        ('w/"b"', False),
    ],
)
def test_a_tag_is_compared_weakly(said: str, kept: bool) -> None:
    for etag in ('"a"', 'W/"a"'):
        assert client_has(Headers({"if-none-match": said}), etag) == kept
    assert client_has(Headers({"if-none-match": '"a,b", "c"'}), '"a,b"'), "a comma inside a tag"


def test_no_header_takes_long_to_read() -> None:
    for part in (",", '"', ";", "\\", "a/b;", 'a;b="', "a/b,", "a/b;q=0.5,", ";x*1*=%41", " "):
        long = Headers({name: part * (32_000 // len(part)) for name in HEADERS})
        begun = time.process_time()
        preferred(long, ROWS), is_for_people(long), takes_gzip(long), client_has(long, '"a"')
        took = time.process_time() - begun
        assert took < 5, f"{part} took {took} s; squared in its length it would take a minute"
