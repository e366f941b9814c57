"""The dialog that a letter is to be a transmission of (initialize.md 1.5, no. 26; design.md point 18)."""

import uuid

import pytest

from correspondence.models import Correspondence, Message
from registry.models import Resource
from tests.correspondence.dialogs.conftest import TOKEN, reference, transmission_of
from tests.support.letters import COMPANY_URN, in_days, letter, send, send_and_publish
from tests.support.world import PERSON, resource

HOST = uuid.UUID("0198c802-1111-7000-8000-0000000000d1")
PERSON_URN = f"urn:altinn:person:identifier-no:{PERSON}"


@pytest.fixture
def host(dialogs, sender):
    """A dialog of the same owner and recipient, which is no letter of ours."""
    dialogs.add_dialog(HOST, party=COMPANY_URN, resource="example-letters")
    return HOST


def code_of(answer):
    return answer.status_code, answer.json().get("errorCode")


def test_dialog_of_the_service_may_be_used(dialogs, host, sender):
    stored = send(sender, transmission_of(host))

    assert (stored.host_dialog_id, stored.dialog_id) == (HOST, None)
    assert [(call.method, call.path, call.authorization) for call in dialogs.calls] == [
        ("GET", f"/{HOST}", f"Bearer {TOKEN}")
    ]


@pytest.mark.parametrize(
    ("dialog", "expected"),
    [
        (None, (404, 1054)),
        ({"deletedAt": "2026-01-01T00:00:00Z"}, (404, 1054)),
        ({"resource": "another-owners", "org": "skd"}, (400, 1050)),
        ({"resource": "nobodys", "org": "skd"}, (400, 1050)),
        ({"resource": "another-owners", "org": "skd", "party": PERSON_URN}, (400, 1050)),
        ({"party": PERSON_URN}, (400, 1046)),
    ],
)
@pytest.mark.contract("initialize.md#1.5")
def test_unusable_dialog_is_refused_with_its_number(dialogs, sender, world, dialog, expected):
    resource("another-owners", world.stranger)
    if dialog is not None:
        dialogs.add_dialog(HOST, **{"party": COMPANY_URN, "resource": "example-letters"} | dialog)

    assert code_of(sender.post("/correspondence", transmission_of(HOST))) == expected
    assert Message.objects.count() == 0


def test_dialog_that_the_service_keeps_from_us_belongs_to_another_owner(dialogs, host, sender):
    dialogs.answers = [403]

    assert code_of(sender.post("/correspondence", transmission_of(host))) == (400, 1050)


def test_owner_of_a_resource_that_the_register_does_not_know_is_told_by_its_code(dialogs, sender):
    dialogs.add_dialog(HOST, party=COMPANY_URN, resource="app_digdir_form", org="DIGDIR")

    assert sender.post("/correspondence", transmission_of(HOST)).status_code == 200


def test_resources_of_the_same_owner_may_differ(dialogs, host, sender):
    body = transmission_of(host, resourceId="example-letters-level3")

    assert sender.post("/correspondence", body).status_code == 200


@pytest.mark.parametrize("body_of", ["malformed", "two recipients", "confirmation"])
def test_service_is_not_asked_about_what_is_refused_before(dialogs, sender, body_of):
    due = {"isConfirmationNeeded": True, "dueDateTime": "2099-01-01T00:00:00Z"}
    body, code = {
        "malformed": (transmission_of("x"), 1048),
        "two recipients": (transmission_of(HOST) | {"recipients": ["0192:310654302", PERSON]}, 1045),
        "confirmation": (transmission_of(HOST, **due), 1051),
    }[body_of]

    assert (code_of(sender.post("/correspondence", body)), dialogs.calls) == ((400, code), [])


def test_service_is_not_asked_about_a_plain_letter(dialogs, sender):
    send(sender)

    assert dialogs.calls == []


@pytest.mark.parametrize("status", [301, 400, 401, 408, 429, 500, 503])
def test_nothing_is_stored_when_the_service_cannot_say(dialogs, host, sender, status):
    dialogs.answers = [status]

    answer = sender.post("/correspondence", transmission_of(host))

    assert (answer.status_code, "errorCode" in answer.json(), Message.objects.count()) == (500, False, 0)


def test_nothing_is_stored_when_the_service_is_slow_or_away(dialogs, host, sender, settings, monkeypatch):
    monkeypatch.setattr("registry.neighbours.TIMEOUT_SECONDS", 0.2)
    dialogs.delay = 0.5
    slow = sender.post("/correspondence", transmission_of(host))
    settings.DIALOG_SERVICE_URL = "http://127.0.0.1:9"
    away = sender.post("/correspondence", transmission_of(host))

    assert (slow.status_code, away.status_code, Message.objects.count()) == (500, 500, 0)


