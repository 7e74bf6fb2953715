"""More sample papers, harder to compress: tables, guilloche, cards with a photo, typewriting, receipts."""

from __future__ import annotations

import math
import random
from typing import Final

import cv2
import numpy as np
from PIL import Image

from scanning.samples.paper import BLUE, INK, MARK, RED, Sheet
from scanning.samples.papers import invented_name
from scanning.stages.decode import to_image

_PINK: Final = (246, 205, 212)
_BODY: Final = (
    "Căn cứ Luật Tổ chức chính quyền địa phương và các nghị định hướng dẫn thi hành;",
    "Xét đề nghị của công chức tư pháp hộ tịch tại tờ trình số {plot} ngày {day} tháng {month};",
    "Điều 1. Chấp thuận cho ông (bà) {name} được hưởng chế độ theo quy định hiện hành.",
    "Điều 2. Mức trợ cấp hằng tháng là {area} nghìn đồng, tính từ tháng {month} năm 2026.",
    "Điều 3. Văn phòng, công chức có liên quan và người có tên tại Điều 1 chịu trách nhiệm",
    "thi hành quyết định này. Quyết định có hiệu lực kể từ ngày ký ban hành.",
    "Hồ sơ được lưu tại bộ phận một cửa và gửi kèm bản sao các giấy tờ có liên quan.",
    "Trong thời hạn mười lăm ngày làm việc, cơ quan tiếp nhận có trách nhiệm trả lời bằng",
    "văn bản; trường hợp không giải quyết phải nêu rõ lý do và hướng dẫn người dân bổ sung.",
    "Người yêu cầu có quyền khiếu nại theo quy định của pháp luật về khiếu nại, tố cáo.",
)


def _facts(chance: random.Random) -> dict[str, str | int]:
    return {
        "name": invented_name(chance),
        "day": chance.randrange(10, 28),
        "month": chance.randrange(1, 12),
        "plot": chance.randrange(100, 900),
        "area": chance.randrange(300, 900),
    }


def draw_decision(sheet: Sheet, chance: random.Random) -> None:
    """Draw a page full of small print with a seal over its last lines and a signature."""
    facts = _facts(chance)
    sheet.centre(105, 18, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size_pt=12)
    sheet.centre(105, 25, MARK, size_pt=12)
    sheet.centre(105, 38, "QUYẾT ĐỊNH", size_pt=16)
    y = 54.0
    for _ in range(2):
        for line in _BODY:
            sheet.write(24, y, line.format(**facts), size_pt=11.5)
            y += 7.4
    sheet.centre(150, y + 4, "CHỦ TỊCH")
    draw_pen(sheet, 134, y + 22, chance)
    draw_seal(sheet, 132, y + 14)
    sheet.centre(150, y + 40, str(facts["name"]))


def draw_table(sheet: Sheet, chance: random.Random) -> None:
    """Draw a ruled list with a column filled in by pen."""
    sheet.centre(105, 18, MARK, size_pt=12)
    sheet.centre(105, 30, "DANH SÁCH HỘ GIA ĐÌNH", size_pt=15)
    columns = (18, 30, 84, 112, 146, 192)
    for row in range(21):
        y = 46 + row * 10.0
        _rule(sheet, columns[0], y, columns[-1], y)
        if row == 20:
            break
        values = ("STT", "Họ và tên", "Năm sinh", "Diện tích", "Ghi chú")
        if row:
            note = f"{chance.randrange(10, 99)}/{chance.randrange(10, 99)}"
            born, area = str(chance.randrange(1950, 2008)), f"{chance.randrange(60, 400)} m2"
            values = (str(row), invented_name(chance), born, area, note)
        for number, (x, value) in enumerate(zip(columns, values, strict=False)):
            ink = BLUE if row and number == 4 else INK
            sheet.write(x + 2, y + 2.4, value, size_pt=10.5, ink=ink)
    for x in columns:
        _rule(sheet, x, 46, x, 246)


def draw_land(sheet: Sheet, chance: random.Random) -> None:
    """Draw a certificate on a ground of fine pink curves, framed in red, sealed."""
    for number in range(60):
        points = [
            (sheet.px(x * 2.1), sheet.px(12 + number * 4.6 + 5 * math.sin(x / 6 + number / 3)))
            for x in range(6, 95)
        ]
        sheet.draw.line(points, fill=_PINK, width=max(1, sheet.px(0.18)))
    sheet.draw.rectangle(
        (sheet.px(10), sheet.px(10), sheet.px(200), sheet.px(287)), outline=RED, width=max(2, sheet.px(0.9))
    )
    facts = _facts(chance)
    sheet.centre(
        105,
        24,
        "GIẤY CHỨNG NHẬN QUYỀN SỬ DỤNG ĐẤT",
        size_pt=16,
    )
    sheet.centre(105, 36, MARK, size_pt=12)
    for number, line in enumerate(_BODY[2:8]):
        sheet.write(26, 60 + number * 12, line.format(**facts), size_pt=10.5)
    draw_pen(sheet, 132, 172, chance)
    draw_seal(sheet, 138, 176)
    sheet.centre(150, 200, str(facts["name"]))


