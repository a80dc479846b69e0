from django.urls import path

from reports import (
    appendix_views,
    change_log_views,
    document_views,
    heat_map_views,
    help_views,
    progress_views,
    public_views,
    publication_views,
    sending_files,
    views,
)
from reports.catalogue import hub, indicators, periods, units

urlpatterns = [
    path("", views.home, name="home"),
    path("xep-hang/", views.league, name="league"),
    path("xep-hang/bieu-do/", views.league_chart, name="league_chart"),
    path("xep-hang/excel/", views.league_xlsx, name="league_xlsx"),
    path("xep-hang/cong-bo/", publication_views.league_publish, name="league_publish"),
    path("cong-khai/", public_views.public, name="public"),
    path("cong-khai/<int:pk>/", public_views.public_league, name="public_league"),
    path("cong-khai/<int:pk>/excel/", public_views.public_league_xlsx, name="public_league_xlsx"),
    path("cong-khai/<int:pk>/thu-hoi/", publication_views.publication_withdraw, name="publication_withdraw"),
    path("cong-khai/don-vi/<int:pk>/", public_views.public_unit, name="public_unit"),
    path("ban-do-nhiet/", heat_map_views.heat_map, name="heat_map"),
    path("ban-do-nhiet/excel/", heat_map_views.heat_map_xlsx, name="heat_map_xlsx"),
    path("ban-do-nhiet/csv/", heat_map_views.heat_map_csv_file, name="heat_map_csv"),
    path("ho-so/<int:pk>/", views.unit, name="unit"),
    path("tro-giup/", help_views.help_index, name="help"),
    path("tro-giup/khong-dang-nhap-duoc/", help_views.help_log_in, name="help_log_in"),
    path("tro-giup/<slug:slug>/", help_views.help_page, name="help_page"),
    path("phu-luc/<slug:code>/", appendix_views.appendix, name="appendix"),
    path("van-ban/", document_views.documents, name="documents"),
    path("van-ban/moi/", document_views.document_add, name="document_add"),
    path("van-ban/<slug:code>/", document_views.document, name="document"),
    path("van-ban/<slug:code>/sua/", document_views.document_edit, name="document_edit"),
    path("van-ban/<slug:code>/tep/", document_views.document_file, name="document_file"),
    path("danh-muc/", hub.catalogue, name="catalogue"),
    path("danh-muc/don-vi/", units.units, name="catalogue_units"),
    path("danh-muc/don-vi/them/", units.unit_add, name="catalogue_unit_add"),
    path("danh-muc/don-vi/<int:pk>/", units.unit, name="catalogue_unit"),
    path("danh-muc/don-vi/<int:pk>/sua/", units.unit_edit, name="catalogue_unit_edit"),
    path("danh-muc/don-vi/<int:pk>/ket-thuc/", units.unit_end, name="catalogue_unit_end"),
    path("danh-muc/don-vi/<int:pk>/khoi-phuc/", units.unit_restore, name="catalogue_unit_restore"),
    path("danh-muc/don-vi/<int:pk>/sap-nhap/", units.unit_merge, name="catalogue_merge"),
    path("danh-muc/don-vi/<int:pk>/ten-goi/", units.alias_add, name="catalogue_alias_add"),
    path(
        "danh-muc/don-vi/<int:pk>/ten-goi/<int:alias_id>/thu-hoi/",
        units.alias_revoke,
        name="catalogue_alias_revoke",
    ),
    path("danh-muc/chi-tieu/", indicators.indicators, name="catalogue_indicators"),
    path("danh-muc/chi-tieu/<slug:code>/", indicators.indicator, name="catalogue_indicator"),
    path("danh-muc/chi-tieu/<slug:code>/sua/", indicators.indicator_edit, name="catalogue_indicator_edit"),
    path(
        "danh-muc/chi-tieu/<slug:code>/phien-ban/",
        indicators.indicator_version,
        name="catalogue_indicator_version",
    ),
    path("danh-muc/ky/", periods.periods, name="catalogue_periods"),
    path("danh-muc/ky/<slug:code>/", periods.period, name="catalogue_period"),
    # Beside the pages of indicators.urls: only here files and plans may be read together with figures.
    path("so-lieu/nhat-ky/", change_log_views.data_log, name="data_log"),
    path("so-lieu/nhat-ky/excel/", change_log_views.data_log_xlsx, name="data_log_xlsx"),
    path("so-lieu/tinh-hinh/excel/", sending_files.sending_xlsx, name="sending_xlsx"),
    # Below the plan's own address; the file is written here, where every file is.
    path("chi-tieu-giao/<slug:code>/tien-do/excel/", progress_views.progress_xlsx, name="plan_progress_xlsx"),
    # Beside the pages of targets.urls: the papers of a plan stand under the plan's own address.
    path("chi-tieu-giao/<slug:code>/phu-luc/", appendix_views.plan_appendices, name="plan_appendices"),
    path(
        "chi-tieu-giao/<slug:code>/phu-luc/<slug:kind>/", appendix_views.plan_appendix, name="plan_appendix"
    ),
]
