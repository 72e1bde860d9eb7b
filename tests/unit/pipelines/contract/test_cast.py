"""A delivered text as a typed value: nothing guessed, and of an object only what is to be kept."""

import duckdb
import pytest

from pipelines.contract.cast import cast
from pipelines.contract.model import Column, Text
from pipelines.contract.types import STORED, logical

READ = [
    ("string", (), " 007 ", " 007 "),
    ("integer", (), "42", "42"),
    ("integer", (), " -7 ", "-7"),
    ("integer", (), "+7", "7"),
    ("integer", (), "7 8", None),
    ("integer", (), "4.0", None),
    ("integer", (), "1e3", None),
    ("integer", (), "9" * 30, None),
    ("number", (), "1.50", "1.5"),
    ("number", (), "1,50", None),
    ("number", (), " -.5 ", "-0.5"),
    ("number", (), "2.", "2.0"),
    ("number", (), "1.5E-2", "0.015"),
    ("number", (), "1e3", "1000.0"),
    ("number", (), "1_000", None),
    ("number", (), "NaN", None),
    ("number", (), "inf", None),
    ("number", (), "1e400", None),
    ("boolean", (), "TRUE", "true"),
    ("boolean", (), "0", "false"),
    ("boolean", (), "1", "true"),
    ("boolean", (), "False", "false"),
    ("boolean", (), "ya", None),
    ("date", (), "2026-01-31", "2026-01-31"),
    ("date", (), "2026-02-30", None),
    ("date", (), "31/01/2026", None),
    ("date", ("%d/%m/%Y", "%Y-%m-%d"), "31/01/2026", "2026-01-31"),
    ("date", ("%d/%m/%Y", "%Y-%m-%d"), "2026-01-31", "2026-01-31"),
    ("date", ("%d/%m/%Y",), "31/01/26", None),
    ("date", ("%d/%m/%y",), "31/01/26", "2026-01-31"),
    ("date", ("excel-serial",), "44926", "2022-12-31"),
    ("date", ("excel-serial",), "-5", None),
    ("date", ("excel-serial",), "61", "1900-03-01"),
    ("date", ("excel-serial",), "60", None),
    ("date", ("excel-serial",), "0", None),
    ("date", ("excel-serial",), "2958465", "9999-12-31"),
    ("date", ("excel-serial",), "2958466", None),
    ("date", (), "2026-01-31 ", None),
    ("date", ("%Y-%m-%d",), "0999-01-31", None),
    ("date", ("%Y-%m-%d",), "1000-01-31", "1000-01-31"),
    ("timestamp", (), "2026-01-31T08:00:00+07:00", "2026-01-31 01:00:00+00"),
    ("timestamp", (), "2026-01-31T08:00+07:00", "2026-01-31 01:00:00+00"),
    ("timestamp", (), "2026-01-31T08:00Z", "2026-01-31 08:00:00+00"),
    ("timestamp", (), "2026-01-31 08:00-0330", "2026-01-31 11:30:00+00"),
    ("timestamp", (), "2026-01-31 08:00+07", "2026-01-31 01:00:00+00"),
    ("timestamp", (), "2026-01-31T08+07:00", None),
    ("timestamp", (), "2026-01-31T08:00:00Z", "2026-01-31 08:00:00+00"),
    ("timestamp", (), "2026-01-31 08:00", "2026-01-31 01:00:00+00"),
    ("timestamp", (), "2026-01-31 25:00", None),
    ("timestamp", (), "2026-01-31 08:00:00.25+0730", "2026-01-31 00:30:00.25+00"),
    ("timestamp", (), "2026-01-31T08:00:00+07", "2026-01-31 01:00:00+00"),
    ("timestamp", (), "2026-01-31", None),
    ("timestamp", ("%d/%m/%Y %H:%M",), "31/01/2026 08:00", "2026-01-31 01:00:00+00"),
    ("timestamp", ("excel-serial",), "44926.5", "2022-12-31 05:00:00+00"),
    ("timestamp", ("unix-seconds",), "1769821200", "2026-01-31 01:00:00+00"),
    ("timestamp", ("unix-seconds",), "1769821200.5", None),
    ("timestamp", ("unix-seconds",), "0", "1970-01-01 00:00:00+00"),
    ("timestamp", ("%Y-%m-%d %H:%M %z",), "2026-01-31 08:00 +07:00", "2026-01-31 01:00:00+00"),
    ("timestamp", ("%d/%m/%Y %H:%M", "unix-seconds"), "1769821200", "2026-01-31 01:00:00+00"),
    ("object", (), '{"a": 1}', '{"a": 1}'),
    ("object", (), "[1]", None),
    ("array", (), "[1]", "[1]"),
    ("array", (), "x", None),
]


KEPT = [
    (
        "array",
        ("name",),
        (
            '[{"name": "CV A", "id": "1571010508950001", "contactPoint": {"name": "Warga"}},'
            ' {"name": {"x": 1}}, "1571", 7]'
        ),
        '[{"name":"CV A"},{"name":null},{"name":null},{"name":null}]',
    ),
    (
        "array",
        ("dcat:mediaType",),
        '[{"dcat:mediaType": "text/csv", "a": 1}]',
        '[{"dcat:mediaType":"text/csv"}]',
    ),
    ("array", (), '["a", {"nik": "1571010508950001"}, ["b"], 2]', '["a",null,null,2]'),
    (
        "object",
        ("lat", 'a"b'),
        '{"lat": -1.6, "a\\"b": "c", "owner": "Warga"}',
        '{"lat":-1.6,"a\\"b":"c"}',
    ),
    ("array", ("name",), "[]", "[]"),
    ("object", ("a",), "[]", None),
    ("object", ("a/b", "c~d"), '{"a/b": 1, "c~d": 2, "a": {"b": 3}}', '{"a/b":1,"c~d":2}'),
]


@pytest.mark.parametrize(("kind", "kept", "text", "value"), KEPT)
def test_of_a_list_or_object_only_the_stated_fields_are_kept(
    kind: str, kept: tuple[str, ...], text: str, value: str | None
) -> None:
    column = Column("a", "a", kind, Text("", ""), "public", (), kept=kept)
    with duckdb.connect() as con:
        assert con.execute(f"SELECT {cast(column, '$1::VARCHAR')}", [text]).fetchall() == [(value,)]


@pytest.mark.parametrize(("kind", "formats", "text", "value"), READ)
def test_a_text_is_read_or_refused_never_guessed(
    kind: str, formats: tuple[str, ...], text: str, value: str | None
) -> None:
    column = Column(
        "a", "a", kind, Text("", ""), "public", (), formats=formats, timezone="Asia/Jakarta"
    )
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        assert con.execute(
            f"SELECT ({cast(column, 't')}::{STORED[kind]})::VARCHAR FROM (SELECT ? AS t)", [text]
        ).fetchall() == [(value,)]


@pytest.mark.parametrize(
    ("stored", "kind"),
    [
        ("VARCHAR", "string"),
        ("VARCHAR[]", "array"),
        ("DECIMAL(18,3)", "number"),
        ("DOUBLE", "number"),
        ("HUGEINT", "integer"),
        ("BOOLEAN", "boolean"),
        ("DATE", "date"),
        ("TIMESTAMP WITH TIME ZONE", "timestamp"),
        ("STRUCT(a DECIMAL(9,2))", "object"),
        ("MAP(VARCHAR, INTEGER)", "object"),
        ("BLOB", "string"),
    ],
)
def test_a_columns_type_is_told_from_how_it_is_stored(stored: str, kind: str) -> None:
    assert logical(stored) == kind
