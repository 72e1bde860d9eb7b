"""How units are written behind a value where Unicode's data (``locale``) has no word for them, or
another than the city's.
"""

UNITS: dict[str, tuple[str, str]] = {
    "%": ("%", "%"),
    "1": ("", ""),
    "IDR": ("rupiah", "rupiah"),
    "wd": ("hari kerja", "working days"),
    "km/h": ("km/jam", "km/h"),
    "ug/m3": ("µg/m³", "µg/m³"),
    "{seats}.km": ("kursi-km", "seat-km"),
    "{people}.d": ("orang-hari", "person-days"),
}
"""How a unit (UCUM) is written behind a value; ``/10000{people}`` and ``{cards}`` are put
together from ``COUNTED``.
"""
COUNTED: dict[str, tuple[str, str]] = {
    "people": ("penduduk", "inhabitants"),
    "complaints": ("keluhan", "complaints"),
    "requests": ("permohonan", "requests"),
    "proposals": ("usulan", "proposals"),
    "datasets": ("himpunan data", "datasets"),
    "vehicles": ("kendaraan", "vehicles"),
    "cards": ("kartu", "cards"),
    "cylinders": ("tabung", "cylinders"),
    "sites": ("lokasi", "sites"),
    "services": ("layanan", "services"),
    "staff": ("pegawai", "staff"),
    "workers": ("pekerja", "workers"),
    "days": ("hari", "days"),
    "permits": ("izin", "permits"),
    "businesses": ("usaha", "businesses"),
    "NIB": ("NIB", "NIB"),
}
