"""Random operations agree with the model. `LIFECYCLE_EXAMPLES=2000` looks for longer than a test run may take."""

import os

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.correspondence.lifecycle.stateful.machine import Letters
from tests.support.world import resource

EXAMPLES = int(os.environ.get("LIFECYCLE_EXAMPLES", "20"))
PROFILE = settings(
    max_examples=EXAMPLES,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_random_operations_agree_with_the_model(world):
    resource("stranger-letters", world.stranger)

    run_state_machine_as_test(Letters, settings=PROFILE)
