"""Two synthetic catalogues beside the city's own: the province's open data portal as CKAN, and what
the city's website lists, as DCAT in Turtle.

Titles, addresses and dates are made up; the shapes are those of CKAN's Action API 3 and of DCAT 3
with Hydra paging.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from rdflib import DCAT, DCTERMS, FOAF, RDF, XSD, BNode, Graph, Literal, Namespace, URIRef
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo.city import City
from demo.door import Own
from demo.table import Days, Row, Table, build, to

PACKAGES, ITEMS, PAGE = 30, 60, 25
OFFICES = (
    "bps-provinsi",
    "dinas-kesehatan",
    "dinas-pendidikan",
    "bappeda",
    "dinas-perhubungan",
    "dinas-pertanian",
)
SUBJECTS = (
    "Jumlah Penduduk",
    "Produksi Padi",
    "Angka Stunting",
    "Panjang Jalan",
    "Jumlah Sekolah",
    "Curah Hujan",
    "Kunjungan Wisata",
)
LICENCES = ("cc-by", "odc-odbl", "other-open")
CATEGORIES = (("berkala", 60), ("setiap saat", 35), ("serta merta", 5))
THINGS = (
    ("Laporan Kinerja", "Performance Report"),
    ("Rencana Strategis", "Strategic Plan"),
    ("Ringkasan APBD", "Budget Summary"),
    ("Profil Kelurahan", "Kelurahan Profile"),
    ("Daftar Aset", "List of Assets"),
)
ACTIONS, CATALOGUE = "/portal-provinsi/api/3/action", "/website/katalog.ttl"
SITE = "https://website.contoh.example/informasi/"
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")


def _packages(city: City) -> Days:
    return {city.window[-1]: [_package(city, number) for number in range(PACKAGES)]}


def _package(city: City, number: int) -> Row:
    dice = city.dice("package", number)
    subject, office = dice.choice(SUBJECTS), dice.choice(OFFICES)
    created = city.window[0] - timedelta(days=dice.randrange(100, 1500))
    formats = dice.sample(["CSV", "XLSX", "PDF", "JSON"], dice.randrange(1, 4))
    slug = f"{subject.lower().replace(' ', '-')}-{number:03d}"
    return {
        "id": f"{number:08x}-0000-4000-8000-{dice.randrange(16**12):012x}",
        "name": slug,
        "title": f"{subject} (sintetis {number:03d})",
        "organization": {"name": office, "title": office.replace("-", " ").title()},
        "license_id": dice.choice(LICENCES),
        "metadata_created": f"{created}T08:00:00.000000",
        "metadata_modified": f"{created + timedelta(days=dice.randrange(0, 90))}T09:30:00.000000",
        "num_resources": len(formats),
        "private": False,
        "tags": [{"name": word} for word in subject.lower().split()],
        "resources": [
            {
                "id": f"{slug}-{form}",
                "format": form,
                "url": f"https://data.contoh.example/{slug}.{form.lower()}",
            }
            for form in formats
        ],
    }


def _items(city: City) -> Days:
    return {city.window[-1]: [_item(city, number) for number in range(1, ITEMS + 1)]}


def _item(city: City, number: int) -> Row:
    dice = city.dice("item", number)
    title, english = dice.choice(THINGS)
    issued = city.window[0] - timedelta(days=dice.randrange(10, 1200))
    return {
        "id": f"{SITE}{number:04d}",
        "judul": f"{title} {issued.year} (sintetis {number})",
        "title": f"{english} {issued.year} (synthetic {number})",
        "kategori": dice.choices(
            [name for name, _ in CATEGORIES], [weight for _, weight in CATEGORIES]
        )[0],
        "terbit": issued.isoformat(),
        "ubah": f"{issued + timedelta(days=dice.randrange(0, 60))}",
        "penerbit": f"Perangkat Daerah Sintetis {dice.randrange(1, 30)}",
        "halaman": f"{SITE}{number:04d}.html",
        "berkas": [
            (dice.choice(["application/pdf", "text/csv"]), f"{SITE}{number:04d}-{n}")
            for n in range(1, dice.randrange(2, 4))
        ],
    }


def _modified_before(row: Row) -> dict[str, Any]:
    return {"ubah": (date.fromisoformat(row["terbit"]) - timedelta(days=400)).isoformat()}


PORTAL = Table(
    "opendata",
    "packages",
    ("id",),
    _packages,
    {
        "licence.one_of": to(license_id="tanya admin"),
        "modified_after_created": to(metadata_modified="2001-01-01T00:00:00.000000"),
        "slug.pattern": to(name="Nama Dengan Spasi"),
    },
    Own(),
)
WEBSITE = Table(
    "portal_kota",
    "items",
    ("id",),
    _items,
    {
        "category.one_of": to(kategori="rahasia?"),
        "modified_after_issued": _modified_before,
        "issued_on.type": to(terbit="2026-02-31"),
        "title_id.required": to(judul=None),
        "page_url.pattern": to(halaman="javascript:void(0)"),
    },
    Own(),
)
TABLES = (PORTAL, WEBSITE)


def routes(city: City) -> list[Route]:
    """Return the addresses of both catalogues."""
    return [Route(f"{ACTIONS}/package_search", _search(city)), Route(CATALOGUE, _catalogue(city))]


def _search(city: City) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        start, size = (
            int(request.query_params.get("start", 0)),
            min(int(request.query_params.get("rows", 10)), 1000),
        )
        rows = build(city, PORTAL).days[city.window[-1]]
        result = {
            "count": len(rows),
            "sort": "id asc",
            "facets": {},
            "results": rows[start : start + size],
        }
        return JSONResponse(
            {"help": f"{request.url.replace(query='')}", "success": True, "result": result}
        )

    return answer


def _catalogue(city: City) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        address, number, pages = (
            request.url.replace(query=""),
            int(request.query_params.get("page", 1)),
            _pages(city),
        )
        graph = Graph()
        graph.add((URIRef(str(address)), RDF.type, DCAT.Catalog))
        for row in pages[number - 1] if 0 < number <= len(pages) else ():
            _describe(graph, row)
        view = URIRef(f"{address}?page={number}")
        graph.add((view, RDF.type, HYDRA.PartialCollectionView))
        graph.add(
            (
                URIRef(str(address)),
                HYDRA.totalItems,
                Literal(len({row["id"] for page in pages for row in page})),
            )
        )
        if number < len(pages):
            graph.add((view, HYDRA.next, URIRef(f"{address}?page={number + 1}")))
        return Response(graph.serialize(format="turtle"), media_type="text/turtle")

    return answer


def _pages(city: City) -> list[list[Row]]:
    """Return the items page by page; one that is listed twice comes again on a page of its own,
    as a document says everything once.
    """
    rows = build(city, WEBSITE).days[city.window[-1]]
    once = list({row["id"]: row for row in rows}.values())
    repeated = [row for n, row in enumerate(rows) if row in rows[:n]]
    return [once[n : n + PAGE] for n in range(0, len(once), PAGE)] + (
        [repeated] if repeated else []
    )


def _describe(graph: Graph, row: Row) -> None:
    item, office = URIRef(row["id"]), BNode()
    graph.add((item, RDF.type, DCAT.Dataset))
    if row["judul"] is not None:
        graph.add((item, DCTERMS.title, Literal(row["judul"], lang="id")))
    graph.add((item, DCTERMS.title, Literal(row["title"], lang="en")))
    graph.add((item, DCTERMS.type, Literal(row["kategori"])))
    graph.add((item, DCTERMS.issued, Literal(row["terbit"], datatype=XSD.date)))
    graph.add((item, DCTERMS.modified, Literal(row["ubah"], datatype=XSD.date)))
    graph.add((item, DCAT.landingPage, URIRef(row["halaman"])))
    graph.add((item, DCTERMS.publisher, office))
    graph.add((office, FOAF.name, Literal(row["penerbit"])))
    for form, address in row["berkas"]:
        file = BNode()
        graph.add((item, DCAT.distribution, file))
        graph.add((file, RDF.type, DCAT.Distribution))
        graph.add((file, DCAT.mediaType, Literal(form)))
        graph.add((file, DCAT.downloadURL, URIRef(address)))
