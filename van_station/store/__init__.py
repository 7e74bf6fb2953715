"""The encrypted store: rows, blobs, one write path."""
