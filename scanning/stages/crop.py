"""Where the paper is once the page stands straight."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from scanning.page import Box

_FILLED: Final = 0.6
_MIN_SIDE: Final = 40


def paper_box(paper: npt.NDArray[np.bool_], scale: float) -> Box | None:
    """Return the paper's box in page pixels, None when there is nothing sensible to crop to.

    Rows and columns count as paper when more than half filled: a folded corner or a shadow does not widen it.

    Args:
        paper: mask of the straightened page on the small copy.
        scale: small pixels for each page pixel.
    """
    if not paper.any():
        return None
    rows = np.flatnonzero(paper.mean(axis=1) > _FILLED * np.percentile(paper.mean(axis=1), 95))
    columns = np.flatnonzero(paper.mean(axis=0) > _FILLED * np.percentile(paper.mean(axis=0), 95))
    if rows.size < _MIN_SIDE or columns.size < _MIN_SIDE:
        return None
    top, bottom = int((rows[0] + 1) / scale), int(rows[-1] / scale)
    left, right = int((columns[0] + 1) / scale), int(columns[-1] / scale)
    return Box(left, top, right - left, bottom - top)
