"""The gateway: takes changes, blobs and dossiers, answers with signed receipts, hands on to a platform."""
