from django.urls import path

from reports import appendix_views, document_views, progress_views, sending_files, views

urlpatterns = [
    path("", views.home, name="home"),
    path("xep-hang/", views.league, name="league"),
    path("xep-hang/bieu-do/", views.league_chart, name="league_chart"),
    path("xep-hang/excel/", views.league_xlsx, name="league_xlsx"),
    path("ho-so/<int:pk>/", views.unit, name="unit"),
    path("phu-luc/<slug:code>/", appendix_views.appendix, name="appendix"),
    path("van-ban/", document_views.documents, name="documents"),
    path("van-ban/moi/", document_views.document_add, name="document_add"),
    path("van-ban/<slug:code>/", document_views.document, name="document"),
    path("van-ban/<slug:code>/sua/", document_views.document_edit, name="document_edit"),
    path("van-ban/<slug:code>/tep/", document_views.document_file, name="document_file"),
    path("so-lieu/tinh-hinh/excel/", sending_files.sending_xlsx, name="sending_xlsx"),
    # Below the plan's own address; the file is written here, where every file is.
    path("chi-tieu-giao/<slug:code>/tien-do/excel/", progress_views.progress_xlsx, name="plan_progress_xlsx"),
    # Beside the pages of targets.urls: the papers of a plan stand under the plan's own address.
    path("chi-tieu-giao/<slug:code>/phu-luc/", appendix_views.plan_appendices, name="plan_appendices"),
    path(
        "chi-tieu-giao/<slug:code>/phu-luc/<slug:kind>/", appendix_views.plan_appendix, name="plan_appendix"
    ),
]
