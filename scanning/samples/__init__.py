"""Invented Vietnamese papers, drawn: a scanner for demonstrations and tests. Nobody on them exists."""

from scanning.samples.stack import KINDS, Kind, SamplePage, Truth, make_sample_stack

__all__ = ["KINDS", "Kind", "SamplePage", "Truth", "make_sample_stack"]
