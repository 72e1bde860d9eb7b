"""One connector a protocol: ``fetch(dataset, window)`` yields the Parts of a delivery; the file name is what a contract names."""