def draw_card(sheet: Sheet, chance: random.Random) -> None:
    """Draw the copy of a card with a portrait; the face is a cloud of tones."""
    sheet.centre(105, 30, MARK, size_pt=12)
    sheet.draw.rounded_rectangle(
        (sheet.px(40), sheet.px(60), sheet.px(166), sheet.px(140)),
        radius=sheet.px(4), fill=(214, 232, 226), outline=(90, 120, 120), width=max(1, sheet.px(0.4)),
    )  # fmt: skip
    noise = np.random.default_rng(chance.randrange(2**31))
    cloud = noise.integers(60, 220, (9, 7, 3), np.uint8)
    size = (sheet.px(30), sheet.px(40))
    portrait: Image.Image = to_image(
        np.asarray(cv2.resize(cloud, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    )
    sheet.image.paste(portrait, (sheet.px(45), sheet.px(82)))
    sheet.write(82, 66, "THẺ MẪU", size_pt=12, ink=RED)
    lines = (f"Số: 0{chance.randrange(10**10, 10**11)}", f"Họ và tên: {invented_name(chance)}")
    for number, line in enumerate((*lines, "Quê quán: xã Mẫu Sơn Giả", "Có giá trị đến: 01/01/2040")):
        sheet.write(82, 82 + number * 11, line, size_pt=10.5)
    sheet.write(40, 160, "Sao y bản chính, ngày 12 tháng 3 năm 2026", size_pt=12)
    draw_seal(sheet, 140, 190)
    draw_pen(sheet, 126, 186, chance)


def draw_typed(sheet: Sheet, chance: random.Random) -> None:
    """Draw an old typed page: letters uneven in darkness."""
    facts = _facts(chance)
    sheet.centre(105, 24, MARK, size_pt=12)
    y = 50.0
    for line in (*_BODY, *_BODY[:6]):
        x = 22.0
        for word in line.format(**facts).split():
            level = chance.randrange(40, 105)
            x = (
                sheet.write(
                    x, y + chance.uniform(-0.25, 0.25), word, size_pt=11, ink=(level, level, level - 8)
                )
                + 2.0
            )
            if x > 180:
                x, y = 22.0, y + 7.5
        y += 7.5
    del sheet.text[1:]  # words one by one: their lines are not told


def draw_receipt(sheet: Sheet, chance: random.Random) -> None:
    """Draw a small receipt on the upper half, paid stamp across it."""
    sheet.centre(105, 24, "PHIẾU THU", size_pt=15)
    sheet.centre(105, 33, MARK, size_pt=11)
    for number in range(7):
        sheet.write(
            40, 48 + number * 9, f"Khoản {number + 1}: lệ phí {chance.randrange(5, 90)}.000 đồng", size_pt=11
        )
    draw_pen(sheet, 120, 124, chance)
    sheet.draw.rectangle(
        (sheet.px(60), sheet.px(112), sheet.px(104), sheet.px(128)), outline=RED, width=max(1, sheet.px(0.7))
    )
    count = len(sheet.text)
    sheet.write(64, 115, "ĐÃ THU TIỀN", size_pt=15, ink=RED)
    del sheet.text[count:]


def draw_filled_form(sheet: Sheet, chance: random.Random) -> None:
    """Draw a form, each leader written over by pen; the pen's words are not part of the text to read."""
    sheet.centre(105, 20, MARK, size_pt=12)
    sheet.centre(105, 34, "TỜ KHAI ĐĂNG KÝ", size_pt=16)
    labels = ("Họ và tên:", "Ngày sinh:", "Nơi cư trú:", "Số định danh:", "Điện thoại:", "Nội dung đề nghị:")
    for number, label in enumerate(labels * 2):
        y = 54 + number * 13.5
        end = sheet.write(24, y, label)
        sheet.leader(end + 2, y, 188)
        _handwriting(sheet, end + 6, y + 1.6, chance)
    sheet.centre(150, 226, "NGƯỜI KHAI")
    draw_pen(sheet, 134, 244, chance)


def draw_pen(sheet: Sheet, x_mm: float, y_mm: float, chance: random.Random) -> None:
    """Draw a signature in blue, 35 mm wide."""
    wobble = chance.uniform(0.8, 1.2)
    points = []
    for step in range(90):
        turn = step / 6
        swing = 5 * wobble * math.sin(turn) * math.cos(turn * 0.31)
        points.append((x_mm + step * 0.38 + 3.0 * math.sin(turn * 1.7), y_mm + swing))
    sheet.scribble(points)


def draw_seal(sheet: Sheet, x_mm: float, y_mm: float) -> None:
    """Draw a round red seal, 36 mm across, with a filled star."""
    for radius, width in ((18.0, 0.8), (14.5, 0.3)):
        corners = (x_mm - radius, y_mm - radius, x_mm + radius, y_mm + radius)
        sheet.draw.ellipse(
            tuple(sheet.px(value) for value in corners), outline=RED, width=max(1, sheet.px(width))
        )
    star = []
    for point in range(10):
        reach = 5.0 if point % 2 == 0 else 2.0
        angle = math.pi / 5 * point - math.pi / 2
        star.append((sheet.px(x_mm + reach * math.cos(angle)), sheet.px(y_mm + reach * math.sin(angle))))
    sheet.draw.polygon(star, fill=RED)
    count = len(sheet.text)
    sheet.write(x_mm - 7.5, y_mm + 8, "DẤU MẪU", size_pt=8, ink=RED)
    del sheet.text[count:]


def _handwriting(sheet: Sheet, x_mm: float, y_mm: float, chance: random.Random) -> None:
    for word in range(chance.randrange(2, 5)):
        start = x_mm + word * 17
        lean = chance.uniform(0.7, 1.3)
        points = []
        for step in range(50):
            turn = step / 2.6
            points.append(
                (start + step * 0.26 + 0.8 * math.cos(turn), y_mm + 1.6 * lean * math.sin(turn * 1.13))
            )
        sheet.scribble(points)


def _rule(sheet: Sheet, left: float, top: float, right: float, bottom: float) -> None:
    corners = (sheet.px(left), sheet.px(top), sheet.px(right), sheet.px(bottom))
    sheet.draw.line(corners, fill=INK, width=max(1, sheet.px(0.25)))
