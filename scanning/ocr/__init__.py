"""Reading the text of pages with an OCR program, when one is installed."""

from scanning.ocr.tesseract import OcrStatus, find_rotation, read, status
from scanning.ocr.upright import Reading, lies_on_its_side, read_upright, turned

__all__ = [
    "OcrStatus",
    "Reading",
    "find_rotation",
    "lies_on_its_side",
    "read",
    "read_upright",
    "status",
    "turned",
]
