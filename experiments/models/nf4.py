"""Four-bit weights for QLoRA: NF4 with double quantisation, by bitsandbytes.

    model = load_folder(place, nf4=True)[0]    166 MB of weights instead of 538: SmolLM2-135M
    round_weights(model)                       the same values again, in the layers' own type

Each block of 64 weights keeps one scale and, for each weight, which of 16 levels is nearest
(Dettmers et al. 2023, "QLoRA"). An adapter trained on rounded weights belongs on rounded weights.
"""

import torch


def quantisation(dtype: torch.dtype):
    """Return the settings with which transformers loads weights as NF4 and computes in `dtype`."""
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4",
                              bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=dtype)


def round_weights(model: torch.nn.Module) -> torch.nn.Module:
    """Replace four-bit layers by plain ones that hold the rounded values, in place.

    Call it before the model has answered: in evaluation on a CPU, bitsandbytes lays the
    weights out anew, and they could not be read back.
    """
    from bitsandbytes.functional import dequantize_4bit
    from bitsandbytes.nn import Linear4bit

    for parent in list(model.modules()):
        for place, layer in list(parent.named_children()):
            if isinstance(layer, Linear4bit):
                values = dequantize_4bit(layer.weight.data, layer.weight.quant_state)
                plain = torch.nn.Linear(1, 1, bias=False)
                plain.in_features, plain.out_features = layer.in_features, layer.out_features
                plain.weight = torch.nn.Parameter(values.to(layer.compute_dtype), False)
                plain.bias = layer.bias
                setattr(parent, place, plain)
    model.is_loaded_in_4bit = model.is_quantized = False
    return model
