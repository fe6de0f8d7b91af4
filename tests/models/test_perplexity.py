"""The surprise of a page is the cross-entropy that transformers computes."""

import pytest

from experiments.core import BookError
from experiments.models.inference.generate import TorchGenerator
from experiments.models.inference.perplexity import surprise

PAGES = ["Bread is mostly waiting.", "No river runs straight for long, and this one never did."]


@pytest.fixture(scope="module")
def tiny(make_model, byte_tokenizer):
    return TorchGenerator("tiny", "tiny", make_model(), byte_tokenizer)


def test_it_is_the_mean_loss_of_the_tokens_behind_the_first(tiny, make_model, byte_tokenizer):
    import torch

    expected = []
    for page in PAGES:
        row = torch.tensor([byte_tokenizer.encode(page, add_special_tokens=False)])
        expected.append(make_model()(input_ids=row, labels=row).loss.item())
    assert surprise(tiny, PAGES) == pytest.approx(expected, abs=1e-3)


def test_a_page_does_not_depend_on_its_company(tiny):
    assert surprise(tiny, PAGES[1:]) == pytest.approx(surprise(tiny, PAGES)[1:], abs=1e-3)


def test_a_page_that_cannot_be_foretold_is_refused(tiny):
    for page in ("", "B", "x" * 600):
        with pytest.raises(BookError, match=f"2 to 512 tokens was expected, got {len(page)}"):
            surprise(tiny, [page])
