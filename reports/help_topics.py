"""Trợ giúp: the one list of its pages, for whom each is, and which screens of the site it explains."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dvctt.lib import names

OFFICER, REVIEWER, OFFICE, LEADER, ADMIN = "officer", "reviewer", "office", "leader", "admin"
"""As units.models.Role has them; this module is read without a database."""
ANY_PLACE: Final = ""


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen that a page of help leads to, for whoever holds the permission; "" lets everybody in."""

    url_name: str
    label: str
    permission: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """A page of help: a task in the words of whoever has it, for which roles, beside which screens.

    Its template is templates/help/<slug>.html. `roles` is empty where the page is for everybody.
    """

    slug: str
    title: str
    lead: str
    roles: frozenset[str] = frozenset()
    screens: tuple[Screen, ...] = ()
    url_names: tuple[str, ...] = ()
    is_open: bool = False
    """Read without logging in too."""

    @property
    def template(self) -> str:
        return f"help/{self.slug}.html"


TOPICS: Final = (
    Topic(
        "nhap-so-lieu",
        "Nhập số liệu quý",
        "Nhập tử số, mẫu số hoặc lý do không có số cho từng chỉ tiêu; số được lưu khi rời ô.",
        frozenset({OFFICER, ADMIN}),
        (Screen("submissions", "Số liệu", "indicators.enter_figures"),),
        ("submission_enter",),
    ),
    Topic(
        "dan-tu-excel",
        "Dán từ Excel, điền bằng mẫu Excel",
        "Có sẵn số trong bảng tính thì không phải gõ lại.",
        frozenset({OFFICER, ADMIN}),
        (Screen("submissions", "Số liệu", "indicators.enter_figures"),),
        ("entry_fill", "entry_template"),
    ),
    Topic(
        "kiem-tra-va-gui",
        "Kiểm tra, giải trình và gửi báo cáo",
        "Lưu nháp chưa phải là gửi: báo cáo chỉ đến người duyệt khi đã gửi.",
        frozenset({OFFICER, ADMIN}),
        (Screen("submissions", "Số liệu", "indicators.enter_figures"),),
        ("submission_check",),
    ),
    Topic(
        "so-tu-cong",
        "Số từ Cổng, báo sai và tệp minh chứng",
        "Dòng đã có số từ nguồn chính thức thì khoá; số sai thì báo, số tự nhập thì kèm được tệp.",
        frozenset({OFFICER, ADMIN}),
        (
            Screen("submissions", "Số liệu", "indicators.enter_figures"),
            Screen("doubts", "Số liệu bị báo sai", "indicators.review_figures"),
        ),
        ("doubts", "doubt", "doubt_raise", "evidence"),
    ),
    Topic(
        "bao-cao-bi-tra-lai",
        "Báo cáo bị trả lại thì làm gì",
        "Sửa các dòng mà người duyệt nêu, rồi gửi lại; số đã nhập vẫn còn.",
        frozenset({OFFICER, ADMIN}),
        (Screen("submissions", "Số liệu", "indicators.enter_figures"),),
    ),
    Topic(
        "duyet-va-tra-lai",
        "Duyệt và trả lại báo cáo",
        "Xem chỗ lạ trước, duyệt khi số đúng, trả lại kèm lý do khi chưa đúng.",
        frozenset({REVIEWER, OFFICE}),
        (Screen("submissions", "Số liệu", "indicators.review_figures"),),
        (
            "submission_approve",
            "submission_return",
            "submission_reopen",
            "submission_approve_chosen",
        ),
    ),
    Topic(
        "tinh-hinh-nop",
        "Tình hình nộp, đôn đốc và gia hạn",
        "Biết ai đã gửi, ai quá hạn; cho thêm thời gian khi có lý do.",
        frozenset({REVIEWER, OFFICE}),
        (Screen("sending", "Tình hình nộp", "indicators.review_figures"),),
        ("sending", "submission_extend"),
    ),
    Topic(
        "nhac-nop",
        "Nhắc nộp và thông báo",
        "Phần mềm tự nhắc theo hạn; nhắc tay thì xem trước ai nhận.",
        frozenset({REVIEWER, OFFICE}),
        (
            Screen("sending_remind", "Nhắc nộp", "indicators.review_figures"),
            Screen("reminder_log", "Nhật ký nhắc", "indicators.review_figures"),
            Screen("notices", "Thông báo"),
        ),
        ("sending_remind", "reminder_log", "notices"),
    ),
    Topic(
        "nhap-tep",
        "Nhập tệp từ Cổng Dịch vụ công",
        "Sáu bước; chưa đến bước cuối thì chưa ghi gì, ghi rồi vẫn hoàn tác được.",
        frozenset({OFFICE, ADMIN}),
        (Screen("import_upload", "Nhập tệp mới", "imports.import_file"),),
        (
            "import_list",
            "import_upload",
            "import_layouts",
            "import_layout_edit",
            "import_aliases",
            "import_batch",
            "import_mapping",
            "import_recognise",
            "import_match",
            "import_check",
            "import_preview",
            "import_result",
            "import_commit",
            "import_undo",
        ),
    ),
    Topic(
        "giao-chi-tieu",
        "Lập và ban hành kế hoạch giao chỉ tiêu",
        "Từ số gốc và quy tắc đến mức giao của từng đơn vị, theo văn bản đã ký.",
        frozenset({OFFICE, REVIEWER, LEADER}),
        (
            Screen("plan_new", "Lập kế hoạch", "targets.assign_targets"),
            Screen("plans", "Chỉ tiêu giao"),
        ),
        (
            "plans",
            "plan",
            "plan_new",
            "plan_facts",
            "plan_rules",
            "plan_rule",
            "plan_rule_new",
            "plan_indicator",
            "plan_override",
            "plan_review",
            "plan_issue",
            "plan_changes",
        ),
    ),
    Topic(
        "xep-hang-va-ho-so",
        "Xem xếp hạng, hồ sơ đơn vị và tiến độ",
        "Đơn vị đứng đâu, so với chỉ tiêu giao còn thiếu bao nhiêu, số lấy từ đâu.",
        screens=(Screen("league", "Xếp hạng"), Screen("unit_tree", "Đơn vị")),
        url_names=("league", "unit", "unit_tree", "plan_progress"),
    ),
    Topic(
        "cong-bo",
        "Công bố bảng xếp hạng",
        "Bảng đã công bố thì ai cũng xem được, không cần đăng nhập, và giữ nguyên từng chữ số.",
        frozenset({OFFICE}),
        (Screen("league", "Xếp hạng"), Screen("public", "Bảng công khai")),
        ("league_publish", "publication_withdraw", "public", "public_league", "public_unit"),
    ),
    Topic(
        "ban-do-nhiet",
        "Đọc bản đồ nhiệt",
        "Vấn đề nằm ở đơn vị hay ở chỉ tiêu: mọi chỉ tiêu của các đơn vị cùng cấp trên một bảng.",
        screens=(Screen("heat_map", "Bản đồ nhiệt"),),
        url_names=("heat_map",),
    ),
    Topic(
        "tai-phu-luc",
        "Tải phụ lục và bảng Excel",
        "Phụ lục kèm văn bản, phiếu giao chỉ tiêu, và bảng đang xem.",
        frozenset({OFFICE, LEADER, REVIEWER}),
        (Screen("plans", "Chỉ tiêu giao"), Screen("documents", "Văn bản")),
        ("plan_appendices", "documents", "document", "document_add", "document_edit"),
    ),
    Topic(
        "nguoi-dung",
        "Quản lý người dùng, đặt lại mật khẩu",
        "Thêm người, trao và kết thúc vai trò, cấp mật khẩu không cần thư điện tử.",
        frozenset({OFFICE, ADMIN, REVIEWER}),
        (Screen("people", "Người dùng", "units.manage_people"),),
        (
            "people",
            "person",
            "person_add",
            "person_password",
            "person_grant",
            "person_grant_end",
            "person_active",
        ),
    ),
    Topic(
        "lich-han-nop",
        "Lịch hạn nộp và ngày nghỉ",
        "Hạn của từng cấp là dữ liệu do Văn phòng đặt; ngày Tết khai từng năm.",
        frozenset({OFFICE, ADMIN}),
        (Screen("calendar", "Lịch hạn nộp", "units.edit_units"),),
        ("calendar", "calendar_rule"),
    ),
    Topic(
        "danh-muc",
        "Danh mục: đơn vị, chỉ tiêu, kỳ",
        "Đổi từ một ngày, kèm văn bản và lý do; kỳ trước giữ nguyên.",
        frozenset({OFFICE, ADMIN}),
        (Screen("catalogue", "Danh mục", "units.edit_units"),),
        (
            "catalogue",
            "catalogue_units",
            "catalogue_unit",
            "catalogue_unit_add",
            "catalogue_unit_edit",
            "catalogue_unit_end",
            "catalogue_merge",
            "catalogue_indicators",
            "catalogue_indicator",
            "catalogue_indicator_edit",
            "catalogue_indicator_version",
            "catalogue_periods",
            "catalogue_period",
        ),
    ),
    Topic(
        "nhat-ky",
        "Tra nhật ký: ai đã sửa gì",
        "Mọi thay đổi của số liệu, báo cáo, hạn nộp, tệp, kế hoạch và bảng công bố, kèm lý do.",
        frozenset({OFFICE, ADMIN}),
        (
            Screen("data_log", "Nhật ký số liệu", "units.see_audit"),
            Screen("audit", "Nhật ký tài khoản", "units.see_audit"),
        ),
        ("data_log", "audit"),
    ),
    Topic(
        "an-toan",
        "Giữ tài khoản an toàn trên máy dùng chung",
        "Đăng xuất khi rời máy; mật khẩu không cho ai biết, kể cả người quản trị.",
        screens=(Screen("password_change", "Đổi mật khẩu"),),
        url_names=("password_change",),
    ),
    Topic(
        "khong-dang-nhap-duoc",
        "Không đăng nhập được",
        "Quên mật khẩu, tài khoản bị khoá, hoặc chưa có tài khoản.",
        url_names=("login",),
        is_open=True,
    ),
    Topic("tu-ngu", "Từ ngữ", "Các từ trên màn hình nghĩa là gì, và năm trường hợp không có số."),
    Topic("phim-tat", "Phím tắt", "Nhập cả biểu mà không rời bàn phím."),
)
BY_SLUG: Final[Mapping[str, Topic]] = {topic.slug: topic for topic in TOPICS}
BY_URL_NAME: Final[Mapping[str, Topic]] = {name: topic for topic in TOPICS for name in topic.url_names}


def topics_for(roles: Collection[str]) -> tuple[list[Topic], list[Topic]]:
    """Return the pages of these roles' own work, and all others, each in the list's order."""
    own = [topic for topic in TOPICS if topic.roles & set(roles)]
    return own, [topic for topic in TOPICS if topic not in own]


def find_topics(text: str, *, words: Mapping[str, str]) -> list[Topic]:
    """Return the pages that hold every word, accents aside; those that have them in the title come first.

    `words` are the pages' own texts by slug.
    """
    wanted = names.fold(text).split()
    titled = [topic for topic in TOPICS if _holds(topic.title, wanted)]
    written = [topic for topic in TOPICS if _holds(f"{topic.title} {topic.lead} {words[topic.slug]}", wanted)]
    return titled + [topic for topic in written if topic not in titled]


def _holds(text: str, wanted: Sequence[str]) -> bool:
    folded = names.fold(text)
    return all(word in folded for word in wanted)
