"""A system user's vendor is an organisation number: vendors need no entry in the registry."""

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def number_of_party(apps, schema_editor):
    party = apps.get_model("registry", "Party").objects.filter(pk=OuterRef("vendor_id"))
    apps.get_model("registry", "SystemUser").objects.update(
        vendor_number=Subquery(party.values("org_number")[:1])
    )


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_append_only_audit")]

    operations = [
        migrations.AddField("systemuser", "vendor_number", models.CharField(max_length=9, default="")),
        migrations.RunPython(number_of_party),
        migrations.RemoveField("systemuser", "vendor"),
        migrations.RenameField("systemuser", "vendor_number", "vendor"),
        migrations.AlterField("systemuser", "vendor", models.CharField(max_length=9)),
    ]
