"""The sample papers. Names, places and numbers are invented."""

from __future__ import annotations

import math
import random
from typing import Final

from scanning.samples.paper import BLUE, MARK, RED, Sheet

_FAMILY: Final = ("Đặng", "Lương", "Phùng", "Tạ", "Vương", "Khuất")
_MIDDLE: Final = ("Thị Bịa", "Văn Mẫu", "Hữu Thử", "Ngọc Giả")
_GIVEN: Final = ("Đào", "Khế", "Mận", "Ổi", "Sấu", "Bưởi")
_LETTER: Final = (
    "Kính gửi: Ủy ban nhân dân xã Mẫu Sơn Giả",
    "Tên tôi là {name}, sinh ngày {day} tháng {month} năm {year}.",
    "Hiện đang cư trú tại thôn Ruộng Giữa, xã Mẫu Sơn Giả, thành phố Hà Nội.",
    "Tôi làm đơn này đề nghị quý cơ quan xác nhận cho gia đình tôi các nội dung sau:",
    "Thửa đất số {plot}, tờ bản đồ số {sheet}, diện tích {area} mét vuông, hiện do gia đình",
    "tôi quản lý và sử dụng ổn định từ năm {since} đến nay, không có tranh chấp với các",
    "hộ liền kề. Nguồn gốc đất do cha mẹ để lại, có giấy tờ kèm theo đơn này.",
    "Tôi xin cam đoan những lời khai trên là đúng sự thật và hoàn toàn chịu trách nhiệm",
    "trước pháp luật về nội dung đã trình bày. Rất mong được xem xét, giải quyết.",
    "Tôi xin chân thành cảm ơn!",
)
_FORM: Final = (
    "Họ, chữ đệm, tên người yêu cầu:",
    "Ngày, tháng, năm sinh:",
    "Nơi cư trú:",
    "Giấy tờ tùy thân:",
    "Quan hệ với người được khai:",
    "Đề nghị cơ quan cấp:",
    "Số lượng bản sao:",
    "Mục đích sử dụng:",
    "Số điện thoại liên hệ:",
    "Hình thức nhận kết quả:",
)
_BIRTH: Final = (
    "Họ, chữ đệm, tên: {name}",
    "Ngày, tháng, năm sinh: {day}/{month}/{year}",
    "Ghi bằng chữ: ngày {day} tháng {month} năm {year}",
    "Giới tính: Nữ",
    "Dân tộc: Kinh",
    "Quốc tịch: Việt Nam",
    "Nơi sinh: Trạm y tế xã Mẫu Sơn Giả, thành phố Hà Nội",
    "Quê quán: thôn Ruộng Giữa, xã Mẫu Sơn Giả",
    "Họ, chữ đệm, tên người mẹ: {mother}",
    "Họ, chữ đệm, tên người cha: {father}",
    "Nơi đăng ký: Ủy ban nhân dân xã Mẫu Sơn Giả",
)


def invented_name(chance: random.Random) -> str:
    """Return a name that says of itself that it is made up."""
    return f"{chance.choice(_FAMILY)} {chance.choice(_MIDDLE)} {chance.choice(_GIVEN)}"


def draw_letter(sheet: Sheet, chance: random.Random) -> None:
    """Draw an application with a red round seal over a blue signature."""
    _heading(sheet, "ĐƠN ĐỀ NGHỊ XÁC NHẬN", number=True, chance=chance)
    facts = _facts(chance)
    y = 78.0
    for line in _LETTER:
        sheet.write(25, y, line.format(**facts))
        y += 8.5
    sheet.write(118, y + 6, f"Mẫu Sơn Giả, ngày {facts['day']} tháng {facts['month']} năm 2026", size_pt=11)
    sheet.centre(150, y + 14, "NGƯỜI LÀM ĐƠN")
    _signature(sheet, 138, y + 32, chance)
    _seal(sheet, 140, y + 36)
    sheet.centre(150, y + 52, str(facts["name"]))


