from django.db import models

from correspondence.enums import ReportFormat


class DailyReport(models.Model):
    """A stored file of the daily summary: one row per day, owner, message sender, resource and kind of recipient."""

    name = models.CharField(max_length=255)
    format = models.CharField(max_length=16, choices=ReportFormat.choices)
    day = models.DateField(
        null=True, blank=True, help_text="The one day that it is about; none: all of them."
    )
    storage_key = models.CharField(max_length=512, unique=True)
    size = models.BigIntegerField(help_text="In bytes.")
    md5 = models.CharField(max_length=32)
    rows = models.PositiveIntegerField()
    letters = models.PositiveBigIntegerField()
    owners = models.PositiveIntegerField()
    generated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="report_latest", fields=["format", "-generated_at"])]

    def __str__(self) -> str:
        return self.name


class ReportUnderWay(models.Model):
    """A file that is being made: written down before its first byte, gone in the transaction that records the report.

    What a process that died has left in the storage is found by it.
    """

    storage_key = models.CharField(max_length=512, unique=True)
    begun_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.storage_key


class StatisticsCall(models.Model):
    """A call of the statistics endpoints that counts against its address's limit."""

    address = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="statistics_call_recent", fields=["address", "at"])]

    def __str__(self) -> str:
        return f"{self.address} {self.at:%H:%M:%S}"
