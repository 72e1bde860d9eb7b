"""Facts of ``fetch`` that say how a delivered file is read, whichever connector brought it.

Declared here, read by the form's own module in this room; a connector takes them into its
declaration.
"""

from pipelines.contract.fact import Fact

READING = (
    Fact("records", "where the list stands in a JSON answer: `$` (the default) or a dotted path"),
    Fact("explode", "a list inside each record, such as `awards`, whose elements are the rows"),
    Fact(
        "unpivot",
        "a wide table made long: the fields to keep, what the others' names and values are called",
        inner=("keep", "name", "value"),
    ),
    Fact(
        "csv",
        "the delimiter and the encoding (found unless given), the lines above the header",
        inner=("delimiter", "encoding", "header_row"),
    ),
    Fact("sheet", "the sheet of a workbook, the first that is not hidden unless given"),
)
