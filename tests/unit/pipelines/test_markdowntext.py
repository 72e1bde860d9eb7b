"""What somebody else wrote is shown within Markdown as written, and nothing of it is live."""

from pathlib import Path

import pyarrow as pa
import pytest
from markdown_it import MarkdownIt

from assets.ingest import _previews
from pipelines.lake.lake import Lake
from pipelines.markdowntext import as_written
from tests.sample import put, sample_dataset

LIVE = (
    "![x](/graphql?query=mutation)",
    "[tap](https://evil.example)",
    "https://evil.example/x",
    "orang@contoh.example",
    "<img src=x onerror=alert(1)>",
    "<https://evil.example>",
    "a | b | c",
    "`code` **bold** ~~gone~~ # head",
    "1\n\n# 2",
    "&lt;b&gt;",
)


@pytest.mark.parametrize("text", LIVE)
def test_a_text_is_shown_and_not_live(text: str) -> None:
    written = MarkdownIt("commonmark", {"html": True}).render(as_written(text))
    assert written.startswith("<p>") and written.count("<") == 2


def test_a_preview_in_dagster_shows_a_citizens_text_and_runs_nothing(tmp_path: Path) -> None:
    dataset, lake = sample_dataset(tmp_path), Lake(tmp_path / "lake")
    table = lake.dataset_table("public", dataset.id)
    names = [column.name for column in dataset.public_columns]
    texts = {name: pa.array(LIVE) for name in names}
    rows = pa.table({**texts, "_partition": pa.array(["2026-01-01"] * len(LIVE))})
    put(lake, table, ["2026-01-01"], rows)
    shown = MarkdownIt("commonmark", {"html": True}).enable("table")
    html = shown.render(_previews(lake, dataset, table, ["2026-01-01"])["2026-01-01"])
    assert html.count("<tr>") == 6 and html.count("<td>") == 5 * len(names)
    assert not [tag for tag in ("<img", "<a", "<b>", "<code", "<strong", "<h1") if tag in html]
