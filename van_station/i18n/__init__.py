"""Texts by key, Vietnamese first, English complete."""
