from django.urls import path

from reports import appendix_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("xep-hang/", views.league, name="league"),
    path("xep-hang/bieu-do/", views.league_chart, name="league_chart"),
    path("xep-hang/excel/", views.league_xlsx, name="league_xlsx"),
    path("ho-so/<int:pk>/", views.unit, name="unit"),
    path("phu-luc/<slug:code>/", appendix_views.appendix, name="appendix"),
    # Beside the pages of targets.urls: the papers of a plan stand under the plan's own address.
    path("chi-tieu-giao/<slug:code>/phu-luc/", appendix_views.plan_appendices, name="plan_appendices"),
    path(
        "chi-tieu-giao/<slug:code>/phu-luc/<slug:kind>/", appendix_views.plan_appendix, name="plan_appendix"
    ),
]
