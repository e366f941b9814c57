"""Whatever is sent, the answer is no server error, and what is accepted can be read back equal."""

import json
from copy import deepcopy
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.api.fields import parse_time, time_on_the_wire
from tests.support.letters import as_form, described, letter, send

UPLOAD = "/correspondence/upload"
FIXTURES_ARE_READ_ONLY = [HealthCheck.function_scoped_fixture]
PROPERTY_TEST = settings(
    max_examples=150, deadline=timedelta(seconds=10), suppress_health_check=FIXTURES_ARE_READ_ONLY
)

any_text = st.text(alphabet=st.characters(exclude_categories=[]), max_size=40)
"""NUL and lone surrogates included."""
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | any_text
    | st.sampled_from(["0192:310654302", "04825999731", "2099-01-01T00:00:00Z", "Email", "true", "7"])
)
member_names = any_text | st.sampled_from(
    ["correspondence", "recipients", "content", "notification", "messageTitle"]
)
any_json = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(member_names, inner, max_size=4),
    max_leaves=12,
)
FULL = letter(
    {"attachments": []},
    {
        "messageSender": "Etaten",
        "requestedPublishTime": "2099-01-01T00:00:00Z",
        "dueDateTime": "2099-02-01T00:00:00Z",
        "externalReferences": [{"referenceType": "Generic", "referenceValue": "1"}],
        "propertyList": {"a": "b"},
        "replyOptions": [{"linkURL": "https://www.example.no", "linkText": "Svar"}],
        "ignoreReservation": False,
        "isConfirmationNeeded": True,
        "isConfidential": False,
        "allowForwarding": False,
        "notification": {
            "notificationTemplate": "CustomMessage",
            "notificationChannel": "Email",
            "emailSubject": "Emne",
            "emailBody": "Tekst",
            "emailContentType": "Plain",
            "smsBody": "Tekst",
            "sendReminder": False,
            "customRecipients": [{"emailAddress": "a@b.no"}],
        },
    },
    existingAttachments=[],
    idempotentKey=None,
)


def places(document, path=()):
    """The path of every value in the document, itself included."""
    yield path
    members = (
        document.items()
        if isinstance(document, dict)
        else enumerate(document)
        if isinstance(document, list)
        else ()
    )
    for name, value in members:
        yield from places(value, (*path, name))


def with_value_at(document, path, value):
    if not path:
        return value
    changed = deepcopy(document)
    inner = changed
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return changed


def as_bytes(document):
    """As JSON, with lone surrogates escaped as a careless client would."""
    return json.dumps(document).encode()


@PROPERTY_TEST
@given(document=any_json)
def test_any_json_is_answered_without_a_server_error(sender, document):
    answer = sender.upload("/correspondence", as_bytes(document), content_type="application/json")

    assert answer.status_code < 500, answer.content


@PROPERTY_TEST
@given(raw=st.binary(max_size=200))
def test_any_bytes_are_answered_without_a_server_error(sender, raw):
    answer = sender.upload("/correspondence", raw, content_type="application/json")

    assert answer.status_code == 400


@PROPERTY_TEST
@given(path=st.sampled_from(list(places(FULL))), value=any_json)
def test_full_letter_with_any_value_anywhere(sender, path, value):
    body = with_value_at(FULL, path, value)

    answer = sender.upload("/correspondence", as_bytes(body), content_type="application/json")

    assert answer.status_code < 500, answer.content


form_names = any_text | st.sampled_from(
    [name for name, _ in as_form(FULL)] + ["request.", "recipients[", "recipients[-1]"]
)
header_safe = any_text.map(lambda text: text.encode("utf-8", "ignore").decode())
fields = st.lists(st.tuples(header_safe, header_safe), max_size=6)


