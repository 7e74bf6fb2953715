"""Reading the text of pages with an OCR program, when one is installed."""

from scanning.ocr.tesseract import OcrStatus, find_rotation, read, status

__all__ = ["OcrStatus", "find_rotation", "read", "status"]
