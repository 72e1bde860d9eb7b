"""What a source wrote tells a terminal nothing."""

import io

import pytest

from cli import show
from cli.terminal import Terminal, printable

HOSTILE = "a\x1b[2J\x07\x9b31m\rb\u202ec\u2028d"
TOLD = "a\\x1b[2J\\x07\\x9b31m\\rb\\u202ec\\u2028d"


def test_what_steers_a_terminal_is_escaped_and_nothing_else() -> None:
    assert printable(HOSTILE) == TOLD
    plain = "Jl. Sudirman 5 – “é”\u00a0😀\n\tbaris"
    assert printable(plain) == plain


def test_neither_lines_nor_tables_steer_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    console = Terminal(file=out, width=200, highlight=False)
    console.print(f"error: {HOSTILE}", style="red", markup=False, soft_wrap=True)
    monkeypatch.setattr(show, "CONSOLE", console)
    show.table("uji", ["kolom"], [{"kolom": HOSTILE}])
    assert out.getvalue().count(TOLD) == 2
    assert not {"\x1b", "\x07", "\x9b", "\r"} & {*out.getvalue()}
