"""A served portal as its users see it: by its address alone, each answer parsed back."""

import io
import json
import urllib.request
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl
import rdflib
from rdflib.namespace import DCAT, DCTERMS

HYDRA = rdflib.Namespace("http://www.w3.org/ns/hydra/core#")


@dataclass(frozen=True)
class Portal:
    """Where a portal is, and the lake it serves."""

    address: str

    def get(self, path: str) -> bytes:
        """Return what stands at a path, or at an absolute address."""
        with urllib.request.urlopen(
            path if path.startswith("http") else self.address + path, timeout=120
        ) as answer:
            return answer.read()

    def json(self, path: str) -> Any:
        """Return the JSON document at a path."""
        return json.loads(self.get(path))

    def rows(self, name: str) -> pl.DataFrame:
        """Return a table's rows, from its Parquet file."""
        return pl.read_parquet(io.BytesIO(self.get(f"/download/{name}.parquet")))

    @cached_property
    def data_json(self) -> dict[str, Any]:
        """The DCAT-US catalogue."""
        return self.json("/data.json")

    @cached_property
    def names(self) -> list[str]:
        """The names of all published tables, as their page's address says them."""
        return [
            dataset["describedBy"].rpartition("/d/")[2].partition("/")[0]
            for dataset in self.data_json["dataset"]
        ]

    @cached_property
    def pages(self) -> list[rdflib.Graph]:
        """The pages of the RDF catalogue, followed by their own links."""
        found, address = [], f"{self.address}/catalog.ttl"
        while address:
            found.append(rdflib.Graph().parse(data=self.get(address), format="turtle"))
            address = next(
                (str(following) for following in found[-1].objects(None, HYDRA.next)), ""
            )
        return found

    @cached_property
    def catalogue(self) -> dict[str, tuple[rdflib.Graph, rdflib.term.Node]]:
        """Every dataset of the RDF catalogue by its identifier: the page it stands on, and
        itself.
        """
        return {
            str(page.value(dataset, DCTERMS.identifier)): (page, dataset)
            for page in self.pages
            for dataset in page.objects(None, DCAT.dataset)
        }
