"""What the audit trail's actions are called, here and on other pages."""

ACTION_WORDS = {
    "attachment.download": "Attachment downloaded",
    "correspondence.retry_publishing": "Publishing tried again",
    "event.discard": "Events discarded",
    "event.send_again": "Events sent again",
    "follow_up.assign": "Follow-up assigned",
    "follow_up.resolve": "Follow-up resolved",
    "group.add": "Group added",
    "group.change": "Group or its rights changed",
    "group.delete": "Group deleted",
    "job.cancel": "Job cancelled",
    "job.retry": "Job run again",
    "notification.resend": "Notification sent again",
    "registry.import": "Registry file imported",
    "subscription.end": "Event subscription ended",
    "user.add": "Operator added",
    "user.change": "Operator or their rights changed",
    "user.delete": "Operator deleted",
    "user.password": "Operator's password set",
    "template.add": "Wording added",
    "template.change": "Wording changed",
}


def action_word(action: str) -> str:
    return ACTION_WORDS.get(action, action.replace("_", " ").replace(".", ": "))
