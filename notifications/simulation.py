"""Addresses that force an outcome, for integrators' tests (notifications.md 9.4). Demo and test only."""

from dataclasses import dataclass, field
from datetime import timedelta

from notifications.enums import DeliveryState

DOMAIN = "simulator.example"
FIRST_NUMBER = "+467017406"
"""The two digits behind it say which; the numbers lie in a range kept for fiction."""
LIFE = timedelta(minutes=10)
"""A simulated message expires so soon, that a test can see it."""
REPORT_AFTER = timedelta(seconds=1)
SILENCE = timedelta(minutes=1)
"""How long a simulated provider may be silent before its message counts as not confirmed."""
ALWAYS = 10_000
SLOW_SECONDS = 20


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """What happens to every message to an address, in this order."""

    refused: DeliveryState | None = None
    failures: int = 0
    """Attempts that fail for now, before one is accepted."""
    is_slow: bool = False
    report: dict[str, str] = field(default_factory=dict)
    """What is posted a second later, beside the reference; nothing when it is empty."""


MAIL_ARRIVES, SMS_ARRIVES = {"event": "delivered"}, {"status": "delivered"}
EMAILS = {
    "delivered": Simulation(report=MAIL_ARRIVES),
    "accepted": Simulation(),
    "bounced": Simulation(report={"status": "5.1.1"}),
    "temporary": Simulation(failures=2, report=MAIL_ARRIVES),
    "down": Simulation(failures=ALWAYS),
    "slow": Simulation(is_slow=True, report=MAIL_ARRIVES),
    "spam": Simulation(report={"status": "5.7.1"}),
    "quarantined": Simulation(report={"event": "quarantined"}),
    "suppressed": Simulation(report={"event": "suppressed"}),
    "invalid": Simulation(refused=DeliveryState.EMAIL_FAILED_INVALID_FORMAT),
}
NUMBERS = {
    "05": Simulation(report=SMS_ARRIVES),
    "06": Simulation(),
    "07": Simulation(refused=DeliveryState.SMS_FAILED),
    "08": Simulation(failures=2, report=SMS_ARRIVES),
    "09": Simulation(failures=ALWAYS),
    "10": Simulation(is_slow=True, report=SMS_ARRIVES),
    "11": Simulation(report={"status": "barred"}),
    "12": Simulation(report={"status": "rejected"}),
    "13": Simulation(report={"status": "undelivered"}),
    "14": Simulation(report={"status": "deleted"}),
    "15": Simulation(report={"status": "expired"}),
}


def simulation_of(address: str) -> Simulation | None:
    """In any case; a `+` and what follows it in front of the at-sign tells recipients apart, and nothing more."""
    local, _, domain = address.strip().lower().rpartition("@")
    if domain == DOMAIN:
        return EMAILS.get(local.partition("+")[0])
    return NUMBERS.get(domain.removeprefix(FIRST_NUMBER)) if domain.startswith(FIRST_NUMBER) else None
