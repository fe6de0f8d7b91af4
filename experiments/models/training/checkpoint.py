"""Stop a training run anywhere and go on later, with the same losses as without the stop.

One safetensors file holds the trained weights and the optimiser's two moments of each; the log
so far stands in its metadata. It is written beside its place and renamed, so that a kill while
writing loses the steps since the last one, never the file.
"""

import json
from pathlib import Path

from experiments.core import BookError


def write_checkpoint(run, path: Path, fingerprint: str) -> None:
    """Write where a run stands; `fingerprint` says which run it is."""
    from safetensors.torch import save_file

    tensors = {}
    for number, weight in enumerate(run.weights):
        state = run.optimiser.state[weight]
        tensors |= {f"{number}.weight": weight.detach().contiguous(),
                    f"{number}.mean": state["exp_avg"].contiguous(),
                    f"{number}.square": state["exp_avg_sq"].contiguous()}
    log = {"done": run.done, "losses": run.trained.log, "tokens": run.trained.step_tokens,
           "seconds": run.trained.step_seconds, "fingerprint": fingerprint}
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    save_file(tensors, draft, {"log": json.dumps(log)})
    draft.replace(path)


def resume(run, path: Path, fingerprint: str) -> bool:
    """Bring a fresh run to where a checkpoint stands; say whether there was one.

    A checkpoint of another run (other data, settings or weights) is left alone.
    Raises BookError for a damaged file.
    """
    import torch
    from safetensors import SafetensorError, safe_open

    if not path.is_file():
        return False
    try:
        with safe_open(path, "pt") as file:
            log = json.loads(file.metadata()["log"])
            if log["fingerprint"] != fingerprint:
                return False
            for number, weight in enumerate(run.weights):
                with torch.no_grad():
                    weight.copy_(file.get_tensor(f"{number}.weight"))
                run.optimiser.state[weight] = {
                    "step": torch.tensor(float(log["done"])),
                    "exp_avg": file.get_tensor(f"{number}.mean").to(weight.device),
                    "exp_avg_sq": file.get_tensor(f"{number}.square").to(weight.device)}
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        raise BookError(f"{path}: not a checkpoint of this book ({error}). Delete it; the "
                        "training then begins anew") from error
    run.done = log["done"]
    run.trained.log, run.trained.step_tokens = log["losses"], log["tokens"]
    run.trained.step_seconds = log["seconds"]
    run.schedule.last_epoch = run.done
    for group, base, share in zip(run.optimiser.param_groups, run.schedule.base_lrs,
                                  run.schedule.lr_lambdas, strict=True):
        group["lr"] = base * share(run.done)
    return True
