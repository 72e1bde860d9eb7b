"""JSON Schemas of the row API's answers, the headers they have and the problems they may be: the
parts of the OpenAPI document that no table changes.
"""

from collections.abc import Mapping
from typing import Any

TEXT: Mapping[str, Any] = {"type": "string"}
BOTH = {"type": "object", "required": ["id", "en"], "properties": {"id": TEXT, "en": TEXT}}
LINK = {"type": "string", "format": "uri"}
SCHEMAS: dict[str, Any] = {
    "Problem": {
        "description": "What is wrong, and in `detail` what is allowed and what to do (RFC 9457).",
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": TEXT,
            "title": TEXT,
            "status": {"type": "integer"},
            "detail": TEXT,
            "parameter": TEXT,
        },
    },
    "Answer": {
        "type": "object",
        "required": [
            "table",
            "release",
            "total",
            "rows",
            "next",
            "receipt",
            "licence",
            "synthetic",
        ],
        "properties": {
            "table": TEXT,
            "release": {
                **TEXT,
                "description": (
                    "The release the rows are of; name it in `release` to read the same for ever."
                ),
            },
            "total": {
                "type": ["integer", "null"],
                "minimum": 0,
                "description": "Rows or groups that match, on all pages; null when not asked for.",
            },
            "rows": {"type": "array", "items": {"type": "object"}},
            "next": {
                "type": ["string", "null"],
                "format": "uri",
                "description": "The next page; null on the last, and of groups.",
            },
            "receipt": LINK,
            "licence": TEXT,
            "synthetic": {
                "type": "boolean",
                "description": "Whether the rows are made up, for show.",
            },
        },
    },
    "Short": {
        "type": "object",
        "required": ["name", "title", "rows", "modified", "links"],
        "properties": {
            "name": TEXT,
            "title": BOTH,
            "rows": {"type": "integer", "minimum": 0},
            "modified": {"type": "string", "format": "date-time"},
            "links": {"type": "object", "additionalProperties": LINK},
        },
    },
    "Tables": {
        "type": "object",
        "required": ["release", "tables"],
        "properties": {
            "release": TEXT,
            "tables": {"type": "array", "items": {"$ref": "#/components/schemas/Short"}},
        },
    },
    "Table": {
        "allOf": [{"$ref": "#/components/schemas/Short"}],
        "required": [
            "release",
            "description",
            "publisher",
            "licence",
            "synthetic",
            "key",
            "fields",
            "files",
        ],
        "properties": {
            "release": TEXT,
            "description": BOTH,
            "publisher": TEXT,
            "licence": TEXT,
            "synthetic": {"type": "boolean"},
            "key": {"type": "array", "items": TEXT},
            "fields": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["name", "type", "unit", "meaning", "required", "examples"],
                    "properties": {
                        "name": TEXT,
                        "type": {
                            "enum": [
                                "string",
                                "integer",
                                "number",
                                "boolean",
                                "date",
                                "timestamp",
                                "object",
                                "array",
                            ]
                        },
                        "unit": {
                            "type": ["string", "null"],
                            "description": "UCUM, IDR, or what is counted",
                        },
                        "meaning": BOTH,
                        "required": {"type": "boolean"},
                        "examples": {"type": "array"},
                    },
                },
            },
            "files": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["form", "url", "bytes", "sha256"],
                    "properties": {
                        "form": TEXT,
                        "url": LINK,
                        "bytes": {"type": "integer"},
                        "sha256": {**TEXT, "pattern": "^[0-9a-f]{64}$"},
                    },
                },
            },
        },
    },
    "Receipt": {
        "type": "object",
        "description": (
            "Versions, SQL and hashes a table was made of: `lumbung verify` rebuilds it from these."
        ),
    },
}
HEADERS = {
    "X-Lumbung-Release": {"description": "The release that answered.", "schema": TEXT},
    "ETag": {
        "description": "Say it in If-None-Match to be told 304 when nothing has changed.",
        "schema": TEXT,
    },
    "RateLimit": {
        "description": (
            "Requests left, seconds until all are there again (IETF draft"
            " httpapi-ratelimit-headers)."
        ),
        "schema": TEXT,
    },
    "RateLimit-Policy": {
        "description": "Requests an address may make in a window of seconds.",
        "schema": TEXT,
    },
}
PROBLEMS = {
    "400": "The question cannot be answered as it stands; `detail` says how to ask it.",
    "404": "There is no such open table.",
    "414": "The query string is too long.",
    "429": "Too many requests from one address; `Retry-After` says how long to wait.",
    "503": "The answer took too long or too much memory, or too many are asking.",
}
