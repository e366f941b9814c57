from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_standard_wording")]

    operations = [
        migrations.AlterModelOptions(
            name="order",
            options={"permissions": [("resend_order", "Can send a notification again")]},
        ),
    ]
