"""What takes too long is called off, what ends in time is not, and one thread watches all."""

import threading
import time

from pipelines.query.deadline import Deadlines


def test_the_late_are_called_off_and_nobody_else() -> None:
    deadlines, called = Deadlines(), []
    with (
        deadlines.within(0.05, lambda: called.append("late")),
        deadlines.within(30, lambda: called.append("far")),
    ):
        for number in range(200):
            with deadlines.within(0.2, lambda number=number: called.append(number)):
                pass
        time.sleep(0.4)
    assert set(called) == {"late"} and len(called) > 1, (
        "called again, since an interruption between two statements is forgotten"
    )
    ended = len(called)
    time.sleep(0.2)
    assert len(called) == ended, "and no more when it has ended"


def test_a_nearer_deadline_is_not_kept_waiting_by_a_farther_one() -> None:
    deadlines, called = Deadlines(), threading.Event()
    with deadlines.within(30, called.clear):
        time.sleep(0.05)
        with deadlines.within(0.05, called.set):
            assert called.wait(5)


def test_one_thread_watches_all() -> None:
    deadlines, before = Deadlines(), threading.active_count()
    for _ in range(50):
        with deadlines.within(10, lambda: None):
            pass
    assert threading.active_count() <= before + 1
