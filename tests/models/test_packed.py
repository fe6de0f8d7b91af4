"""Packed layers give what plain ones give, and only plain ones are packed."""

import pytest
import torch
from torch import nn

from experiments.models.inference import packed
from experiments.models.inference.packed import PackedLinear, pack


def small_net():
    torch.manual_seed(0)
    lora = nn.ModuleDict({"lora_A": nn.ModuleDict({"default": nn.Linear(4, 2)})})
    return nn.ModuleDict({"up": nn.Linear(4, 6), "down": nn.Linear(6, 4, bias=False),
                          "wide": nn.Linear(4, 4, dtype=torch.float64), "adapter": lora})


def test_a_packed_layer_multiplies_and_adds_the_bias_for_any_shape():
    layer = nn.Linear(3, 2)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[1.0, 2.0, 3.0], [0.0, -1.0, 1.0]]))
        layer.bias.copy_(torch.tensor([10.0, 20.0]))
        layer = PackedLinear(layer)
        # 1*1 + 2*1 + 3*2 + 10 = 19; -1 + 2 + 20 = 21
        assert layer(torch.tensor([[1.0, 1.0, 2.0]])).tolist() == [[19.0, 21.0]]
        assert layer(torch.zeros(2, 5, 3)).shape == (2, 5, 2)


def test_layers_of_float32_are_packed_and_those_of_adapters_and_other_types_are_not():
    net = small_net()
    rows = torch.randn(7, 4)
    with torch.no_grad():
        before = net["down"](net["up"](rows))
        pack(net)
        assert torch.allclose(net["down"](net["up"](rows)), before, atol=1e-6)
    assert isinstance(net["up"], PackedLinear) and isinstance(net["down"], PackedLinear)
    assert type(net["wide"]) is nn.Linear
    assert type(net["adapter"]["lora_A"]["default"]) is nn.Linear


@pytest.mark.parametrize("lack", [AttributeError, RuntimeError, NotImplementedError])
def test_where_torch_no_longer_has_the_operation_layers_stay_as_they_are(monkeypatch, lack):
    def gone(layer):
        raise lack("_reorder_linear_weight")

    packed._can_pack.cache_clear()
    monkeypatch.setattr(packed, "PackedLinear", gone)
    net = small_net()
    packed.pack(net)
    packed._can_pack.cache_clear()
    assert type(net["up"]) is nn.Linear and net["up"](torch.ones(1, 4)).shape == (1, 6)
