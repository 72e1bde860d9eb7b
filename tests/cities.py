"""Another city than the one whose data this is, as a file that ``LUMBUNG_CITY_FILE`` may name."""

import base64
from pathlib import Path

BANDUNG = """\
name: Kota Bandung / Bandung City
short: Bandung
portal: Data Terbuka Kota Bandung / Bandung Open Data
codes:
  kemendagri: "32.73"
  bps: "3273"
  geonames: https://sws.geonames.org/1650357/
box: {south: -7.0, west: 107.5, north: -6.8, east: 107.8}
timezone: Asia/Jayapura
languages: [en, id]
office: PPID Kota Bandung / Public information office of Bandung City
steward: Diskominfo Kota Bandung / Communication Agency of Bandung City
logo: bandung.png
colours: {light: "#1d3a8a", dark: "#9db8ff"}
contact: ppid@bandung.example
"""
"""With a zone that is two hours from Jambi's, as no real Bandung has."""
LOGO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


def write_city(folder: Path, text: str = BANDUNG) -> Path:
    """Write a city's file and its logo, and return the file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "bandung.png").write_bytes(LOGO)
    path = folder / "city.yaml"
    path.write_text(text, "utf-8")
    return path
