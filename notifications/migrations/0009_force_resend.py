from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0008_delivery_reports"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="order",
            options={
                "permissions": [
                    ("resend_order", "Can send a notification again"),
                    (
                        "force_resend",
                        "Can send a notification again to somebody who is reserved or has read the letter",
                    ),
                ]
            },
        ),
        migrations.AddField(
            model_name="order",
            name="forced",
            field=models.BooleanField(
                default=False,
                help_text="Sent again although the recipient is reserved or has read the letter.",
            ),
        ),
        migrations.AlterField(
            model_name="order",
            name="address",
            field=models.CharField(
                blank=True,
                help_text="Given by the sender instead of a party, or by an operator who corrects.",
                max_length=1000,
            ),
        ),
        migrations.RemoveConstraint(model_name="order", name="order_is_for_a_party_or_an_address"),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                name="order_is_for_a_party_or_an_address",
                condition=(~Q(party_urn="") & Q(address=""))
                | (Q(party_urn="") & ~Q(address=""))
                | (~Q(party_urn="") & Q(repeats__isnull=False)),
                violation_error_message="An order is for a party or an address; a resend may correct a party's address.",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                name="order_only_a_resend_is_forced",
                condition=Q(forced=False) | Q(repeats__isnull=False),
            ),
        ),
    ]
