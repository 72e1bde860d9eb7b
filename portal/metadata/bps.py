"""One table in the three forms of Indonesia's statistical metadata: the activity (MS-Keg), its
variables (MS-Var), an indicator (MS-Ind).

Perpres 39/2019 on Satu Data Indonesia asks metadata of every dataset; Peraturan BPS 5/2020
(Petunjuk Teknis Metadata Statistik) says which. The keys are its forms' headings, in Indonesian as
the regulation is; what the city does not record (a sample, an enumerator's question) is left out,
not made up.
"""

from typing import Any

from pipelines.city import municipality
from pipelines.files.table import Field
from pipelines.models.model import Model
from portal.data.entry import Entry
from portal.http.address import file_of, url
from portal.metadata.constraints import FRICTIONLESS, constraints
from portal.metadata.terms import TYPES, licence_url
from portal.metadata.wording import description, origin
from portal.words.say import say, unit

RULES = ("Perpres 39/2019", "Peraturan BPS 5/2020")


def metadata(entry: Entry, model: Model | None = None) -> dict[str, Any]:
    """Return a table's statistical metadata; ``model`` is an indicator's or mart's part of the
    manifest.
    """
    document: dict[str, Any] = {
        "dasar": list(RULES),
        "id": str(entry.id),
        "nama_data": entry.name,
        "metadata_kegiatan": _activity(entry),
        "metadata_variabel": [_variable(entry, field) for field in entry.fields],
    }
    if entry.kind == "kpi" and model:
        document["metadata_indikator"] = [_indicator(entry, model)]
    return _without_empty(document)


def _without_empty(value: Any) -> Any:
    """Return a form without the headings that nothing is known under."""
    if isinstance(value, dict):
        return {
            key: _without_empty(inner)
            for key, inner in value.items()
            if inner not in (None, {}, [])
        }
    return [_without_empty(element) for element in value] if isinstance(value, list) else value


def _activity(entry: Entry) -> dict[str, Any]:
    """Return the form MS-Keg, without the blocks on samples: nothing here is a survey."""
    return {
        "judul_kegiatan": entry.title.id,
        "judul_kegiatan_en": entry.title.en,
        "jenis_statistik": "Statistik sektoral",
        "penyelenggara": {"instansi": entry.publisher},
        "penanggung_jawab": entry.publisher,
        "perencanaan_dan_persiapan": {
            "tujuan_kegiatan": entry.contract.purpose.id if entry.contract else entry.description.id
        },
        "desain_kegiatan": {
            "kegiatan_dilakukan": "Berulang" if entry.cadence != "once" else "Hanya sekali",
            "frekuensi_penyelenggaraan": say(entry.cadence, "id"),
            "cara_pengumpulan_data": origin(entry, "id"),
            "cakupan_wilayah": {"kode": municipality().code, "nama": municipality().name.id},
            "unit_pengamatan": entry.grain.id,
            "periode": (
                {"awal": entry.covers[0].isoformat(), "akhir": entry.covers[1].isoformat()}
                if entry.covers
                else None
            ),
        },
        "penjaminan_kualitas": {
            "keterbatasan": entry.limits.id if entry.limits else None,
            "kontrak_data": url(f"/d/{entry.name}/contract.yaml"),
        },
        "pengolahan_dan_analisis": {"asal_data": url(f"/d/{entry.name}/prov.jsonld")},
        "diseminasi_hasil": {
            "tersedia_untuk_umum": "Ya",
            "klasifikasi_informasi": entry.information_class,
            "lisensi": licence_url(entry.licence),
            "rilis_pertama": entry.published.issued,
            "rilis_terakhir": entry.published.modified,
            "berkas": [
                {
                    "format": file.form,
                    "alamat": url(file_of(entry.name, file.form)),
                    "byte": file.bytes,
                    "sha256": file.sha256,
                }
                for file in entry.files
            ],
        },
    }


def _variable(entry: Entry, field: Field) -> dict[str, Any]:
    """Return the form MS-Var of one column."""
    rules = constraints(field, FRICTIONLESS)
    allowed = rules.pop("enum", None)
    return {
        "nama_variabel": field.name,
        "konsep": field.meaning.id,
        "definisi": field.meaning.id,
        "konsep_en": field.meaning.en,
        "referensi_waktu": say(entry.cadence, "id"),
        "tipe_data": TYPES[field.type].frictionless,
        "satuan": _unit(field.unit) if field.unit else None,
        "kode_satuan": field.unit,
        "klasifikasi_isian": allowed,
        "aturan_validasi": ({"required": True} if field.required else {}) | rules,
        "akses_umum": "Ya",
    }


def _indicator(entry: Entry, model: Model) -> dict[str, Any]:
    """Return the form MS-Ind of an indicator."""
    measures = {name: text.id for name, text in model.measures.items()}
    presented = [column for column in entry.key if column not in ("period", "measure")]
    return {
        "kode_indikator": model.header.number,
        "nama_indikator": entry.title.id,
        "nama_indikator_en": entry.title.en,
        "konsep": entry.description.id,
        "definisi": description(entry, "id"),
        "ukuran": measures or None,
        "satuan": _unit(model.header.unit),
        "kode_satuan": model.header.unit,
        "metode_rumus_penghitungan": model.header.rule.id,
        "klasifikasi_penyajian": presented,
        "indikator_komposit": "Tidak",
        "variabel_pembangun": list(entry.sources),
        "level_estimasi": "Kelurahan atau kecamatan"
        if "region_code" in entry.key
        else municipality().name.id,
        "akses_umum": "Ya",
    }


def _unit(code: str) -> str:
    return unit(code, "id") or say("no_unit", "id")
