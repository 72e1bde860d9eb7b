-- One row for each column of a table or view, in order: its type, that of its elements where
-- it is an array, the one below where it is a domain; enums, ranges, composites under these words.
WITH RECURSIVE seen AS (
    SELECT attnum, attname, atttypid AS oid, false AS is_array
    FROM pg_catalog.pg_attribute
    WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped
    UNION ALL
    SELECT attnum, attname, CASE typtype WHEN 'd' THEN typbasetype ELSE typelem END,
        is_array OR typtype <> 'd'
    FROM seen JOIN pg_catalog.pg_type t USING (oid)
    WHERE typtype = 'd' OR (typcategory = 'A' AND typelem <> 0)
)
SELECT attname::text AS name,
    CASE typtype WHEN 'e' THEN 'enum' WHEN 'c' THEN 'composite' WHEN 'r' THEN 'range'
        WHEN 'm' THEN 'range' ELSE typname::text END || CASE WHEN is_array THEN '[]' ELSE '' END
    AS kind
FROM seen JOIN pg_catalog.pg_type t USING (oid)
WHERE NOT (typtype = 'd' OR (typcategory = 'A' AND typelem <> 0))
ORDER BY attnum
