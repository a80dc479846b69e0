"""All addresses of the site; each app has its own list."""

from django.urls import include, path

from dvctt.health import healthz

handler400 = "dvctt.errors.bad_request"
urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("", include("reports.urls")),
    path("don-vi/", include("units.urls")),
    path("so-lieu/", include("indicators.urls")),
    path("nhap-tep/", include("imports.urls")),
    path("chi-tieu-giao/", include("targets.urls")),
    path("tai-khoan/", include("accounts.urls")),
]
