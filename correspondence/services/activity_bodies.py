"""An activity as the dialog service takes it, and its words in the three languages (notifications.md 6.3)."""

from typing import Any

from correspondence.enums import ActivityKind, Language
from correspondence.models import DialogActivity
from notifications.enums import Channel

K = ActivityKind
NB, NN, EN = Language.BOKMAL, Language.NYNORSK, Language.ENGLISH
OPENED_DIALOG, OPENED_TRANSMISSION = "CorrespondenceOpened", "TransmissionOpened"
TYPES = {K.CONFIRMED: "CorrespondenceConfirmed", K.PURGED: "DialogDeleted"}
"""Which the service has words for itself; the others are information in our words."""
TEXTS = {
    K.DOWNLOADED: {
        NB: "Vedlegget «{title}» er lastet ned.",
        NN: "Vedlegget «{title}» er lasta ned.",
        EN: "The attachment “{title}” has been downloaded.",
    },
    K.FORWARDED: {
        NB: "Brevet «{title}» er videresendt til {destination}.",
        NN: "Brevet «{title}» er vidaresendt til {destination}.",
        EN: "The letter “{title}” has been forwarded to {destination}.",
    },
    K.SENT: {
        NB: "Et varsel er sendt på {channel} til {destination}.",
        NN: "Eit varsel er sendt på {channel} til {destination}.",
        EN: "A notification has been sent by {channel} to {destination}.",
    },
    K.FAILED: {
        NB: "Et varsel på {channel} nådde ikke frem til {destination}.",
        NN: "Eit varsel på {channel} nådde ikkje fram til {destination}.",
        EN: "A notification by {channel} did not reach {destination}.",
    },
    K.UNCONFIRMED: {
        NB: "Det er ikke kjent om et varsel på {channel} nådde {destination}.",
        NN: "Det er ikkje kjent om eit varsel på {channel} nådde {destination}.",
        EN: "It is not known whether a notification by {channel} reached {destination}.",
    },
    K.REMINDER_SENT: {
        NB: "En påminnelse er sendt på {channel} til {destination}.",
        NN: "Ei påminning er send på {channel} til {destination}.",
        EN: "A reminder has been sent by {channel} to {destination}.",
    },
    K.REMINDER_FAILED: {
        NB: "En påminnelse på {channel} nådde ikke frem til {destination}.",
        NN: "Ei påminning på {channel} nådde ikkje fram til {destination}.",
        EN: "A reminder by {channel} did not reach {destination}.",
    },
    K.REMINDER_UNCONFIRMED: {
        NB: "Det er ikke kjent om en påminnelse på {channel} nådde {destination}.",
        NN: "Det er ikkje kjent om ei påminning på {channel} nådde {destination}.",
        EN: "It is not known whether a reminder by {channel} reached {destination}.",
    },
    K.ORDER_CANCELLED: {
        NB: "Et varsel som ikke var sendt ennå, er stanset fordi brevet er slettet.",
        NN: "Eit varsel som ikkje var sendt enno, er stansa fordi brevet er sletta.",
        EN: "A notification that had not been sent yet was stopped, since the letter has been deleted.",
    },
}
WITH_WORDS = {NB: " Hilsen: «{text}»", NN: " Helsing: «{text}»", EN: " Message: “{text}”"}
CHANNELS = {
    Channel.EMAIL: {NB: "e-post", NN: "e-post", EN: "e-mail"},
    Channel.SMS: dict.fromkeys(Language, "SMS"),
}
NOBODY = {
    NB: "noen, for adressen mangler",
    NN: "nokon, for adressa manglar",
    EN: "anyone: there is no address",
}
RECIPIENT = {NB: "mottakeren", NN: "mottakaren", EN: "the recipient"}
WITHOUT_ADDRESS = {
    K.SENT: RECIPIENT,
    K.REMINDER_SENT: RECIPIENT,
    K.FAILED: NOBODY,
    K.REMINDER_FAILED: NOBODY,
    K.UNCONFIRMED: RECIPIENT,
    K.REMINDER_UNCONFIRMED: RECIPIENT,
}
NAMED = ("title", "destination", "channel")

Json = dict[str, Any]


class TextLacksValue(ValueError):
    """A text has a place for something that is not known of the activity."""


def activity_body(activity: DialogActivity) -> Json:
    """An activity, without its id."""
    letter, kind = activity.correspondence, ActivityKind(activity.kind)
    body: Json = {
        "createdAt": activity.at.isoformat(),
        "type": TYPES.get(kind, "Information"),
        "performedBy": {"actorType": "ServiceOwner"},
        "description": [],
    }
    if activity.performer_urn:
        body["performedBy"] = {"actorType": "PartyRepresentative", "actorId": activity.performer_urn}
    if kind == K.OPENED:
        is_transmission = letter.dialog_id is None
        body["type"] = OPENED_TRANSMISSION if is_transmission else OPENED_DIALOG
        if is_transmission:
            body["transmissionId"] = str(letter.transmission_id)
    if kind in TEXTS:
        body["description"] = [
            {"languageCode": language.value, "value": activity_text(activity, language)}
            for language in Language
        ]
    return body


def activity_text(activity: DialogActivity, language: Language) -> str:
    """Raises TextLacksValue."""
    kind = ActivityKind(activity.kind)
    template = TEXTS[kind][language]
    values = {
        "title": activity.title,
        "destination": activity.destination or WITHOUT_ADDRESS.get(kind, {}).get(language, ""),
        "channel": CHANNELS[Channel(activity.channel)][language] if activity.channel else "",
    }
    missing = [name for name in NAMED if f"{{{name}}}" in template and not values[name]]
    if missing:
        raise TextLacksValue(f"{kind}: {', '.join(missing)}")
    text = template.format_map(values)
    return text + WITH_WORDS[language].format(text=activity.text) if activity.text else text
