"""Six systems nobody has described yet: files with columns of no known meaning, dropped now and
then. Every cell is made up.

The columns are numbered because nothing about the real ones is known; some files come as CSV, some
as XLSX.
"""

from demo.city import City
from demo.door import Drop
from demo.doors.drops import BEYOND
from demo.table import Days, Table

SYSTEMS = (
    ("sikadd", "csv"),
    ("sangkek", "xlsx"),
    ("sippolling", "csv"),
    ("dishub_sign_on", "csv"),
    ("dishub_smart", "csv"),
    ("esilola", "csv"),
)
EVERY = 5
"""Days from one file to the next."""


def _table(system: str, form: str) -> Table:
    def rows(city: City) -> Days:
        by_day = {}
        for n, day in enumerate(reversed(city.window)):
            if n % EVERY == 0:
                dice = city.dice(system, day)
                by_day[day] = [
                    {f"kolom_{k}": f"sintetis {dice.randrange(1000)}" for k in range(1, 5)}
                    | {"kolom_5": i}
                    for i in range(40)
                ]
        return by_day

    errors = {"shape": lambda row: {BEYOND: ["sel di luar kepala tabel"]}} if form == "csv" else {}
    return Table(
        system, "records", ("kolom_5",), rows, errors, Drop(system, f"ekspor_{{date}}.{form}", form)
    )


TABLES = tuple(_table(*system) for system in SYSTEMS)
