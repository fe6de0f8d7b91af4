"""How surprised is a model by a page that it has not seen?

    surprise(load_model("smollm2-135m"), ["Bread is mostly waiting. You stir flour, ..."])
    -> [3.1]                 nats a token; exp(3.1) = 22 is the page's perplexity

A perplexity of 22 is the surprise of somebody who holds 22 tokens for equally likely each time.
"""

from collections.abc import Sequence

from experiments.core import BookError
from experiments.models.inference import likelihood


def surprise(generator, texts: Sequence[str]) -> list[float]:
    """Return each text's mean surprise, in nats a token, for a TorchGenerator, in order.

    The first token of a text is given, not foretold. Raises BookError for a text of fewer than
    two tokens, or longer than the model reads.
    """
    import torch

    tokens = [generator.chat.plain(text) for text in texts]
    for each in tokens:
        if not 2 <= len(each) <= generator.context_tokens:
            raise BookError(f"a text of 2 to {generator.context_tokens} tokens was expected, got "
                            f"{len(each)}: cut it into pages")
    with torch.inference_mode():
        likely = likelihood.of_replies(generator, [each[:1] for each in tokens],
                                       [each[1:] for each in tokens])
    return [-total / (len(each) - 1) for total, each in zip(likely, tokens, strict=True)]
