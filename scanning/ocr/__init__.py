"""Reading the text of pages with an OCR program, when one is installed."""

from scanning.ocr.tesseract import OcrStatus, read, status

__all__ = ["OcrStatus", "read", "status"]
