"""Pages to a searchable PDF/A-2b, and proof that it shows them."""

from scanning.pdf.verify import verify
from scanning.pdf.writer import write

__all__ = ["verify", "write"]
