"""Văn bản: what a definition, a plan or a publication rests on."""

from django.db import models


class Document(models.Model):
    code = models.SlugField("mã", max_length=60, unique=True, help_text="ví dụ QNinh23")
    number = models.CharField("số, ký hiệu", max_length=80)
    issued_on = models.DateField("ngày ban hành", null=True, blank=True)
    issuer = models.CharField("cơ quan ban hành", max_length=200)
    signer = models.CharField("người ký", max_length=120, blank=True)
    abstract = models.CharField("trích yếu", max_length=500, blank=True)
    superseded_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="supersedes"
    )

    class Meta:
        verbose_name = "văn bản"
        verbose_name_plural = "văn bản"
        ordering = ["-issued_on", "number"]

    def __str__(self) -> str:
        return self.number
