"""Keys, sealing, signatures: the only room of ours with cryptography."""