@PROPERTY_TEST
@given(extra=fields, files=st.lists(st.tuples(header_safe, st.binary(max_size=50)), max_size=3))
def test_any_form_is_answered_without_a_server_error(sender, extra, files):
    answer = sender.form(UPLOAD, [*as_form(letter()), *extra], files)

    assert answer.status_code < 500, answer.content


@PROPERTY_TEST
@given(name=form_names.map(lambda text: text.encode("utf-8", "ignore").decode()), value=header_safe)
def test_full_form_with_any_value_under_any_name(sender, name, value):
    given_fields = [field for field in as_form(FULL) if field[0] != name]

    answer = sender.form(UPLOAD, [*given_fields, (name, value)])

    assert answer.status_code < 500, answer.content


@PROPERTY_TEST
@given(body=st.binary(max_size=300), boundary=st.text("abc-'\" ;", max_size=8))
def test_any_bytes_as_a_form(sender, body, boundary):
    prefix = f"--{boundary}\r\nContent-Disposition: form-data; name=".encode()

    answer = sender.upload(UPLOAD, prefix + body, content_type=f"multipart/form-data; boundary={boundary}")

    assert answer.status_code < 500, answer.content


storable = st.text(
    alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=60
).filter(str.strip)
plain_words = st.text(alphabet="abcæøåÅ 123.,!?-", min_size=1, max_size=60).filter(str.strip)
moments = st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat())


contents = st.fixed_dictionaries(
    {"messageTitle": plain_words, "messageSummary": storable, "messageBody": storable}
)
external_references = st.fixed_dictionaries(
    {"referenceType": st.sampled_from(["Generic", "AltinnAppInstance"]), "referenceValue": storable}
)
correspondences = st.fixed_dictionaries(
    {
        "sendersReference": storable,
        "propertyList": st.dictionaries(storable.filter(lambda key: len(key) <= 25), storable, max_size=10),
        "externalReferences": st.lists(external_references, max_size=10),
        "replyOptions": st.lists(
            st.fixed_dictionaries(
                {"linkURL": st.just("https://www.example.no/å"), "linkText": st.none() | storable}
            ),
            max_size=3,
        ),
    }
)


@PROPERTY_TEST
@given(content=contents, correspondence=correspondences)
def test_what_is_accepted_can_be_read_back_equal(sender, content, correspondence):
    stored = send(sender, letter(content, correspondence))

    overview = sender.get(f"/correspondence/{stored.pk}").json()
    overview["externalReferences"].remove(
        {"referenceType": "DialogportenDialogId", "referenceValue": str(stored.dialog_id)}
    )
    assert {name: overview["content"][name] for name in content} == content
    assert {name: overview[name] for name in correspondence} == correspondence


@PROPERTY_TEST
@given(text=moments)
def test_publish_time_can_be_read_back_equal(sender, text):
    answer = sender.post("/correspondence", letter(correspondence={"requestedPublishTime": text}))

    if (moment := parse_time(text)) is None:
        assert answer.status_code == 400
    else:
        letter_id = answer.json()["correspondences"][0]["correspondenceId"]
        shown = sender.get(f"/correspondence/{letter_id}").json()["requestedPublishTime"]
        assert shown == time_on_the_wire(moment)


@PROPERTY_TEST
@given(body=storable, reference=storable, data=st.binary(min_size=1, max_size=5000))
def test_form_and_its_file_can_be_read_back_equal(sender, recipient, body, reference, data):
    request = letter(
        {"messageBody": body, "attachments": described("a.txt")}, {"sendersReference": reference}
    )

    answer = sender.form(UPLOAD, as_form(request), [("a.txt", data)])

    identity = answer.json()["correspondences"][0]["correspondenceId"]
    attachment = answer.json()["attachmentIds"][0]
    overview = recipient.get(f"/correspondence/{identity}").json()
    download = recipient.get(f"/correspondence/{identity}/attachment/{attachment}/download")
    assert (overview["content"]["messageBody"], overview["sendersReference"]) == (body, reference)
    assert b"".join(download.streaming_content) == data
