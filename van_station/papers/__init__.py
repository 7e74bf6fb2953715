"""Printed pages and exported tables."""
