"""Foreign keys between apps run one way, else migrations go in circles (design.md, "Apps")."""

from django.apps import apps
from django.conf import settings

OURS = {"registry", "journal", "attachments", "notifications", "correspondence"}
ALLOWED = {
    ("journal", "correspondence"),
    ("journal", "notifications"),
    ("journal", "attachments"),
    ("notifications", "correspondence"),
    ("attachments", "correspondence"),
}


def keys_between_apps():
    for model in apps.get_models():
        if model._meta.app_label not in OURS:
            continue
        for field in model._meta.get_fields():
            if field.many_to_one and field.concrete:
                yield model._meta.app_label, field.related_model._meta


def test_keys_between_apps_run_one_way():
    keys = {
        (app, target.app_label)
        for app, target in keys_between_apps()
        if target.app_label != app and target.label != settings.AUTH_USER_MODEL
    }

    assert {(app, target) for app, target in keys if target in OURS} == ALLOWED


def test_nothing_points_at_history():
    """So that StatusEvent and Fetch can be partitioned (design.md point 13)."""
    targets = {target.label for _, target in keys_between_apps()}

    assert targets.isdisjoint({"correspondence.StatusEvent", "correspondence.Fetch"})
