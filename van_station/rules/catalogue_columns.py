"""The sheets and columns of the catalogue's workbook: what a clerk sees, and what it becomes."""

from dataclasses import dataclass

from van_station.rules.catalogue import FORM_ID
from van_station.rules.catalogue_cells import (
    AMOUNT,
    CHANNEL,
    CHANNELS,
    CLOCK,
    CODE,
    COMPONENT_KIND,
    CONFIDENCE,
    DAY,
    FLAG,
    PAPER,
    QUESTION_KIND,
    TEXT,
    UNIT,
    WARDS,
    WHOLE,
    Kind,
    matching,
)

HELP_MARK = "↳"
"""How the cells of the row of help begin, so that it is told from data."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        key: where the value goes in the JSON of its row, parts set apart by dots.
        heading: in the first row; marks and case don't matter when read.
        help: in the second row.
        needed: an empty cell is a fault.
    """

    key: str
    heading: str
    help: str
    kind: Kind
    needed: bool = True


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """One sheet: its name and its columns."""

    name: str
    columns: tuple[Column, ...]


def _c(key: str, heading: str, help_: str, kind: Kind = TEXT) -> Column:
    return Column(key, heading, help_, kind)


def _optional(key: str, heading: str, help_: str, kind: Kind = TEXT) -> Column:
    return Column(key, heading, help_, kind, needed=False)


_OF = _c("procedure", "Mã thủ tục", "Như ở tờ Thủ tục", CODE)
_WORD = matching(r"[a-z][a-z0-9_]{1,39}", "chữ thường không dấu, nối bằng _")
_CONDITION = "Để trống: luôn luôn. Ví dụ: da_co_du_lieu != có; loai = thue | loai = muon"
_SURE = "đã kiểm tra, theo trí nhớ, hoặc chưa kiểm tra"

