from django.urls import path

from targets import views

urlpatterns = [
    path("", views.plans, name="plans"),
    path("<slug:code>/", views.plan, name="plan"),
    path("<slug:code>/giao-lai/", views.assign, name="plan_assign"),
]
