"""Every kind of mistake in a contract is refused with file, line and remedy; a good one is read."""

import contextlib
import re
from pathlib import Path

import pytest

from pipelines.connectors.contracts import read_contract, read_contracts, read_kept_contract
from pipelines.contract.terms import LEVELS
from pipelines.errors import ContractError
from tests.sample import write_sample

SERVER = "- {property: connector, value: file}"
LISTED = "validValues: [dry, wet]}}"
MISTAKES = {
    "misspelt key at the top": (
        "status: active",
        "status: active\nlimmits: x",
        "unknown key 'limmits'",
    ),
    "misspelt key of a column": (
        "classification: personal",
        "clasification: personal",
        "classification",
    ),
    "misspelt key of a server": ("format: csv", "fromat: csv", "format"),
    "misspelt property of a dataset": (
        "property: informationClass",
        "property: informationClas",
        "informationClass",
    ),
    "misspelt property of an application": ("property: licence", "property: license", "licence"),
    "property given twice": (
        "- {property: licence, value: CC-BY-4.0}",
        "- {property: licence, value: a}\n  - {property: licence, value: b}",
        "twice",
    ),
    "wrong information class": ("value: berkala", "value: rahasia", "berkala"),
    "exempt without an article": ("value: berkala", "value: dikecualikan", "exemption"),
    "wrong delivery": ("delivery, value: events", "delivery, value: event", "events"),
    "wrong cadence": ("cadence, value: daily", "cadence, value: nightly", "daily"),
    "placed by a column that is no date": (
        "partitionBy, value: measured_at",
        "partitionBy, value: gauge",
        "partitionBy",
    ),
    "wrong type": ("logicalType: number", "logicalType: decimal", "number"),
    "wrong classification": ("classification: personal", "classification: secret", "personal"),
    "one mark for thousands and decimals": (
        "- {property: unit, value: mm}",
        '- {property: unit, value: mm}\n          - {property: thousands, value: "."}',
        'say both, such as decimal: ","',
    ),
    "mark that is none": (
        "- {property: unit, value: mm}",
        '- {property: unit, value: mm}\n          - {property: decimal, value: ";"}',
        "decimal: ';' is not allowed",
    ),
    "marks of a text": (
        "description: Keadaan / Condition",
        "description: Keadaan / Condition\n"
        "        customProperties: [{property: decimal, value: ','}]",
        "this is a string",
    ),
    "pattern without a group": (
        "description: Keadaan / Condition",
        "description: Keadaan / Condition\n"
        "        customProperties: [{property: extract, value: x}]",
        "write one group around the value",
    ),
    "value that is no text": (
        "description: Keadaan / Condition",
        "description: Keadaan / Condition\n"
        "        customProperties: [{property: values, value: {a: [wet]}}]",
        "write what the source writes in quotes",
    ),
    "field of its own beside several": (
        "description: Keadaan / Condition",
        "description: Keadaan / Condition\n        physicalName: k\n"
        "        customProperties: [{property: fields, value: [a, b]}]",
        "has no physicalName",
    ),
    "unit nobody knows": ("property: unit, value: mm", "property: unit, value: inch", "mm"),
    "number without a unit": (
        "customProperties:\n          - {property: unit, value: mm}",
        "businessName: hujan",
        "without a unit",
    ),
    "no examples": ("examples: [dry, wet]", "businessName: keadaan", "examples"),
    "example that breaks the column's own rule": (
        "examples: [0, 12.5]",
        "examples: [-1]",
        "rain_mm.minimum",
    ),
    "example of another type": ("examples: [0, 12.5]", "examples: [banyak]", "rain_mm.type"),
    "minimum above maximum": (
        "minimum: 0, maximum: 500",
        "minimum: 600, maximum: 500",
        "above maximum",
    ),
    "pattern that is none": ("^G[0-9]+$", "^G[0-9+$", "not a regular expression"),
    "option nobody checks": ("maxLength: 6}", "maxLength: 6, multipleOf: 2}", "multipleOf"),
    "no key": ("primaryKey: true", "required: true", "key"),
    "connector nobody has": (
        "property: connector, value: file",
        "property: connector, value: fax",
        "there is no connector 'fax'",
    ),
    "no connector": (
        "- {property: connector, value: file}",
        "- {property: secrets, value: {}}",
        "connector",
    ),
    "no freshness": ("property: freshness", "property: latency", "freshness"),
    "unit of an SLA": ("value: 2, unit: d", "value: 2, unit: parsec", "unit out of"),
    "no owner": ("team:\n  name: Dinas Contoh", "tags: [a]", "owner agency"),
    "no limits": ("  limitations: Bukan data sebenarnya. / Not real data.\n", "", "limitations"),
    "dimension": ("domain: environment", "domain: weather", "environment"),
    "id that is not the file's": ("id: hujan", "id: banjir", "must be 'hujan'"),
    "hostile dataset name": ("- name: rain\n", "- name: '../rain'\n", "does not match"),
    "column twice": ("- name: kind", "- name: rain_mm", "given twice"),
    "date that is none": (
        'activeFrom, value: "2026-01-01"',
        'activeFrom, value: "2026-13-01"',
        "activeFrom",
    ),
    "rule without a name": ("name: dry_has_no_rain, ", "", "name"),
    "rule of no kind": ("implementation: {row:", "implementation: {rows:", "row"),
    "share over one": ("quarantine_share: 0.5", "quarantine_share: 5", "share from 0 to 1"),
    "tabs for indentation": ("domain: environment", "\tdomain: environment", "YAML"),
    "anchor": ("name: Dinas Contoh", "name: &a Dinas Contoh", "anchors"),
    "tag": ("name: Dinas Contoh", "name: !!python/name:os.system Dinas", "tags"),
    "not the standard's version": ("apiVersion: v3.1.0", "apiVersion: v9", "v9"),
    "an older version of the standard": ("apiVersion: v3.1.0", "apiVersion: v2.2.2", "v3.1.0"),
    "fetch fact nobody reads": (
        "fetch\n        value: {files:",
        "fetch\n        value: {filse: x, files:",
        "did you mean 'files'",
    ),
    "no fetch fact": ('{files: "rain_{date}.csv"}', "{csv: {delimiter: ;}}", "needs 'files'"),
    "inner fetch fact": (
        '"rain_{date}.csv"}',
        '"rain_{date}.csv", csv: {delimeter: ;}}',
        "did you mean 'delimiter'",
    ),
    "server without an address": (
        "connector, value: file}",
        "connector, value: rest}",
        "needs 'location'",
    ),
    "server without a path": (
        "type: local\n    path:",
        "type: custom\n    description:",
        "needs 'path'",
    ),
    "secret written out": (
        "- {property: connector, value: file}",
        "- {property: connector, value: file}\n      - {property: secrets, value: {token: abc123}}",
        "never the secret",
    ),
    "password in an address": (
        "- {property: connector, value: file}",
        "- {property: connector, value: file}\n      - {property: url, value: 'mysql://u:pw@h/d'}",
        "carries a password",
    ),
    "limit nobody knows": (
        "- {property: connector, value: file}",
        (
            "- {property: connector, value: file}\n      - {property: limits, value:"
            " {timeout_second: 3}}"
        ),
        "timeout_seconds",
    ),
    "limit of another connector": (
        "- {property: connector, value: file}",
        (
            "- {property: connector, value: file}\n      - {property: limits, value:"
            " {file_seconds: 3}}"
        ),
        "limits: 'file_seconds' is not known",
    ),
    "property of another connector's server": (
        "- {property: connector, value: file}",
        (
            "- {property: connector, value: file}\n      - {property: host_key, value:"
            " 'SHA256:AAAA'}"
        ),
        "host_key: connector file does not read it; allowed: connector, limits, path",
    ),
    "limit that is no number": (
        "- {property: connector, value: file}",
        "- {property: connector, value: file}\n      - {property: limits, value: {attempts: many}}",
        "limits: attempts is 'many'; it is a number above 0",
    ),
    "condition that is no SQL": (
        "row: \"kind <> 'dry' OR rain_mm = 0\"",
        "row: 'kind <>'",
        "cannot be computed",
    ),
    "condition over a column nobody has": (
        "row: \"kind <> 'dry' OR rain_mm = 0\"",
        "row: 'wieght > 0'",
        "wieght",
    ),
    "pattern the engine cannot run": ("^G[0-9]+$", "^(?!X)G", "RE2"),
    "limit of a text": ("maxLength: 6}", "minimum: 6}", "says nothing about a string"),
    "pattern of a number": (
        "minimum: 0, maximum: 500",
        "pattern: x",
        "says nothing about a number",
    ),
    "second list of values": (
        "validValues: [dry, wet]}}",
        (
            "validValues: [dry, wet]}}\n          - {metric: invalidValues, mustBe: 0, arguments:"
            " {validValues: [dry]}}"
        ),
        "second list",
    ),
    "one language": ("Keadaan / Condition", "Keadaan", "both languages"),
    "format that is none": (
        "property: unit, value: mm}",
        "property: unit, value: mm}\n          - {property: formats, value: ['%Q']}",
        "only dates",
    ),
    "format without a year": (
        "description: Waktu ukur",
        (
            "customProperties:\n          - {property: formats, value: ['%d/%m']}\n       "
            " description: Waktu ukur"
        ),
        "day, month and year",
    ),
    "rule named like a column": ("name: dry_has_no_rain", "name: kind", "already taken"),
    "SLA of nobody": (
        "property: freshness, value: 2, unit: d",
        "property: freshness, value: 2, unit: d, element: rian",
        "did you mean 'rain'",
    ),
    "SLA nobody knows": (
        "- {property: retention",
        "- {property: latencyy, value: 1, unit: d}\n  - {property: retention",
        "latencyy",
    ),
    "SLA for ever": (
        "property: retention, value: 1, unit: y",
        f"property: retention, value: 1{'0' * 400}, unit: y",
        "100000 at most",
    ),
    "SLA twice": (
        "- {property: retention",
        "- {property: freshness, value: 3, unit: d}\n  - {property: retention",
        "given twice",
    ),
    "retention of an hour": (
        "property: retention, value: 1, unit: y",
        "property: retention, value: 1, unit: h",
        "less than a day",
    ),
    "key position twice": (
        "primaryKeyPosition: 2",
        "primaryKeyPosition: 1",
        "share a primaryKeyPosition",
    ),
    "zone of a column": (
        "description: Waktu ukur",
        "logicalTypeOptions: {defaultTimezone: Asia/Jambi}\n        description: Waktu ukur",
        "IANA",
    ),
    "example too large to be a number": (
        "examples: [0, 12.5]",
        f"examples: [1{'0' * 400}]",
        "rain_mm.type",
    ),
    "limit too large to be a number": (
        "maximum: 500}",
        f"maximum: 1{'0' * 400}}}",
        "no number that can be compared",
    ),
    "zone nobody knows": (
        "{property: cadence,",
        "{property: timezone, value: Asia/Jambi}\n      - {property: cadence,",
        "IANA",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_refused_with_file_line_and_remedy(mistake: str, tmp_path: Path) -> None:
    right, wrong, says = MISTAKES[mistake]
    path = write_sample(tmp_path, tmp_path / "drop")
    text = path.read_text("utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong), "utf-8")
    with pytest.raises(ContractError) as caught:
        read_contract(path)
    message = str(caught.value)
    assert says in message
    assert all(
        line.startswith(f"{path}:") and line.split(":")[1].isdigit()
        for line in message.splitlines()
    ), message


def test_a_contract_that_a_lake_keeps_may_state_what_nobody_reads(tmp_path: Path) -> None:
    path = write_sample(tmp_path, tmp_path / "drop")
    right, wrong, _ = MISTAKES["property of another connector's server"]
    path.write_text(path.read_text("utf-8").replace(right, wrong), "utf-8")
    assert read_kept_contract(path).application == "hujan"


def test_the_line_is_the_mistakes_own(tmp_path: Path) -> None:
    path = write_sample(tmp_path, tmp_path / "drop")
    text = path.read_text("utf-8").replace("classification: personal", "clasification: personal")
    path.write_text(text, "utf-8")
    line = next(n for n, line in enumerate(text.splitlines(), start=1) if "clasification" in line)
    with pytest.raises(ContractError, match=rf"{path.name}:{line}: .*unknown key 'clasification'"):
        read_contract(path)


def test_all_problems_of_all_files_are_told_together(tmp_path: Path) -> None:
    for name in ("satu", "dua"):
        path = write_sample(tmp_path, tmp_path / "drop", name)
        path.write_text(
            path.read_text("utf-8")
            .replace("domain: environment", "domain: x")
            .replace("value: berkala", "value: y"),
            "utf-8",
        )
    with pytest.raises(ContractError) as caught:
        read_contracts(tmp_path)
    assert {name: str(caught.value).count(f"{name}.odcs.yaml:") for name in ("satu", "dua")} == {
        "satu": 2,
        "dua": 2,
    }


def test_a_reference_to_nobody_is_refused(tmp_path: Path) -> None:
    path = write_sample(tmp_path, tmp_path / "drop")
    link = (
        "    relationships:\n      - {type: foreignKey, from: rain.gauge, to:"
        " pos.odcs.yaml#schema/gauges/properties/gauge}\n"
    )
    first = "    properties:\n      - name: gauge"
    path.write_text(path.read_text("utf-8").replace(first, link + first))
    with pytest.raises(ContractError, match=r"pos\.gauges\.gauge"):
        read_contracts(tmp_path)


def test_a_dated_reference_says_at_which_date_unless_the_snapshot_does(tmp_path: Path) -> None:
    path = write_sample(tmp_path, tmp_path / "drop")
    link = (
        "    relationships:\n      - {from: rain.gauge, to:"
        " reference.yaml#schema/regions/properties/code}\n"
    )
    first = "    properties:\n      - name: gauge"
    path.write_text(path.read_text("utf-8").replace(first, link + first))
    with pytest.raises(ContractError, match="'regions' is dated"):
        read_contracts(tmp_path)
    path.write_text(
        path.read_text("utf-8").replace(
            "{property: delivery, value: events}", "{property: delivery, value: snapshot}"
        )
    )
    (rule,) = (rule for rule in read_contract(path).datasets[0].rules if rule.kind == "reference")
    assert (rule.level, rule.argument("at")) == ("row", "_partition")


def test_a_public_list_says_which_of_its_fields_are_open(tmp_path: Path) -> None:
    path = write_sample(tmp_path, tmp_path / "drop")
    column = (
        "      - {name: parts, logicalType: array, %sclassification: %s, description: Bagian /"
        " Parts, examples: [[]]}\n"
    )
    first, text = "    properties:\n      - name: gauge", path.read_text("utf-8")
    for items, classification, kept in (
        ("items: {logicalType: object, properties: [{name: a}]}, ", "public", ("a",)),
        ("items: {logicalType: string}, ", "public", ()),
        ("", "internal", None),
    ):
        path.write_text(
            text.replace(
                first,
                "    properties:\n" + column % (items, classification) + "      - name: gauge",
            )
        )
        assert read_contract(path).datasets[0].column("parts").kept == kept
    path.write_text(
        text.replace(first, "    properties:\n" + column % ("", "public") + "      - name: gauge")
    )
    with pytest.raises(ContractError, match="a public array says which of its fields are open"):
        read_contract(path)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xff\xfe\x00", "UTF-8"),
        (b"- a\n- b\n", "mapping"),
        (b"a: 1\n" * 300_000, "1,048,576"),
        (b"", "mapping"),
        (b"a: [" * 60, "40 levels"),
    ],
    ids=["no UTF-8", "a list", "too long", "empty", "too deep"],
)
def test_a_file_that_is_no_contract(content: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / "x.odcs.yaml"
    path.write_bytes(content)
    with pytest.raises(ContractError, match=says):
        read_contract(path)


@pytest.mark.parametrize("mark", ["\x85", "\u2028", "\u2029"])
def test_a_line_end_that_nobody_sees_is_refused(mark: str, tmp_path: Path) -> None:
    path = write_sample(tmp_path, tmp_path / "drop")
    path.write_text(
        path.read_text("utf-8").replace(
            "status: active\n", f"status: draft # see below{mark}status: active\n"
        ),
        "utf-8",
    )
    with pytest.raises(
        ContractError, match=rf"{path.name}:6: holds U\+{ord(mark):04X}, .* put a space"
    ):
        read_contract(path)


def test_an_empty_or_missing_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="lumbung new"):
        read_contracts(tmp_path)
    with pytest.raises(ContractError, match="LUMBUNG_CONTRACTS"):
        read_contracts(tmp_path / "none")


def test_a_good_contract_is_read(tmp_path: Path) -> None:
    contract = read_contract(write_sample(tmp_path, tmp_path / "drop"))
    (dataset,) = contract.datasets
    assert (contract.application, contract.owner, contract.synthetic) == (
        "hujan",
        "Dinas Contoh",
        True,
    )
    assert dataset.id == "hujan.rain" and dataset.key == ("gauge", "measured_at")
    assert [column.name for column in dataset.public_columns] == [
        "gauge",
        "measured_at",
        "rain_mm",
        "kind",
    ]
    assert "observer" not in {column.name for column in dataset.public_columns}
    assert (dataset.freshness_hours, dataset.retention_days) == (48.0, 365)


def test_a_date_needs_no_quotes(tmp_path: Path) -> None:
    path = write_sample(tmp_path, tmp_path / "drop")
    path.write_text(
        path.read_text("utf-8").replace('value: "2026-01-01"', "value: 2026-01-01"), "utf-8"
    )
    assert read_contract(path).active_from.isoformat() == "2026-01-01"


def test_a_warning_on_a_list_of_values_is_a_warning(tmp_path: Path) -> None:
    path = write_sample(tmp_path, tmp_path / "drop")
    path.write_text(
        path.read_text("utf-8").replace(
            "{metric: invalidValues,", "{metric: invalidValues, severity: warning,"
        ),
        "utf-8",
    )
    assert {rule.name: rule.severity for rule in read_contract(path).datasets[0].all_rules}[
        "kind.one_of"
    ] == "warning"


FILE = "- {property: connector, value: file}"
API = (
    "\n  - server: api\n    type: api\n    location: http://[::1]:80/\n    customProperties:\n     "
    " - {property: connector, value: rest}"
)


@pytest.mark.parametrize(
    ("right", "other"),
    [
        (FILE, FILE + API),
        ("        primaryKeyPosition: 2\n", ""),
        ("{name: volume,", "{name: kind,"),
    ],
)
def test_what_is_allowed_is_read(right: str, other: str, tmp_path: Path) -> None:
    path = write_sample(tmp_path, tmp_path / "drop")
    text = path.read_text("utf-8")
    assert right in text
    path.write_text(text.replace(right, other), "utf-8")
    assert read_contract(path)


@pytest.mark.parametrize(
    ("fact", "says"),
    [
        ("secrets, value: [TOKEN]", "is not allowed"),
        ("headers, value: abc", "is not allowed"),
        ("limits, value: 5", "is not allowed"),
        ("url, value: 'http://[${H}]:80/'", "url: connector file does not read it"),
    ],
)
def test_a_fact_of_another_shape_is_a_problem_and_no_crash(
    fact: str, says: str, tmp_path: Path
) -> None:
    path = write_sample(tmp_path, tmp_path / "drop")
    path.write_text(
        path.read_text("utf-8").replace(FILE, f"{FILE}\n      - {{property: {fact}}}"), "utf-8"
    )
    with pytest.raises(ContractError, match=says):
        read_contract(path)


STRANGE = ("5", "true", "[a]", "[]", "[[]]", "{a: 1}", "'%Q'", "null", ".nan", f"1{'0' * 400}")
BESIDE = {
    "application": "  - {property: licence,",
    "dataset": "      - {property: cadence,",
    "column": "          - {property: unit,",
    "server": "      - {property: connector,",
}


@pytest.mark.parametrize(
    ("level", "name"), [(level, name) for level, table in LEVELS.items() for name in table]
)
def test_a_term_of_any_shape_is_a_problem_and_no_crash(
    level: str, name: str, tmp_path: Path
) -> None:
    path = write_sample(tmp_path, tmp_path / "drop")
    indent = BESIDE[level].partition("{")[0]
    text = re.sub(rf"\n{indent}{{property: {name}, .*}}(?=\n)", "", path.read_text("utf-8"))
    place = BESIDE[level] if BESIDE[level] in text else f"{indent}{{property: "
    for strange in STRANGE:
        path.write_text(
            text.replace(place, f"{indent}{{property: {name}, value: {strange}}}\n{place}", 1),
            "utf-8",
        )
        with contextlib.suppress(ContractError):
            read_contract(path)
