"""PDFium is not thread-safe, as a whole: whoever uses it holds this lock."""

from __future__ import annotations

import threading
from typing import Final

PDFIUM: Final = threading.Lock()
