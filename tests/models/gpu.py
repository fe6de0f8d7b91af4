"""A stand-in for a machine with a GPU: its number formats, on processors, and a hub in a folder."""

import torch

from experiments.core.profile import PROFILE
from experiments.models import load, memory, registry
from experiments.models.registry import HubModel
from experiments.models.training import sizing, workshop

LARGE = "large"


def stand_in(monkeypatch, folder, model, tokenizer, dtype=torch.bfloat16):
    """Let the hub hold one model, in `folder`, and this machine choose a GPU's number format."""
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    monkeypatch.setenv(PROFILE, "gpu")
    monkeypatch.setitem(registry.HUB, LARGE, HubModel(LARGE, str(folder), "main", "Apache-2.0"))
    monkeypatch.setitem(sizing.HUB_SHAPES, LARGE, sizing.shape_of(model.config))
    for room in (load, memory):
        monkeypatch.setattr(room, "best_device", lambda: ("cpu", dtype))
    monkeypatch.setattr(workshop, "ADAPTERS", folder / "published")
