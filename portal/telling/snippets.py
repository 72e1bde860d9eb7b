"""How to query the open tables directly, as snippets that can be copied and run: shown at ``/sql``
and on the developers' page, run by a test.

There is no SQL to send to the portal: its files are the database. A reader's own DuckDB, pandas or
R has more time and memory than a public server can give everybody, and answers any question.
"""

from dataclasses import dataclass

from portal.data.entry import Entry
from portal.http.address import file_of, url


@dataclass(frozen=True)
class Snippet:
    """One example: its key (its words are ``direct.<key>`` and ``direct.<key>.note``), the
    language it is written in, the tool, and its text.
    """

    key: str
    language: str
    tool: str
    text: str


def examples(entry: Entry) -> list[Snippet]:
    """Return snippets about a table, those that need nothing but its files first and the row API
    after them.
    """
    plain = [field for field in entry.fields if not field.key] or entry.fields
    column = next((field for field in plain if field.type == "string"), plain[0]).name
    return [*_of_files(entry.name, column), *_of_rows(entry.name, column)]


def _of_files(name: str, column: str) -> list[Snippet]:
    parquet, csv = url(file_of(name, "parquet")), url(file_of(name, "csv"))
    local = f"{name}.parquet"
    grouped = (
        f"SELECT \"{column}\", count(*) AS n\nFROM read_parquet('{{}}')\nGROUP BY ALL\nORDER BY n"
        " DESC"
    )
    return [
        Snippet(
            "duckdb",
            "python",
            "DuckDB",
            _lines(
                "import urllib.request",
                "",
                "import duckdb",
                "",
                f'urllib.request.urlretrieve("{parquet}", "{local}")',
                f'print(duckdb.sql("""\n{grouped.format(local)}\n"""))',
            ),
        ),
        Snippet(
            "duckdb_remote",
            "sql",
            "DuckDB",
            _lines("INSTALL httpfs;", "LOAD httpfs;", f"{grouped.format(parquet)};"),
        ),
        Snippet(
            "polars",
            "python",
            "Polars",
            f'import polars as pl\n\ntable = pl.scan_parquet("{parquet}")\n'
            f'print(table.group_by("{column}").len().sort("len", descending=True).collect())',
        ),
        Snippet(
            "pandas",
            "python",
            "pandas",
            _lines(
                "import pandas as pd",
                "",
                f'table = pd.read_csv("{csv}")',
                f'print(table["{column}"].value_counts())',
            ),
        ),
        Snippet(
            "r",
            "r",
            "R",
            _lines(f'table <- read.csv("{csv}")', f'print(table(table[["{column}"]]))'),
        ),
        Snippet(
            "curl_file",
            "sh",
            "curl",
            f'curl --fail --silent --show-error --remote-name "{parquet}"',
        ),
    ]


def _of_rows(name: str, column: str) -> list[Snippet]:
    rows, groups = url(f"/api/v1/tables/{name}/rows"), url(f"/api/v1/tables/{name}/aggregate")
    return [
        Snippet(
            "curl_rows",
            "sh",
            "curl",
            f'curl --fail --silent --show-error "{rows}?filter={column}:not_null&limit=5"',
        ),
        Snippet(
            "curl_groups",
            "sh",
            "curl",
            "curl --fail --silent --show-error"
            f' "{groups}?group={column}&measure=count&sort=-count&format=csv"',
        ),
        Snippet(
            "pages",
            "python",
            "Python",
            _lines(
                "import json",
                "import urllib.request",
                "",
                f'page, rows = "{rows}?limit=1000", []',
                "while page:",
                "    with urllib.request.urlopen(page) as answer:",
                "        found = json.load(answer)",
                '    rows += found["rows"]',
                '    page = found["next"]',
                'assert len(rows) == found["total"]',
                "print(len(rows))",
            ),
        ),
    ]


def _lines(*lines: str) -> str:
    return "\n".join(lines)
