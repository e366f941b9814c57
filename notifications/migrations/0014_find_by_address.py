from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0013_trouble_with_the_platform"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("normalised_address", ""), _negated=True),
                fields=["normalised_address"],
                name="delivery_by_address",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                Lower("address"),
                condition=models.Q(("address", ""), _negated=True),
                name="order_by_address",
            ),
        ),
    ]
