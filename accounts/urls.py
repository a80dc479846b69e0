from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.urls import path

from accounts import views

urlpatterns = [
    path("dang-nhap/", views.LogIn.as_view(), name="login"),
    # Open to all: who comes with an expired session would be sent back here after logging in, with GET.
    path("dang-xuat/", login_not_required(auth_views.LogoutView.as_view()), name="logout"),
    path("doi-mat-khau/", views.PasswordChange.as_view(), name="password_change"),
    path("o-lai/", views.session_stay, name="session_stay"),
]
