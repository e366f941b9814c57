from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0004_resend_permission"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="delivery",
            name="delivery_state_valid",
        ),
        migrations.AddField(
            model_name="notification",
            name="look_at",
            field=models.DateTimeField(
                blank=True, help_text="When the platform is asked (again) what became of it.", null=True
            ),
        ),
        migrations.AddField(
            model_name="notification",
            name="looks",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="notification",
            name="placed_at",
            field=models.DateTimeField(blank=True, help_text="When the platform accepted it.", null=True),
        ),
        migrations.AddField(
            model_name="order",
            name="by_platform",
            field=models.BooleanField(
                default=False, help_text="The national platform sends it, and not our own delivery."
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="place_at",
            field=models.DateTimeField(
                blank=True, help_text="When the platform is asked (again) to take it.", null=True
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="place_attempts",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="order",
            name="platform_order_id",
            field=models.UUIDField(
                blank=True,
                help_text="The platform's own, once it has accepted the order.",
                null=True,
                unique=True,
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="state",
            field=models.CharField(
                choices=[
                    ("Email_New", "Email New"),
                    ("Email_Sending", "Email Sending"),
                    ("Email_Succeeded", "Email Succeeded"),
                    ("Email_Delivered", "Email Delivered"),
                    ("Email_Failed", "Email Failed"),
                    ("Email_Failed_Bounced", "Email Failed Bounced"),
                    ("Email_Failed_FilteredSpam", "Email Failed Filtered Spam"),
                    ("Email_Failed_InvalidEmailFormat", "Email Failed Invalid Format"),
                    ("Email_Failed_RecipientNotIdentified", "Email Failed Not Identified"),
                    ("Email_Failed_RecipientReserved", "Email Failed Reserved"),
                    ("Email_Failed_Quarantined", "Email Failed Quarantined"),
                    ("Email_Failed_SuppressedRecipient", "Email Failed Suppressed"),
                    ("Email_Failed_TTL", "Email Failed Ttl"),
                    ("SMS_New", "Sms New"),
                    ("SMS_Sending", "Sms Sending"),
                    ("SMS_Accepted", "Sms Accepted"),
                    ("SMS_Delivered", "Sms Delivered"),
                    ("SMS_Failed", "Sms Failed"),
                    ("SMS_Failed_InvalidRecipient", "Sms Failed Invalid Recipient"),
                    ("SMS_Failed_RecipientNotIdentified", "Sms Failed Not Identified"),
                    ("SMS_Failed_RecipientReserved", "Sms Failed Reserved"),
                    ("SMS_Failed_BarredReceiver", "Sms Failed Barred"),
                    ("SMS_Failed_Deleted", "Sms Failed Deleted"),
                    ("SMS_Failed_Expired", "Sms Failed Expired"),
                    ("SMS_Failed_Rejected", "Sms Failed Rejected"),
                    ("SMS_Failed_Undelivered", "Sms Failed Undelivered"),
                    ("SMS_Failed_TTL", "Sms Failed Ttl"),
                    ("Unknown", "Unknown"),
                ],
                max_length=48,
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("look_at__isnull", False)),
                fields=["look_at"],
                name="notification_to_look_at",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("place_at__isnull", False)), fields=["place_at"], name="order_to_place"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "Email_New",
                            "Email_Sending",
                            "Email_Succeeded",
                            "Email_Delivered",
                            "Email_Failed",
                            "Email_Failed_Bounced",
                            "Email_Failed_FilteredSpam",
                            "Email_Failed_InvalidEmailFormat",
                            "Email_Failed_RecipientNotIdentified",
                            "Email_Failed_RecipientReserved",
                            "Email_Failed_Quarantined",
                            "Email_Failed_SuppressedRecipient",
                            "Email_Failed_TTL",
                            "SMS_New",
                            "SMS_Sending",
                            "SMS_Accepted",
                            "SMS_Delivered",
                            "SMS_Failed",
                            "SMS_Failed_InvalidRecipient",
                            "SMS_Failed_RecipientNotIdentified",
                            "SMS_Failed_RecipientReserved",
                            "SMS_Failed_BarredReceiver",
                            "SMS_Failed_Deleted",
                            "SMS_Failed_Expired",
                            "SMS_Failed_Rejected",
                            "SMS_Failed_Undelivered",
                            "SMS_Failed_TTL",
                            "Unknown",
                        ],
                    )
                ),
                name="delivery_state_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                condition=models.Q(("look_at__isnull", True), ("placed_at__isnull", False), _connector="OR"),
                name="notification_looked_at_once_placed",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("place_at__isnull", True), ("platform_order_id__isnull", True)),
                    models.Q(("by_platform", True), ("platform_order_id__isnull", True)),
                    models.Q(("by_platform", True), ("place_at__isnull", True)),
                    _connector="OR",
                ),
                name="order_platform_coherence",
                violation_error_message="Only an order of the platform's is placed there, and only once.",
            ),
        ),
    ]