def test_token_is_read_again_from_its_file(dialogs, host, sender, tmp_path, monkeypatch):
    (tmp_path / "token").write_text("first\n")
    monkeypatch.setenv("DIALOG_SERVICE_TOKEN_FILE", str(tmp_path / "token"))
    send(sender, transmission_of(host))
    (tmp_path / "token").write_text("second\n")
    send(sender, transmission_of(host))

    assert [call.authorization for call in dialogs.calls] == ["Bearer first", "Bearer second"]


def test_dialog_of_an_app_is_looked_up_where_there_is_a_service(dialogs, sender, world):
    resource("example-app", world.owner, resource_type="AltinnApp")
    body = transmission_of(HOST, resourceId="example-app")

    assert code_of(sender.post("/correspondence", body)) == (404, 1054)


class TestWithoutService:
    """The local default: the dialogs of our own letters."""

    @pytest.fixture
    def host(self, sender):
        return send_and_publish(sender).dialog_id

    @pytest.mark.contract("initialize.md#11")
    @pytest.mark.parametrize("kind", ["Submission", "submission", "7", " 7 "])
    def test_transmission_type_is_a_word_or_a_number(self, sender, host, kind):
        body = transmission_of(host, reference(kind, "DialogportenTransmissionType"))

        assert sender.post("/correspondence", body).status_code == 200

    @pytest.mark.contract("initialize.md#11")
    def test_recipient_must_be_the_dialogs_party(self, sender, host):
        assert code_of(sender.post("/correspondence", transmission_of(host) | {"recipients": [PERSON]})) == (
            400,
            1046,
        )

    @pytest.mark.contract("initialize.md#11")
    def test_owner_must_be_the_dialogs(self, sender, stranger, world, host):
        resource("another-owners", world.stranger)
        body = transmission_of(host, resourceId="another-owners") | {"recipients": [PERSON]}

        assert code_of(stranger.post("/correspondence", body)) == (400, 1050)

    @pytest.mark.contract("initialize.md#11")
    def test_other_resource_of_the_same_owner_will_do(self, sender, host):
        body = transmission_of(host, resourceId="example-letters-level3")

        assert sender.post("/correspondence", body).status_code == 200

    @pytest.mark.contract("initialize.md#11")
    def test_transmission_has_no_reply_options(self, sender, host):
        body = transmission_of(host, replyOptions=[{"linkURL": "https://www.altinn.no", "linkText": "x"}])

        assert code_of(sender.post("/correspondence", body)) == (400, 1051)

    @pytest.mark.contract("initialize.md#10")
    @pytest.mark.parametrize("value", ["", "  ", "not-a-guid", "0198c802111170008000"])
    def test_what_is_no_id_is_refused_and_nothing_stored(self, sender, value):
        assert code_of(sender.post("/correspondence", transmission_of(value))) == (400, 1048)
        assert Message.objects.count() == 0

    @pytest.mark.contract("initialize.md#11")
    def test_transmission_waits_for_its_time_without_an_id(self, sender, host):
        """HI01"""
        tomorrow = in_days(1)
        waiting = send_and_publish(sender, transmission_of(host, requestedPublishTime=tomorrow))

        shown = sender.get(f"/correspondence/{waiting.pk}").json()
        assert (shown["status"], shown["externalReferences"]) == ("ReadyForPublish", [reference(host)])


class TestApps:
    """Resources of type AltinnApp (initialize.md 10)."""

    @pytest.fixture(autouse=True)
    def app(self, sender, world) -> Resource:
        return resource("example-app", world.owner, resource_type="AltinnApp")

    @pytest.mark.contract("initialize.md#11")
    def test_letter_of_an_app_needs_a_dialog(self, sender):
        assert code_of(
            sender.post("/correspondence", letter(correspondence={"resourceId": "example-app"}))
        ) == (
            400,
            4010,
        )

    @pytest.mark.contract("initialize.md#11")
    def test_any_dialog_is_recorded(self, sender):
        body = transmission_of(HOST, resourceId="example-app") | {"recipients": [PERSON]}

        assert send(sender, body).host_dialog_id == HOST

    @pytest.mark.parametrize(
        ("recipient", "expected"), [("0192:310654302", (200, None)), ("0192:314240979", (400, 1044))]
    )
    def test_confidentiality_is_free_and_roles_are_checked(self, sender, recipient, expected):
        body = transmission_of(HOST, resourceId="example-app", isConfidential=True)

        assert code_of(sender.post("/correspondence", body | {"recipients": [recipient]})) == expected

    def test_other_rules_of_transmissions_hold(self, sender):
        body = transmission_of(HOST, resourceId="example-app") | {"recipients": ["0192:310654302", PERSON]}

        assert code_of(sender.post("/correspondence", body)) == (400, 1045)
        assert Correspondence.objects.count() == 0
