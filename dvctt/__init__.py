"""Chỉ tiêu dịch vụ công trực tuyến: the project around the apps."""

from dvctt.celery import app as celery_app

__all__ = ["celery_app"]
