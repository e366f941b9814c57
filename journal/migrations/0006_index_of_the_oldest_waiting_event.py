from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0005_event_subscriptions"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="eventdelivery",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["expires_at"], name="event_delivery_oldest"
            ),
        ),
    ]
