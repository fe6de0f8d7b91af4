"""Memory of this machine and its GPU: what is free, what was taken, what can be given back."""

import gc

from experiments.core import BookError
from experiments.core.machine import peak_bytes
from experiments.models.load import best_device
from experiments.models.training.sizing import HUB_SHAPES, WIDTH, weights_megabytes


def card() -> str:
    """Name the GPU that models run on here; empty where they run on processors."""
    import torch

    return torch.cuda.get_device_name() if best_device()[0] == "cuda" else ""


def release() -> None:
    """Give the GPU back what models held that nobody uses any longer."""
    import torch

    gc.collect()
    torch.cuda.empty_cache()  # does nothing without a GPU


def free_megabytes(device: str) -> int:
    """Ask the GPU, or the system, how much memory is free."""
    import torch

    if device == "cuda":
        # What torch keeps for its next tensor is free, too.
        kept = torch.cuda.memory_reserved() - torch.cuda.memory_allocated()
        return round((torch.cuda.mem_get_info()[0] + kept) / 1e6)
    import psutil

    return round(psutil.virtual_memory().available / 1e6)


def peak_megabytes() -> int:
    """Return the most memory that this process has held: of the GPU, where it has one."""
    import torch

    if torch.cuda.is_available():
        return round(torch.cuda.max_memory_allocated() / 1e6)
    held = peak_bytes()
    if held is None:
        import psutil

        held = psutil.Process().memory_info().peak_wset
    return round(held / 1e6)


def check_room(name: str, *, nf4: bool, exact: bool) -> None:
    """Refuse a model of the hub whose weights would not fit, before they are fetched.

    Raises BookError with what they need and what is free.
    """
    device, dtype = best_device()
    release()
    needed = round(weights_megabytes(HUB_SHAPES[name], nf4=nf4,
                                     width=WIDTH if exact else dtype.itemsize))
    free = free_megabytes(device)
    if needed > free:
        raise BookError(
            f"the weights of {name} take about {needed:,} MB, and {free:,} MB are free"
            f"{' on the GPU' if device != 'cpu' else ''}: take a smaller model, one that was "
            "trained by QLoRA (its weights are in four bits), or close other programs")
