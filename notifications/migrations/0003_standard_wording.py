"""Our standard wording: who has sent, what it concerns, how to reach it. No links, as senders' own texts."""

from django.db import migrations

MAIN = {
    "nb": (
        "Ny post fra $sendersName$ {text}",
        "$correspondenceRecipientName$ har fått ny post fra $sendersName$: $resourceName$. {text}"
        "Logg inn i innboksen for å lese den.",
    ),
    "nn": (
        "Ny post frå $sendersName$ {text}",
        "$correspondenceRecipientName$ har fått ny post frå $sendersName$: $resourceName$. {text}"
        "Logg inn i innboksen for å lese han.",
    ),
    "en": (
        "New mail from $sendersName$ {text}",
        "$correspondenceRecipientName$ has received mail from $sendersName$: $resourceName$. {text}"
        "Log in to your inbox to read it.",
    ),
}
REMINDER = {
    "nb": (
        "Påminnelse: ulest post fra $sendersName$ {text}",
        "Påminnelse: $correspondenceRecipientName$ har ikke lest posten fra $sendersName$: $resourceName$. {text}"
        "Logg inn i innboksen for å lese den.",
    ),
    "nn": (
        "Påminning: ulesen post frå $sendersName$ {text}",
        "Påminning: $correspondenceRecipientName$ har ikkje lese posten frå $sendersName$: $resourceName$. {text}"
        "Logg inn i innboksen for å lese han.",
    ),
    "en": (
        "Reminder: unread mail from $sendersName$ {text}",
        "Reminder: $correspondenceRecipientName$ has not read the mail from $sendersName$: $resourceName$. {text}"
        "Log in to your inbox to read it.",
    ),
}


def write(apps, schema_editor):
    template = apps.get_model("notifications", "Template")
    template.objects.bulk_create(
        template(
            language=language, channel=channel, phase=phase, subject=subject * (channel == "email"), body=body
        )
        for phase, texts in (("main", MAIN), ("reminder", REMINDER))
        for language, (subject, body) in texts.items()
        for channel in ("email", "sms")
    )


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_initial")]
    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