def draw_form(sheet: Sheet, chance: random.Random) -> None:
    """Draw a declaration with dotted leaders, some filled in by pen."""
    _heading(sheet, "TỜ KHAI YÊU CẦU CẤP BẢN SAO")
    facts = _facts(chance)
    answers = (str(facts["name"]), f"{facts['day']}/{facts['month']}/{facts['year']}", "thôn Ruộng Giữa")
    y = 82.0
    for number, label in enumerate(_FORM):
        end = sheet.write(25, y, label)
        sheet.leader(end + 2, y, 188)
        if number < len(answers):
            sheet.write(end + 6, y - 1.2, answers[number], ink=BLUE)
        y += 11
    sheet.write(25, y + 2, "Tôi cam đoan lời khai trên là đúng sự thật.")
    sheet.centre(150, y + 12, "NGƯỜI YÊU CẦU")
    _signature(sheet, 138, y + 28, chance)


def draw_birth(sheet: Sheet, chance: random.Random) -> None:
    """Draw a page like a notice of birth, framed."""
    _heading(sheet, "GIẤY KHAI SINH", number=True, chance=chance)
    sheet.draw.rectangle(
        (sheet.px(14), sheet.px(14), sheet.px(196), sheet.px(283)),
        outline=(150, 60, 60),
        width=max(1, sheet.px(0.6)),
    )
    facts = _facts(chance)
    y = 84.0
    for line in _BIRTH:
        sheet.write(25, y, line.format(**facts))
        y += 11.5
    sheet.centre(150, y + 6, "NGƯỜI KÝ GIẤY KHAI SINH")
    _signature(sheet, 136, y + 24, chance)
    _seal(sheet, 138, y + 28)


def draw_signature_only(sheet: Sheet, chance: random.Random) -> None:
    """Draw a side with a signature and nothing else: it looks blank and is not."""
    _signature(sheet, 130, 60, chance)
    sheet.text.clear()


def _heading(sheet: Sheet, title: str, *, number: bool = False, chance: random.Random | None = None) -> None:
    sheet.centre(105, 20, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size_pt=12)
    sheet.centre(105, 27, "Độc lập - Tự do - Hạnh phúc", size_pt=12)
    sheet.centre(105, 38, MARK, size_pt=13)
    if number and chance is not None:
        sheet.write(25, 48, f"Số: {chance.randrange(100, 999)}/MẪU", size_pt=11)
    sheet.centre(105, 58, title, size_pt=16)


def _facts(chance: random.Random) -> dict[str, str | int]:
    return {
        "name": invented_name(chance),
        "mother": invented_name(chance),
        "father": invented_name(chance),
        "day": chance.randrange(10, 28),
        "month": chance.randrange(1, 12),
        "year": chance.randrange(1950, 2008),
        "plot": chance.randrange(100, 900),
        "sheet": chance.randrange(10, 60),
        "area": chance.randrange(60, 400),
        "since": chance.randrange(1980, 2005),
    }


def _signature(sheet: Sheet, x_mm: float, y_mm: float, chance: random.Random) -> None:
    """Draw loops of a pen, 35 mm wide."""
    points = []
    wobble = chance.uniform(0.8, 1.2)
    for step in range(90):
        turn = step / 6
        x = x_mm + step * 0.38 + 3.0 * math.sin(turn * 1.7)
        points.append((x, y_mm + 5 * wobble * math.sin(turn) * math.cos(turn * 0.31)))
    sheet.scribble(points)


def _seal(sheet: Sheet, x_mm: float, y_mm: float) -> None:
    """Draw a round red seal, 36 mm across, with a star; its words say it is a sample."""
    radius = 18.0
    for shrink, width in ((0.0, 0.8), (3.5, 0.3)):
        corner = radius - shrink
        box = tuple(sheet.px(value) for value in (x_mm - corner, y_mm - corner, x_mm + corner, y_mm + corner))
        sheet.draw.ellipse(box, outline=RED, width=max(1, sheet.px(width)))
    star = []
    for point in range(10):
        reach = 6.0 if point % 2 == 0 else 2.4
        angle = math.pi / 5 * point - math.pi / 2
        star.append((sheet.px(x_mm + reach * math.cos(angle)), sheet.px(y_mm + reach * math.sin(angle))))
    sheet.draw.polygon(star, outline=RED, width=max(1, sheet.px(0.4)))
    count = len(sheet.text)
    sheet.write(x_mm - 7.5, y_mm + 8, "DẤU MẪU", size_pt=8, ink=RED)
    del sheet.text[count:]
