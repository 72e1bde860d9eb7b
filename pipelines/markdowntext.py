"""A text of somebody else's within Markdown: it is shown as it was written, and nothing in it is a
link, a picture or a table.
"""

_LETTERS = "\\`*_{}[]()#!|<>~$&:@"
ESCAPED = str.maketrans({letter: f"&#{ord(letter)};" for letter in _LETTERS} | {"\n": " "})
"""What ``str.translate`` makes of each letter that Markdown reads, of a bare address among them."""


def as_written(text: object) -> str:
    """Return a value as Markdown that shows its text."""
    return str(text).translate(ESCAPED)
