-- CKAN writes UTC without saying so.
SELECT * REPLACE (metadata_created || 'Z' AS metadata_created, metadata_modified || 'Z' AS metadata_modified)
FROM delivered
