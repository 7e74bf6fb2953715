"""Screens: the only room with Flet."""
