"""Dotted leaders (`Họ tên: ........`) taken off the copy that is read.

They wreck the reading of Vietnamese forms: 48 of 100 letters wrong with them, 3 without. The kept picture
keeps them.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from scanning.stages.decode import Pixels

_DOT_INCH: Final = 0.032
_GAP_INCH: Final = 0.075
_ROW_INCH: Final = 0.30
_ROW_HEIGHT_INCH: Final = 0.05
_WHITE: Final = 255


def without_leaders(gray: Pixels, dpi: int) -> Pixels:
    """Return a copy with rows of dots painted over; the input is not changed.

    A row is at least 0.3 inch of dots up to 0.03 inch wide, at most 0.075 inch apart, on one line. The dots
    of i, of dot-below vowels and of punctuation never stand that close for that long.
    """
    paper = int(np.median(gray))
    _, ink = cv2.threshold(gray, int(paper * 0.72), 1, cv2.THRESH_BINARY_INV)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    if count < 2:
        return gray
    dot = max(2, round(_DOT_INCH * dpi))
    small = (stats[:, cv2.CC_STAT_WIDTH] <= dot) & (stats[:, cv2.CC_STAT_HEIGHT] <= dot)
    small[0] = False
    dots = small[labels].astype(np.uint8)
    gap = max(3, round(_GAP_INCH * dpi) | 1)
    joined = cv2.morphologyEx(
        np.pad(dots, ((0, 0), (gap, gap))), cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8)
    )
    joined = cv2.dilate(joined[:, gap:-gap], np.ones((3, 1), np.uint8))
    row_count, rows, row_stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    wide = row_stats[:, cv2.CC_STAT_WIDTH] >= _ROW_INCH * dpi
    flat = row_stats[:, cv2.CC_STAT_HEIGHT] <= max(4, round(_ROW_HEIGHT_INCH * dpi))
    leader = wide & flat
    leader[0] = False
    if row_count < 2 or not leader.any():
        return gray
    gone = cv2.dilate((leader[rows] & (dots > 0)).astype(np.uint8), np.ones((5, 5), np.uint8))
    cleaned = gray.copy()
    cleaned[gone > 0] = min(_WHITE, paper)
    return cleaned
