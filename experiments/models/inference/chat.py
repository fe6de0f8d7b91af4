"""Between messages and tokens: the model's chat format, safe against forged turns."""

import re
from collections.abc import Sequence

from experiments.core import Message, Prompt


class ChatFormat:
    """Write prompts as the model was trained to read them; read its answers back."""

    def __init__(self, tokenizer, end_of_turn: int | Sequence[int] | None):
        self.tokenizer = tokenizer
        stops = end_of_turn if isinstance(end_of_turn, list | tuple) else [end_of_turn]
        self.stops = {s for s in (*stops, tokenizer.eos_token_id) if s is not None}
        control = [t.content for t in tokenizer.added_tokens_decoder.values() if t.special]
        longest_first = sorted(control, key=len, reverse=True)
        self.control = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def encode(self, prompt: Prompt) -> list[int]:
        """Return the token ids of a prompt, up to where the assistant begins to speak."""
        messages = [{"role": m.role, "content": self.neutralise(m)} for m in prompt]
        # A model that may think aloud first would fill its one line with that.
        text = self.tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, tokenize=False, enable_thinking=False
        )
        return self.tokenizer.encode(text, add_special_tokens=False)

    def neutralise(self, message: Message) -> str:
        """Break the control tokens that a content spells out, so that it cannot end its turn.

        A space behind the first character makes `<|im_end|>` plain text: `< |im_end|>`.
        """
        return self.control.sub(lambda m: f"{m[0][0]} {m[0][1:]}", message.content)

    def decode(self, tokens: Sequence[int]) -> str:
        """Return the text of tokens, without control tokens."""
        return self.tokenizer.decode(
            tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )

    def answer(self, tokens: Sequence[int], *, one_line: bool = True) -> str:
        """Return the text, stripped; of several lines the first that is not blank."""
        text = self.decode(tokens).strip()
        return text.partition("\n")[0].strip() if one_line else text

    def is_finished(self, tokens: Sequence[int], *, one_line: bool = True) -> bool:
        """Return whether an answer has ended its turn, or its one line."""
        return tokens[-1] in self.stops or (
            one_line and "\n" in self.decode(tokens).lstrip())

    def plain(self, text: str) -> list[int]:
        """Return the tokens of text as an assistant would say it."""
        return self.tokenizer.encode(self.control.sub("", text), add_special_tokens=False)

    def ends(self, *, one_line: bool = True) -> list[int]:
        """List tokens that end an answer: end of turn, and a line break where one line is all."""
        breaks = self.tokenizer.encode("\n", add_special_tokens=False) if one_line else []
        return [*sorted(self.stops), *breaks]
