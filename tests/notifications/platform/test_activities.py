"""What became of notifications is told to the letter's dialog (notifications.md 6.3, 11.4, rows T01 to T04)."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from correspondence.enums import ActivityKind, Language
from correspondence.jobs import RECORD_OUTCOMES
from correspondence.models import DialogActivity
from correspondence.services.activities import record_outcomes
from correspondence.services.activity_bodies import TextLacksValue, activity_text
from notifications.models import Delivery, Notification
from notifications.services.platform.follow import WAITS
from tests.correspondence.dialogs.conftest import named_dialog_service, run_dialog_jobs
from tests.notifications.conftest import ADDRESS, EMAIL, REMINDED
from tests.notifications.platform.conftest import main, placed, reminder, work
from tests.support.letters import letter, send_and_publish
from tests.support.notification_platform import AT
from tests.support.smtp import smtp_server
from tests.support.world import STRANGER

LOOK, REMINDER_LOOK = timedelta(minutes=6), timedelta(days=1, minutes=6)
MOBILE = "+4799999999"
HARD = ["Email_Failed", "Email_Failed_Bounced", "Email_Failed_RecipientReserved"]
HARD_SMS = ["SMS_Failed", "SMS_Failed_RecipientNotIdentified", "SMS_Failed_OfAKindToCome"]
UNSURE = ["Email_Failed_TTL", "SMS_Failed_TTL"]
SENT = {
    "nb": f"Et varsel er sendt på e-post til {ADDRESS}.",
    "nn": f"Eit varsel er sendt på e-post til {ADDRESS}.",
    "en": f"A notification has been sent by e-mail to {ADDRESS}.",
}


@pytest.fixture
def dialogs(settings, monkeypatch):
    with named_dialog_service(settings, monkeypatch) as stand_in:
        yield stand_in


def channel_of(word):
    return "SMS" if word.startswith("SMS") else "Email"


def kinds():
    return list(DialogActivity.objects.order_by("pk").values_list("kind", flat=True))


def texts(activity):
    return {text["languageCode"]: text["value"] for text in activity["description"]}


def ended(platform, sender, *recipients, notification=EMAIL):
    published = placed(sender, notification)
    platform.reports(main().shipment_id, *recipients)
    work(after=LOOK)
    run_dialog_jobs()
    return published


@pytest.mark.contract("notifications.md#11.4")
def test_d04_delivered_is_told_once_with_the_address_at_the_time_of_the_report(platform, dialogs, sender):
    published = ended(platform, sender, ("Email", ADDRESS, "Email_Delivered"))
    run_dialog_jobs()
    work(after=timedelta(days=3))
    run_dialog_jobs()

    (activity,) = dialogs.activities
    row = DialogActivity.objects.get()
    assert (row.correspondence_id, row.told_at is None) == (published.pk, False)
    assert (activity["id"], row.pk.version) == (str(row.pk), 7)
    assert (activity["type"], activity["performedBy"]) == ("Information", {"actorType": "ServiceOwner"})
    assert datetime.fromisoformat(activity["createdAt"]) == datetime.fromisoformat(AT)
    assert texts(activity) == SENT
    added = [path for method, path in dialogs.made if method == "POST" and path]
    assert added == [f"/{published.dialog_id}/activities?isSilentUpdate=true"]


@pytest.mark.contract("notifications.md#11.4")
@pytest.mark.parametrize("word", HARD + HARD_SMS)
def test_hard_failure(platform, dialogs, sender, word):
    """D12, X29"""
    ended(platform, sender, (channel_of(word), ADDRESS, word))

    assert kinds() == ["failed"]
    (activity,) = dialogs.activities
    channel = {"Email": "e-mail", "SMS": "SMS"}[channel_of(word)]
    assert texts(activity)["en"] == f"A notification by {channel} did not reach {ADDRESS}."


@pytest.mark.contract("notifications.md#11.4")
@pytest.mark.parametrize("word", UNSURE)
def test_expiry_is_no_failure(platform, dialogs, sender, word):
    """D13"""
    ended(platform, sender, (channel_of(word), ADDRESS, word))

    assert (kinds(), len(dialogs.activities)) == (["unconfirmed"], 1)


@pytest.mark.contract("notifications.md#11.4")
@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Email_Delivered", "reminder-sent"),
        ("Email_Failed_Bounced", "reminder-failed"),
        ("Email_Failed_TTL", "reminder-unconfirmed"),
    ],
)
def test_reminder_has_words_of_its_own(platform, dialogs, sender, word, kind):
    """D14, D15"""
    ended(platform, sender, ("Email", ADDRESS, "Email_Delivered"), notification=REMINDED)
    platform.reports(reminder().shipment_id, ("Email", ADDRESS, word))

    work(after=REMINDER_LOOK)
    run_dialog_jobs()

    assert kinds() == ["sent", kind]
    assert "reminder" in texts(dialogs.activities[-1])["en"].lower()


@pytest.mark.contract("notifications.md#11.4")
def test_one_sent_and_one_failed_are_told_one_by_one(platform, dialogs, sender):
    """D16"""
    ended(platform, sender, ("Email", ADDRESS, "Email_Delivered"), ("SMS", MOBILE, "SMS_Failed"))

    assert sorted(kinds()) == ["failed", "sent"]
    told = {texts(one)["nb"] for one in dialogs.activities}
    assert told == {SENT["nb"], f"Et varsel på SMS nådde ikke frem til {MOBILE}."}


@pytest.mark.contract("notifications.md#11.8")
def test_x34_not_final_at_the_last_look(platform, dialogs, sender):
    placed(sender, EMAIL)
    platform.reports(main().shipment_id, ("Email", ADDRESS, "Email_New"), status="Order_Processing")
    Notification.objects.update(looks=len(WAITS))

    work(after=LOOK)
    run_dialog_jobs()

    assert kinds() == ["unconfirmed"]
    assert texts(dialogs.activities[0])["nn"] == (
        "Det er ikkje kjent om eit varsel på e-post nådde mottakaren."
    )


def test_words_that_say_nothing_are_not_told(platform, dialogs, sender):
    ended(platform, sender, ("Email", ADDRESS, "Email_Vanished"))

    assert (kinds(), dialogs.activities) == ([], [])


def test_address_of_somebody_else_is_masked_as_in_details(platform, dialogs, sender):
    custom = {"customRecipients": [{"organizationNumber": STRANGER}]}
    override = {"overrideRegisteredContactInformation": True, "emailBody": "Hei"}

    ended(
        platform,
        sender,
        ("Email", "annen@etat.example", "Email_Delivered"),
        notification=EMAIL | custom | override,
    )

    assert texts(dialogs.activities[0])["en"].endswith("to a***@etat.example.")


def test_what_we_send_ourselves_is_told_too(dialogs, sender, settings):
    with smtp_server() as mailbox:
        settings.EMAIL_URLS = [mailbox.url]
        placed(sender, EMAIL)
    run_dialog_jobs()

    assert [texts(one) for one in dialogs.activities] == [SENT]


def test_recipient_without_an_address(dialogs, sender, world):
    world.company.contact_points.all().delete()
    placed(sender, EMAIL)
    run_dialog_jobs()

    assert kinds() == ["failed"]
    assert texts(dialogs.activities[0])["nb"] == (
        "Et varsel på e-post nådde ikke frem til noen, for adressen mangler."
    )


def test_letter_purged_since_is_told_nothing_more(platform, dialogs, sender, recipient):
    published = placed(sender, EMAIL)
    platform.reports(main().shipment_id, ("Email", ADDRESS, "Email_Delivered"))
    work(after=LOOK)
    recipient.delete(f"/correspondence/{published.pk}/purge")
    run_dialog_jobs()

    assert DialogActivity.objects.count() == 0


def test_without_a_service_nothing_is_reported(platform, sender):
    placed(sender, EMAIL)
    platform.reports(main().shipment_id, ("Email", ADDRESS, "Email_Delivered"))
    work(after=LOOK)

    assert not ProcrastinateJob.objects.filter(task_name=RECORD_OUTCOMES).exists()
    record_outcomes(notification_ids=[main().pk])
    assert DialogActivity.objects.count() == 0


def test_recording_costs_the_same_however_many(dialogs, platform, sender):
    asked = []
    for count in (1, 50):
        published = send_and_publish(sender, letter(correspondence={"notification": EMAIL}))
        work()
        notification = Notification.objects.get(order__correspondence=published)
        reports = [("Email", f"p{n}@rask-falk.example", "Email_Delivered") for n in range(count)]
        platform.reports(notification.shipment_id, *reports)
        work(after=LOOK)
        with CaptureQueriesContext(connection) as queries:
            record_outcomes(notification_ids=[notification.pk])
        asked.append(len(queries))
        assert (Delivery.objects.filter(notification=notification).count(), published.activities.count()) == (
            count,
            count,
        )

    assert asked == [6, 6]


def activity(kind, **values):
    return DialogActivity(kind=kind, **values)


FAILED = {"channel": "sms", "destination": MOBILE}


@pytest.mark.contract("notifications.md#11.7")
@pytest.mark.parametrize("kind", [ActivityKind.UNCONFIRMED, ActivityKind.REMINDER_UNCONFIRMED])
@pytest.mark.parametrize("language", list(Language))
def test_t01_unconfirmed_names_number_and_channel(kind, language):
    text = activity_text(activity(kind, **FAILED), language)

    assert MOBILE in text
    assert "SMS" in text


@pytest.mark.contract("notifications.md#11.7")
def test_t02_failure_names_e_mail_in_the_language():
    failed = activity(ActivityKind.FAILED, channel="email", destination=ADDRESS)

    assert "e-post" in activity_text(failed, Language.BOKMAL)
    assert "e-mail" in activity_text(failed, Language.ENGLISH)


@pytest.mark.contract("notifications.md#11.7")
@pytest.mark.parametrize("language", list(Language))
def test_t03_each_kind_is_told_in_words_of_its_own(language):
    kinds = [kind for kind in ActivityKind if kind.value not in {"opened", "confirmed", "purged"}]
    values = FAILED | {"title": "Vedtak"}

    assert len({activity_text(activity(kind, **values), language) for kind in kinds}) == len(kinds) == 9


@pytest.mark.contract("notifications.md#11.7")
@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (ActivityKind.FAILED, {}),
        (ActivityKind.SENT, {"destination": MOBILE}),
        (ActivityKind.FORWARDED, FAILED),
    ],
)
def test_t04_text_without_its_values_is_refused(kind, values, language):
    with pytest.raises(TextLacksValue):
        activity_text(activity(kind, **values), language)


def test_braces_in_a_value_are_only_braces():
    told = activity(ActivityKind.DOWNLOADED, title="{channel} {0} {title}.pdf")

    assert (
        activity_text(told, Language.ENGLISH)
        == "The attachment “{channel} {0} {title}.pdf” has been downloaded."
    )
