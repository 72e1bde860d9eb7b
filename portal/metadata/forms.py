"""What each form of a file is called by machines: media type for HTTP, file type in the EU's
authority list, name for people; every catalogue uses it.

Media types: https://www.iana.org/assignments/media-types; file types:
http://publications.europa.eu/resource/authority/file-type. NDJSON is in neither.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Form:
    """One form: its name for people, its media type, whether IANA registers that type, its code
    in the EU's file types, whether it holds rows as text.
    """

    name: str
    media_type: str
    is_registered: bool
    file_type: str | None
    is_text: bool = False

    @property
    def content_type(self) -> str:
        """The media type as HTTP says it; text is always UTF-8."""
        return f"{self.media_type}; charset=utf-8" if self.is_text else self.media_type


FORMS = {
    "csv": Form("CSV", "text/csv", True, "CSV", is_text=True),
    "excel.csv": Form("CSV (Excel)", "text/csv", True, "CSV", is_text=True),
    "xlsx": Form(
        "XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", True, "XLSX"
    ),
    "json": Form("JSON", "application/json", True, "JSON"),
    "ndjson": Form("NDJSON", "application/x-ndjson", False, None),
    "parquet": Form("Parquet", "application/vnd.apache.parquet", True, "PARQUET"),
    "geojson": Form("GeoJSON", "application/geo+json", True, "GEOJSON"),
    "geo.parquet": Form("GeoParquet", "application/vnd.apache.parquet", True, "PARQUET"),
}
"""By the key of ``pipelines.files.export.FORMATS``, which is also the ending of the file's name."""
