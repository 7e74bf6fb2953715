"""Replication and uplink that lose nothing on a bad line; stands alone, knows nothing of its user."""
