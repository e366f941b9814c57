import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone


def keep_as_first_version(apps, schema_editor):
    version = apps.get_model("notifications", "TemplateVersion")
    now = timezone.now().replace(microsecond=0)  # so that a copy of the row in JSON is the same row
    version.objects.bulk_create(
        version(template=row, number=1, subject=row.subject, body=row.body, created_at=now)
        for row in apps.get_model("notifications", "Template").objects.all()
    )


def write_back_newest(apps, schema_editor):
    version = apps.get_model("notifications", "TemplateVersion")
    newest = version.objects.order_by("template", "-number").distinct("template").select_related("template")
    for one in newest:
        one.template.subject, one.template.body = one.subject, one.body
        one.template.save()


def made_from():
    return models.ForeignKey(
        blank=True,
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="notifications.templateversion",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0006_files_of_forwarded_letters"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("registry", "0002_append_only_audit"),
    ]

    operations = [
        migrations.CreateModel(
            name="TemplateVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("subject", models.CharField(blank=True, help_text="Of an e-mail.", max_length=512)),
                ("body", models.TextField(help_text="`{text}` is the place of the sender's own words.")),
                ("reason", models.TextField(blank=True)),
                ("created_at", models.DateTimeField()),
                (
                    "operator",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="notifications.template",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("template", "number"), name="template_version_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("operator__isnull", True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="template_version_operator_gives_a_reason",
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint(model_name="template", name="template_email_has_subject"),
        migrations.AlterField("template", "body", models.TextField(blank=True)),  # so that it can come back
        migrations.RunPython(keep_as_first_version, write_back_newest),
        migrations.RemoveField("template", "subject"),
        migrations.RemoveField("template", "body"),
        migrations.RunSQL(
            """
            CREATE TRIGGER template_version_kept BEFORE DELETE ON notifications_templateversion
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            CREATE TRIGGER template_version_unchanged BEFORE UPDATE ON notifications_templateversion
                FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION refuse_change();
            """,
            """
            DROP TRIGGER template_version_kept ON notifications_templateversion;
            DROP TRIGGER template_version_unchanged ON notifications_templateversion;
            """,
        ),
        migrations.AddField(
            "notificationtext",
            "sender_name",
            models.TextField(blank=True, default="", help_text="In whose name a mail is sent."),
            preserve_default=False,
        ),
        migrations.AddField("notificationtext", "email_version", made_from()),
        migrations.AddField("notificationtext", "sms_version", made_from()),
        migrations.AddField("notificationtext", "reminder_email_version", made_from()),
        migrations.AddField("notificationtext", "reminder_sms_version", made_from()),
    ]
