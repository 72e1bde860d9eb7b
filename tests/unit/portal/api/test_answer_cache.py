"""An answer is said again without asking the engine, within bounds, and nobody who changes one
answer changes the next.
"""

from starlette.responses import Response, StreamingResponse

from portal.api import answer_cache
from portal.api.answer_cache import AnswerCache


def store(held: AnswerCache, name: str, size: int = 10) -> Response:
    headers = {"ETag": name}
    return held.keep(
        (name, b""), Response(b"a" * size, media_type="application/json", headers=headers), headers
    )


def test_the_same_question_gets_the_same_answer_and_another_none() -> None:
    held = AnswerCache()
    first = store(held, "one")
    again = held.get(("one", b""))
    assert again and (again.body, again.media_type, again.headers["etag"]) == (
        first.body,
        "application/json",
        "one",
    )
    again.headers["etag"] = "changed"
    assert held.get(("one", b"")).headers["etag"] == "one"  # type: ignore[union-attr]
    assert held.get(("one", b"limit=1")) is None and held.get(("two", b"")) is None


def test_the_least_lately_asked_goes_first_and_nothing_large_is_held() -> None:
    held, size = AnswerCache(), answer_cache.LARGEST
    for number in range(answer_cache.MOST // size - 1):
        store(held, str(number), size)
    held.get(("0", b""))
    store(held, "last", size // 2)
    store(held, "more", size)
    assert held.get(("0", b"")) and held.get(("more", b"")) and held.get(("1", b"")) is None
    store(held, "more", size)
    assert (
        held.size
        == sum(answer_cache.weight(*item) for item in held.held.items())
        <= answer_cache.MOST
    )
    store(held, "huge", size + 1)
    assert held.get(("huge", b"")) is None


def test_long_questions_of_short_answers_are_bounded_too() -> None:
    held = AnswerCache()
    for number in range(10_000):
        held.keep(("e", b"%d" % number + b"a" * 8000), Response(b"x"), {})
    assert len(held.held) * 8000 < held.size <= answer_cache.MOST


def test_errors_and_streams_are_not_held() -> None:
    held = AnswerCache()
    held.keep(("error", b""), Response(b"x", 503), {})
    held.keep(("stream", b""), StreamingResponse(iter([b"x"])), {})
    assert not held.held and not held.size
