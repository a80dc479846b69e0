"""The pages of the demo, by person: the one list that the pictures, and whoever wants every page, read."""

from dataclasses import dataclass

PROGRESS = "fixtures/exports/tien_do_quy_2_2023.xlsx"
"""A simulated export with planted slips: something for every step."""
UNKNOWN = "a table of no known layout"
STRANGER = "khach"
"""Nobody is logged in."""
EVERYBODY = ("vanphong", "huyen", "xa", "lanhdao")


@dataclass(frozen=True, kw_only=True)
class Shot:
    """A page as one person sees it.

    `path` is the address after the host; `follow` names links (their text on the page) to click from there,
    for pages whose address holds a number of the database. `upload` is a file that is brought in first, and
    `path` then the step's page below the address of what became of it; it is given up afterwards.
    """

    person: str
    name: str
    path: str
    follow: tuple[str, ...] = ()
    upload: str = ""


PAGES: list[Shot] = [
    *(Shot(person=person, name="tong-quan", path="/") for person in EVERYBODY),
    Shot(person="vanphong", name="xep-hang-quang-nam", path="/xep-hang/?chi-tieu=HSTT&ky=2023-Q1&cap=xa"),
    Shot(person="vanphong", name="xep-hang-thanh-toan", path="/xep-hang/?chi-tieu=TTTT&ky=2023-Q1&cap=huyen"),
    Shot(person="vanphong", name="ban-do-nhiet", path="/ban-do-nhiet/?ky=2023-Q1&cap=so"),
    Shot(person="lanhdao", name="ban-do-nhiet", path="/ban-do-nhiet/?sap=-HSTT"),
    Shot(person="vanphong", name="chua-co-ky", path="/xep-hang/?chi-tieu=HSTT&ky=2019-Q1&cap=xa"),
    Shot(person="vanphong", name="nhap-tep", path="/nhap-tep/"),
    Shot(person="vanphong", name="nhap-tep-moi", path="/nhap-tep/moi/"),
    Shot(
        person="vanphong",
        name="lan-nhap",
        path="/nhap-tep/",
        follow=("quang_ninh_269_phu_luc_III_2023.xlsx",),
    ),
    *(
        Shot(person="vanphong", name=f"nhap-tep-{step}", path=f"{step}/", upload=PROGRESS)
        for step in ("nhan-dang", "khop-don-vi", "kiem-tra", "thay-doi")
    ),
    Shot(person="vanphong", name="nhap-tep-khai-mau", path="khai-mau/", upload=UNKNOWN),
    Shot(person="vanphong", name="mau-tep", path="/nhap-tep/mau/"),
    Shot(person="vanphong", name="mau-tep-so-hoa", path="/nhap-tep/mau/so-hoa/"),
    Shot(person="vanphong", name="ten-goi-khac", path="/nhap-tep/ten-goi-khac/"),
    Shot(person="vanphong", name="so-lieu", path="/so-lieu/"),
    Shot(person="vanphong", name="tinh-hinh-nop", path="/so-lieu/tinh-hinh/"),
    Shot(person="huyen", name="tinh-hinh-nop", path="/so-lieu/tinh-hinh/"),
    Shot(person="huyen", name="gia-han", path="/so-lieu/tinh-hinh/", follow=("Gia hạn Phường Hà Tu",)),
    Shot(person="huyen", name="nhac-nop", path="/so-lieu/tinh-hinh/nhac/"),
    Shot(person="vanphong", name="nhat-ky-nhac", path="/so-lieu/tinh-hinh/nhat-ky-nhac/"),
    Shot(person="xa", name="thong-bao", path="/so-lieu/thong-bao/"),
    Shot(person="vanphong", name="nhat-ky-so-lieu", path="/so-lieu/nhat-ky/"),
    Shot(person="vanphong", name="lich-han-nop", path="/so-lieu/lich/"),
    Shot(person="vanphong", name="dat-han-nop", path="/so-lieu/lich/quy-dinh/?loai=quarter&cap=xa"),
    Shot(person="vanphong", name="ke-hoach", path="/chi-tieu-giao/"),
    Shot(person="vanphong", name="ke-hoach-quang-nam", path="/chi-tieu-giao/quang-nam-2024/"),
    Shot(person="vanphong", name="lap-ke-hoach", path="/chi-tieu-giao/lap/"),
    *(
        Shot(person="vanphong", name=f"ke-hoach-{name}", path=f"/chi-tieu-giao/qnam24-2024/{path}")
        for name, path in (
            ("nhap", ""),
            ("thong-tin", "thong-tin/"),
            ("quy-tac", "quy-tac/"),
            ("mot-quy-tac", "quy-tac/1/"),
            ("chi-tieu", "chi-tieu/HSTT/"),
            ("duyet", "duyet/"),
            ("ban-hanh", "ban-hanh/"),
        )
    ),
    Shot(
        person="vanphong",
        name="sua-tay",
        path="/chi-tieu-giao/qnam24-2024/",
        follow=("Sửa tay Sở Công Thương",),
    ),
    Shot(person="vanphong", name="van-ban", path="/van-ban/"),
    Shot(person="vanphong", name="van-ban-quang-ninh", path="/van-ban/QNinh23/"),
    Shot(person="vanphong", name="van-ban-sua", path="/van-ban/QNinh23/sua/"),
    Shot(person="vanphong", name="van-ban-moi", path="/van-ban/moi/"),
    Shot(person="vanphong", name="ke-hoach-phu-luc", path="/chi-tieu-giao/quang-nam-2024/phu-luc/"),
    Shot(person="vanphong", name="don-vi", path="/don-vi/?ngay=2023-06-30"),
    Shot(person="vanphong", name="tim-don-vi", path="/don-vi/?tim=tra+don"),
    Shot(person="vanphong", name="nguoi-dung", path="/don-vi/nguoi-dung/"),
    Shot(person="vanphong", name="them-nguoi-dung", path="/don-vi/nguoi-dung/them/"),
    Shot(
        person="vanphong",
        name="nguoi-dung-mot",
        path="/don-vi/nguoi-dung/?tim=vanphong",
        follow=("Trần Minh Hà",),
    ),
    Shot(person="vanphong", name="nhat-ky", path="/don-vi/nhat-ky/"),
    Shot(person="vanphong", name="danh-muc", path="/danh-muc/"),
    Shot(person="vanphong", name="danh-muc-don-vi", path="/danh-muc/don-vi/?ngay=2023-06-30"),
    Shot(
        person="vanphong", name="danh-muc-don-vi-mot", path="/danh-muc/don-vi/", follow=("Thành phố Tam Kỳ",)
    ),
    *(
        Shot(
            person="vanphong",
            name=f"danh-muc-don-vi-{name}",
            path="/danh-muc/don-vi/",
            follow=("Thành phố Tam Kỳ", link),
        )
        for name, link in (
            ("sua", "Đổi tên, loại, cấp trên"),
            ("sap-nhap", "Sáp nhập"),
            ("ket-thuc", "Kết thúc"),
        )
    ),
    Shot(person="vanphong", name="danh-muc-don-vi-them", path="/danh-muc/don-vi/them/"),
    Shot(person="vanphong", name="danh-muc-chi-tieu", path="/danh-muc/chi-tieu/"),
    Shot(person="vanphong", name="danh-muc-chi-tieu-mot", path="/danh-muc/chi-tieu/HSTT/"),
    Shot(person="vanphong", name="danh-muc-chi-tieu-sua", path="/danh-muc/chi-tieu/HSTT/sua/"),
    Shot(person="vanphong", name="danh-muc-chi-tieu-phien-ban", path="/danh-muc/chi-tieu/HSTT/phien-ban/"),
    Shot(person="vanphong", name="danh-muc-ky", path="/danh-muc/ky/"),
    Shot(person="vanphong", name="danh-muc-ky-mot", path="/danh-muc/ky/2023-Q4/"),
    Shot(person="vanphong", name="doi-mat-khau", path="/tai-khoan/doi-mat-khau/"),
    Shot(person="xa", name="tro-giup", path="/tro-giup/"),
    Shot(person="xa", name="tro-giup-nhap-so-lieu", path="/tro-giup/nhap-so-lieu/"),
    Shot(person="xa", name="tro-giup-tu-ngu", path="/tro-giup/tu-ngu/"),
    Shot(person="huyen", name="so-lieu", path="/so-lieu/"),
    Shot(person="huyen", name="xep-hang", path="/xep-hang/"),
    Shot(person="xa", name="so-lieu", path="/so-lieu/"),
    Shot(person="xa", name="nhap-so-lieu", path="/", follow=("Nhập số liệu Quý IV/2023",)),
    Shot(person="xa", name="minh-chung", path="/", follow=("Nhập số liệu Quý IV/2023", "Tệp minh chứng")),
    Shot(person="xa", name="bao-sai", path="/so-lieu/bao-sai/?trang_thai=tat-ca"),
    Shot(person="huyen", name="bao-sai", path="/so-lieu/bao-sai/"),
    Shot(person="xa", name="ho-so", path="/", follow=("Hồ sơ đơn vị",)),
    Shot(
        person="vanphong",
        name="cong-bo",
        path="/xep-hang/?chi-tieu=TTTT&ky=2023-Q1&cap=huyen",
        follow=("Công bố",),
    ),
    Shot(
        person="vanphong",
        name="thu-hoi",
        path="/cong-khai/",
        follow=("Hồ sơ trực tuyến, cấp huyện", "Thu hồi"),
    ),
    Shot(person=STRANGER, name="dang-nhap", path="/tai-khoan/dang-nhap/"),
    Shot(person=STRANGER, name="cong-khai", path="/cong-khai/"),
    Shot(person=STRANGER, name="cong-khai-tim", path="/cong-khai/?tim=ha+tu"),
    Shot(person=STRANGER, name="cong-khai-bang", path="/cong-khai/", follow=("Hồ sơ trực tuyến, cấp huyện",)),
    Shot(person=STRANGER, name="cong-khai-don-vi", path="/cong-khai/?tim=ha+tu", follow=("Phường Hà Tu",)),
    Shot(person="lanhdao", name="xep-hang", path="/xep-hang/?cap=huyen"),
    Shot(person="lanhdao", name="ho-so", path="/xep-hang/?cap=huyen", follow=("Thành phố Cẩm Phả",)),
    Shot(person="lanhdao", name="ke-hoach-quang-ninh", path="/chi-tieu-giao/quang-ninh-2023/"),
    Shot(person="lanhdao", name="tien-do-quang-ninh", path="/chi-tieu-giao/quang-ninh-2023/tien-do/"),
]
