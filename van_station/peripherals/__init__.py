"""Devices beside the desk: scanners, readers, printers."""
