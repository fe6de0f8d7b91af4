"""The cells that hand a toy to TRL: on a GPU it moves what it is given, and would take 16 bits."""

import copy
import sys
from tempfile import TemporaryDirectory
from types import ModuleType, SimpleNamespace

import peft  # noqa: F401 (the cells import it: before this machine claims to have a GPU)
import pytest
import torch
from datasets import Dataset
from transformers import PrinterCallback

from experiments.book.source.notebooks import read_notebook
from experiments.core import Message
from experiments.core.paths import CHAPTERS

PROMPT = (Message("user", "which queue?"),)


class Model:
    """A model that knows whether it was moved to a GPU."""

    config, device = None, "cpu"

    def __init__(self, config=None):
        self.name = "fresh"


class Trainer:
    """Moves every model that it is given, as accelerate does."""

    def __init__(self, *models, args, **_):
        self.train_dataset = []
        Trainer.made.append(args)
        for model in models:
            if isinstance(model, Model):
                model.device = "cuda"
        self.state = SimpleNamespace(log_history=[{"loss": 0.0, "reward": 0.0, "grad_norm": 1.0}])

    def remove_callback(self, _):
        """Stay quiet."""

    def train(self):
        """Train nothing."""


@pytest.mark.parametrize(("chapter", "cell"), [
    ("09_training", "trl"), ("14_preferences", "trl"), ("14_preferences", "reward-trl")])
def test_a_cell_keeps_its_models_on_the_processor_and_trains_in_32_bits(
        monkeypatch, chapter, cell):
    trl = ModuleType("trl")
    for kind in ("SFT", "DPO", "GRPO"):
        setattr(trl, f"{kind}Trainer", Trainer)
        setattr(trl, f"{kind}Config", lambda *_, **settings: settings)
    monkeypatch.setitem(sys.modules, "trl", trl)
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    Trainer.made = []
    toy, pupil = Model(), Model()
    compared = [SimpleNamespace(prompt=PROMPT, chosen="a", rejected="b")]
    names = {"toy": toy, "pupil": pupil, "compared": compared, "pairs": [(PROMPT, "a")],
             "messages": [(PROMPT, "a")], "tokenizer": None, "deepcopy": copy.deepcopy,
             "LlamaForCausalLM": Model, "TemporaryDirectory": TemporaryDirectory,
             "Dataset": Dataset, "PrinterCallback": PrinterCallback,
             "torch": torch}
    (code,) = ["".join(one["source"])
               for one in read_notebook(CHAPTERS / f"{chapter}.ipynb")["cells"]
               if one["id"] == cell]
    exec(code, names)
    assert (toy.device, pupil.device) == ("cpu", "cpu")
    assert [settings["bf16"] for settings in Trainer.made] == [False]
