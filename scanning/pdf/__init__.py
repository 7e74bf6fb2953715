"""Pages to a searchable PDF/A-2b, and proof that it shows them."""

from scanning.pdf.intake import PdfFault, TakenPdf, take_pdf
from scanning.pdf.verify import verify
from scanning.pdf.writer import write

__all__ = ["PdfFault", "TakenPdf", "take_pdf", "verify", "write"]
