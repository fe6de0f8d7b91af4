"""Run one notebook in a process of its own. `runner.py` starts it; people do not."""

import json
import os
import sys
import threading
import time


def main(arguments: list[str]) -> None:
    """Execute SOURCE into TARGET with the settings (JSON) given as the third argument."""
    source, target, settings = arguments
    settings = json.loads(settings)
    watch_parent(settings["parent"])

    import papermill  # here, because watching comes first and the import takes a second

    papermill.execute_notebook(
        source, target, parameters=settings["parameters"], kernel_name=settings["kernel"],
        language="python", progress_bar=False, cwd=settings["folder"],
    )


def watch_parent(parent: int) -> None:
    """End this process when its parent has gone: nothing would look at the result.

    The kernel watches this process in the same way, so a killed build leaves nothing
    running.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    main(sys.argv[1:])
