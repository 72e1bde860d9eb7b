"""The picture of lineage on the page of a dataset and of a mart: boxes, arrows and words in the
chosen language, and the same as a list.
"""

import pytest
from streamlit.testing.v1 import AppTest

from pipelines.contract.model import Text
from pipelines.lineage.graph import Graph, Node
from portal.explore.lineage import dot
from tests.released import SmallHouse

pytestmark = pytest.mark.xdist_group("lineage")


def page() -> None:
    import streamlit

    from portal.data.release import current
    from portal.explore.pages import dataset

    release = current()
    assert release is not None
    dataset.show(release, streamlit.query_params.get("lang", "id"))


@pytest.mark.parametrize("asked", ["hujan.rain", "mart.rain_daily"])
@pytest.mark.parametrize(
    ("lang", "title", "lines"),
    [
        (
            "id",
            "Asal-usul dan turunan",
            [
                "Sistem: Pos hujan",
                (
                    "Agregat: [Hujan harian](/app/dataset?id=mart.rain_daily) (dibuat dari Curah"
                    " hujan)"
                ),
            ],
        ),
        (
            "en",
            "Lineage",
            [
                "Dataset: [Rainfall](/app/dataset?id=hujan.rain&lang=en)",
                "Indicator: [Rainy days](/app/kpi?id=rainy_days&lang=en) (made of Daily rain)",
            ],
        ),
    ],
)
def test_the_page_draws_lineage_and_says_it(
    asked: str, lang: str, title: str, lines: list[str], house: SmallHouse, monkeypatch
) -> None:
    monkeypatch.setenv("LUMBUNG_LAKE", str(house.lake.root))
    shown = AppTest.from_function(page, default_timeout=30)
    shown.query_params["id"], shown.query_params["lang"] = asked, lang
    shown.run()
    assert not shown.exception and title in [header.value for header in shown.header]
    drawn = shown.get("graphviz_chart")[0].proto.spec
    arrows = (
        '"hujan" -> "hujan.rain"',
        '"hujan.rain" -> "mart.rain_daily"',
        '"mart.rain_daily" -> "kpi.rainy_days"',
    )
    assert (
        all(arrow in drawn for arrow in arrows)
        and ("Curah hujan" if lang == "id" else "Rainfall") in drawn
    )
    said = "\n".join(text.value for text in shown.markdown)
    assert all(line in said for line in lines), said


def test_a_title_cannot_break_out_of_its_box() -> None:
    node = Node("a", "system", Text('x"]; b [label="y\\', 'x"]; b [label="y\\'), "")
    assert dot(Graph({"a": node}, frozenset()), "a", "id").count('\\"') == 2 and "y\\\\" in dot(
        Graph({"a": node}, frozenset()), "a", "id"
    )
