"""Load weights into memory, in the precision that suits the machine."""

import os
from pathlib import Path

from experiments.models.convert import quiet


def load_folder(place: str, *, revision: str = "main", nf4: bool = False, exact: bool = False):
    """Load (model, tokenizer) from a folder or a hub repository, ready to compute.

    With `nf4` the linear layers' weights are four-bit; `exact` asks for 32 bits wherever it runs.
    On a GPU each weight goes there as it is read: the whole would not fit in a small host's memory.
    """
    import torch

    use_cores()
    keep_freed_memory()
    device, dtype = best_device()
    settings = {"revision": revision, "local_files_only": Path(place).is_dir()}
    kind = {"dtype": torch.float32 if exact else dtype}
    if device != "cpu":
        kind["device_map"] = {"": device}
    with quiet():
        from transformers import AutoModelForCausalLM, AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(place, **settings)
        if nf4:
            from experiments.models.nf4 import quantisation

            kind["quantization_config"] = quantisation(kind["dtype"])
        model = AutoModelForCausalLM.from_pretrained(place, **settings, **kind)
    return model, tokenizer


def best_device():
    """Choose device and number format: float32 on CPU, by compute capability on CUDA."""
    import torch

    if not torch.cuda.is_available():
        # bfloat16 is several times slower than float32 on processors without AMX.
        return "cpu", torch.float32
    native_bfloat16 = torch.cuda.get_device_capability() >= (8, 0)
    return "cuda", torch.bfloat16 if native_bfloat16 else torch.float16


def use_cores() -> None:
    """Use one thread a physical core, unless OMP_NUM_THREADS says otherwise."""
    import torch

    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(physical_cores())


def keep_freed_memory() -> None:
    """Let the C library keep memory that is freed, for the next tensor of its size.

    Else glibc gives each large tensor back to the system and fetches it page by page
    again, which took a tenth of a prefill. It keeps blocks up to the size of the largest
    one freed so far, if that was below 32 MiB: so one of just less is freed at once.
    """
    import torch

    torch.empty(32 * 2**20 - 2**14, dtype=torch.uint8)


def physical_cores() -> int:
    """Count the physical cores that this process may run on."""
    if not hasattr(os, "sched_getaffinity"):
        return os.cpu_count() or 1
    siblings = set()
    for core in os.sched_getaffinity(0):
        path = Path(f"/sys/devices/system/cpu/cpu{core}/topology/thread_siblings_list")
        siblings.add(path.read_text().strip() if path.exists() else str(core))
    return len(siblings)
