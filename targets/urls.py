from django.urls import path

from targets import progress_views, views

urlpatterns = [
    path("", views.plans, name="plans"),
    path("<slug:code>/", views.plan, name="plan"),
    path("<slug:code>/giao-lai/", views.assign, name="plan_assign"),
    path("<slug:code>/tien-do/", progress_views.progress, name="plan_progress"),
]
