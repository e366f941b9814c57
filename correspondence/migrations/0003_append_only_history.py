from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("correspondence", "0002_initial"), ("registry", "0002_append_only_audit")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER status_event_append_only BEFORE UPDATE OR DELETE ON correspondence_statusevent
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            """,
            "DROP TRIGGER status_event_append_only ON correspondence_statusevent;",
        ),
    ]