ABOUT = SheetPlan(
    "Ấn bản",
    (
        _c("version", "Phiên bản", "Số mới cho mỗi lần phát hành, ví dụ 2026.12.1"),
        _c("issued_on", "Ngày phát hành", "Ngày/tháng/năm", DAY),
        _c("note.vi", "Có gì mới", "Một câu cho người dùng"),
        _c("note.en", "Có gì mới (tiếng Anh)", "Câu ấy bằng tiếng Anh"),
    ),
)
PROCEDURES = SheetPlan(
    "Thủ tục",
    (
        _c("code", "Mã thủ tục", "Ví dụ 1.004222; mỗi mã một dòng", CODE),
        _c("version", "Phiên bản", "Đổi mỗi khi sửa thủ tục này"),
        _c("name.vi", "Tên thủ tục", "Đúng tên đã công bố"),
        _c("name.en", "Tên tiếng Anh", "Dịch nghĩa"),
        _c("domain", "Lĩnh vực", "civil_status, residence, household_business, land...", _WORD),
        _c("authority.vi", "Cơ quan thực hiện", "Cơ quan giải quyết"),
        _c("authority.en", "Cơ quan (tiếng Anh)", "Dịch nghĩa"),
        _c("level", "Cấp", "commune, commune_police, city...", _WORD),
        _c("van_role", "Xe làm gì", "guide_and_digitise, guide_online_only, officer_only...", _WORD),
        _c("valid_from", "Hiệu lực từ", "Ngày/tháng/năm", DAY),
        _optional("valid_to", "Hiệu lực đến", "Để trống: chưa có ngày hết hiệu lực", DAY),
        _c("channels", "Cách nộp", "trực tiếp, trực tuyến, bưu chính", CHANNELS),
        _optional("time_limit.value", "Thời hạn", "Số ngày; 0 là trong ngày; để trống: chưa biết", WHOLE),
        _c("time_limit.unit", "Đơn vị thời hạn", "ngày làm việc, hoặc ngày", UNIT),
        _optional("time_limit.cutoff", "Giờ chốt", "Nhận sau giờ này tính ngày sau, ví dụ 15:00", CLOCK),
        _c("time_limit.source", "Nguồn thời hạn", "Văn bản hoặc trang đã đọc"),
        _c("time_limit.confidence", "Thời hạn chắc đến đâu", _SURE, CONFIDENCE),
        _c("form.id", "Mẫu tờ khai", "Tên thư mục trong forms/", matching(FORM_ID, "ct01, birth...")),
        _c("form.name.vi", "Tên tờ khai", "Như trên mẫu giấy"),
        _c("form.name.en", "Tên tờ khai (tiếng Anh)", "Dịch nghĩa"),
        _c("form.issued_by", "Tờ khai ban hành theo", "Văn bản ban hành mẫu"),
        _c("form.confidence", "Tờ khai chắc đến đâu", _SURE, CONFIDENCE),
        _optional("form.preset", "Đặt sẵn", "Ô đặt sẵn trong tờ khai, ví dụ /kind = permanent"),
        _c("source", "Nguồn", "Các dữ kiện khác của thủ tục lấy ở đâu"),
        _c("confidence", "Chắc đến đâu", _SURE, CONFIDENCE),
    ),
)
QUESTIONS = SheetPlan(
    "Câu hỏi",
    (
        _OF,
        _c(
            "key",
            "Câu hỏi",
            "Tên ngắn, chữ thường không dấu, ví dụ da_co_nha",
            matching(r"[a-z_]{2,40}", "da_co_nha"),
        ),
        _c("text.vi", "Hỏi công dân", "Lời dễ hiểu, một câu"),
        _c("text.en", "Hỏi bằng tiếng Anh", "Dịch nghĩa"),
        _c("kind", "Kiểu trả lời", "có hay không, hoặc chọn một", QUESTION_KIND),
        _optional("help.vi", "Giải thích", "Hiện dưới câu hỏi"),
        _optional("help.en", "Giải thích (tiếng Anh)", "Dịch nghĩa"),
        _optional("when", "Chỉ hỏi khi", _CONDITION),
    ),
)
CHOICES = SheetPlan(
    "Lựa chọn",
    (
        _OF,
        _c("key", "Câu hỏi", "Như ở tờ Câu hỏi, kiểu chọn một"),
        _c("value", "Giá trị", "Dùng trong điều kiện, ví dụ thue", matching(r"[a-z0-9_]{1,40}", "thue")),
        _c("text.vi", "Lời hiện ra", "Công dân đọc"),
        _c("text.en", "Lời tiếng Anh", "Dịch nghĩa"),
    ),
)
COMPONENTS = SheetPlan(
    "Giấy tờ",
    (
        _OF,
        _c(
            "code",
            "Mã giấy tờ",
            "CHỮ HOA không dấu, ví dụ HOP_DONG",
            matching(r"[A-Z0-9_]{2,24}", "HOP_DONG"),
        ),
        _c("name.vi", "Tên giấy tờ", "Công dân đọc"),
        _c("name.en", "Tên tiếng Anh", "Dịch nghĩa"),
        _c("kind", "Nộp hay xuất trình", "nộp, hoặc xuất trình", COMPONENT_KIND),
        _c("paper", "Loại bản", "bản chính, bản sao, bản điện tử", PAPER),
        _c("copies", "Số bản", "0 nếu chỉ xem rồi trả lại", WHOLE),
        _c("required", "Bắt buộc", "không: cán bộ quyết định", FLAG),
        _optional("condition", "Cần khi", _CONDITION),
        _optional("from_form", "Là tờ khai", "có: chính là tờ khai điền trên máy", FLAG),
        _optional("note.vi", "Ghi chú", "Hiện dưới tên giấy tờ"),
        _optional("note.en", "Ghi chú (tiếng Anh)", "Dịch nghĩa"),
        _optional("source", "Nguồn", "Để trống: theo nguồn của thủ tục"),
        _optional("confidence", "Chắc đến đâu", _SURE, CONFIDENCE),
    ),
)
FEES = SheetPlan(
    "Lệ phí",
    (
        _OF,
        _c("channel", "Cách nộp", "trực tiếp, trực tuyến, hoặc bưu chính", CHANNEL),
        _optional(
            "group",
            "Đối tượng",
            "Mã đối tượng ưu tiên; để trống: mọi người",
            matching(r"[A-Z_]{2,12}", "NCT"),
        ),
        _optional("wards", "Địa bàn", "Mã xã, phường cách nhau dấu phẩy; để trống: mọi nơi", WARDS),
        _c("amount_vnd", "Số tiền", "Số đồng; 0 là miễn; chưa biết nếu chưa tra được", AMOUNT),
        _c("valid_from", "Áp dụng từ", "Ngày/tháng/năm", DAY),
        _optional("valid_to", "Áp dụng đến", "Để trống: chưa có ngày kết thúc", DAY),
        _optional("condition", "Áp dụng khi", _CONDITION),
        _c("source", "Nguồn", "Văn bản quy định mức thu"),
        _c("confidence", "Chắc đến đâu", _SURE, CONFIDENCE),
    ),
)
LAWS = SheetPlan(
    "Căn cứ",
    (
        _OF,
        _c("text", "Văn bản", "Số hiệu văn bản; không chắc thì ghi theo trí nhớ"),
        _c("confidence", "Chắc đến đâu", _SURE, CONFIDENCE),
    ),
)
KEYWORDS = SheetPlan("Từ khóa", (_OF, _c("keyword", "Từ khóa", "Lời người dân hay nói")))
NOTES = SheetPlan(
    "Ghi chú",
    (
        _OF,
        _c("vi", "Ghi chú", "Cán bộ và công dân đọc"),
        _c("en", "Ghi chú (tiếng Anh)", "Dịch nghĩa"),
    ),
)
SUCCESSORS = SheetPlan(
    "Mã thay thế",
    (
        _c("code", "Mã cũ", "Mã không còn hiệu lực", CODE),
        _c("name", "Tên cũ", "Tên thủ tục cũ"),
        _optional("successor", "Mã mới", "Để trống: bãi bỏ, không có mã thay", CODE),
        _c("reason.vi", "Lý do", "Vì sao thay"),
        _c("reason.en", "Lý do (tiếng Anh)", "Dịch nghĩa"),
        _c("source", "Nguồn", "Quyết định công bố"),
        _c("confidence", "Chắc đến đâu", _SURE, CONFIDENCE),
    ),
)
SHEETS = (
    ABOUT, PROCEDURES, QUESTIONS, CHOICES, COMPONENTS, FEES, LAWS, KEYWORDS, NOTES, SUCCESSORS,
)  # fmt: skip
