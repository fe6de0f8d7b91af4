"""The profile says what a run may reach for: by default nothing beyond this machine."""

import os

from experiments.core.errors import BookError

PROFILE = "KNOW_OR_BEHAVE_PROFILE"


def expect_gpu_profile(what: str, instead: str) -> None:
    """Refuse what comes from the hub, unless the profile says that it may; raises BookError."""
    if os.environ.get(PROFILE) != "gpu":
        raise BookError(f"{what} comes from the hub and wants a GPU. On such a machine set "
                        f"{PROFILE}=gpu; here {instead}.")
