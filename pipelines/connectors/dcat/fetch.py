"""A DCAT catalogue (https://www.w3.org/TR/vocab-dcat-3/) over HTTP in Turtle, JSON-LD or RDF/XML,
along Hydra's pages.

A record is a `dcat:Dataset`; `pipelines/records/rdf.py` says how its properties become fields. The
pages are kept as they came. `hydra:next` (or `hydra:nextPage`) is followed on the same server and
to no page twice; where `hydra:totalItems` is stated, the datasets are counted against it. The
catalogue says what is so now, so the dataset is a snapshot. Nothing a document refers to is ever
fetched.
"""

from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from rdflib import DCAT, RDF, Graph, Namespace, URIRef

from pipelines.connectors.http.client import (
    UNTOLD,
    Answer,
    Form,
    address_of,
    count_of,
    http,
    same_place,
)
from pipelines.contract.model import Dataset
from pipelines.errors import SourceError
from pipelines.lake.delivery import Part, Window
from pipelines.records.rdf import parsed
from pipelines.records.syntaxes import SYNTAXES

HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
KINDS = {syntax.ending: extension for extension, syntax in SYNTAXES.items()}
"""End of the content type -> extension under which the page is kept."""
ACCEPT = ", ".join(
    f"{syntax.media_type};q={1 - place / 10:g}" for place, syntax in enumerate(SYNTAXES.values())
)
RDF_FORM = Form("RDF", ACCEPT, (*KINDS, *UNTOLD))
MOST_PAGES = 10_000


def fetch(dataset: Dataset, window: Window) -> Iterator[Part]:
    """Yield one Part a page, as delivered; SourceError when the datasets are fewer than stated,
    or the pages run in a circle.
    """
    if dataset.delivery != "snapshot":
        raise SourceError(
            f"{dataset.id}: a catalogue says what is so now, so no past {dataset.partition} can be"
            " asked for; make the delivery snapshot"
        )
    url, params = address_of(dataset), dict(dataset.source.fetch.get("params") or {}) or None
    visited, datasets, stated = {url}, set(), None
    with http(dataset) as client:
        for number in range(1, MOST_PAGES + 1):
            answer = client.get(url, params, RDF_FORM)
            where, extension = f"{dataset.id}: {answer.url}", _extension(dataset, answer)
            graph = parsed(answer.body, extension, answer.url, where)
            visited.add(answer.url)
            on_page = set(graph.subjects(RDF.type, DCAT.Dataset))
            if not on_page and not _is_catalogue(graph):
                raise SourceError(
                    f"{where}: neither a dcat:Catalog nor a dcat:Dataset is in it; put the"
                    " catalogue's own address in the contract"
                )
            datasets |= {node if isinstance(node, URIRef) else (number, node) for node in on_page}
            total = count_of(next(graph.objects(None, HYDRA.totalItems), None))
            stated = stated if total is None else total
            yield Part(f"page-{number:05d}{extension}", answer.body, answer.url)
            following = next(
                (
                    node
                    for name in (HYDRA.next, HYDRA.nextPage)
                    for node in graph.objects(None, name)
                ),
                None,
            )
            if following is None:
                break
            url, params = same_place(dataset, str(following)), None
            if url in visited:
                raise SourceError(
                    f"{where}: its next page was read already; tell the owner that the paging runs"
                    " in a circle"
                )
            visited.add(url)
        else:
            raise SourceError(
                f"{dataset.id}: {address_of(dataset)}: more than {MOST_PAGES} pages; ask the owner"
                " for larger ones"
            )
    if stated is not None and len(datasets) != stated:
        raise SourceError(
            f"{dataset.id}: {address_of(dataset)}: states {stated} datasets but delivered"
            f" {len(datasets)}; nothing was taken. Run again later"
        )


def _extension(dataset: Dataset, answer: Answer) -> str:
    kind = answer.headers.get("content-type", "").split(";")[0].strip().lower()
    form = next(
        (extension for end, extension in KINDS.items() if kind.endswith(end)),
        PurePosixPath(urlsplit(answer.url).path).suffix,
    )
    if form not in KINDS.values():
        raise SourceError(
            f"{dataset.id}: {answer.url}: does not say whether it is Turtle, JSON-LD or RDF/XML"
            f" ('{kind}'); ask for one of them by its address"
        )
    return form


def _is_catalogue(graph: Graph) -> bool:
    return next(graph.subjects(RDF.type, DCAT.Catalog), None) is not None
