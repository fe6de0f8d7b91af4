"""Linear: a logistic regression on MiniLM vectors, trained on the train questions in a second.

    train:  284 messages -> vectors of 384 numbers -> one weight vector a label
    asked:  headset never shows under add device -> app 0.73, delivery 0.06, ...

The smallest tuned model of the book: what fine-tuning a language model must beat on a
task whose answer is one of few labels.
"""

from dataclasses import dataclass

from experiments.core import Answer, BookError
from experiments.methods.base import Method
from experiments.methods.baselines.neighbours import embed_questions, embedded_train
from experiments.methods.bench import Answerer, Bench

MOST_STEPS = 2000


@dataclass(frozen=True)
class Linear(Method):
    """Answer the label that a logistic regression on the question's vector finds likeliest.

    `c` is the inverse strength of the L2 penalty; the default has the best macro-F1 on the
    dev split of `routing`.
    """

    c: float = 10.0

    def build(self, bench: Bench) -> Answerer:
        """Cook the recipe on a bench: embeds and fits; raises BookError below two labels."""
        from sklearn.linear_model import LogisticRegression

        embedder, vectors, labels = embedded_train(bench, "linear")
        if len(set(labels)) < 2:
            raise BookError(f"task {bench.task}: linear needs train questions with two different "
                            f"answers at least; all have {labels[0]!r}")
        # The solver lbfgs starts from zero and draws nothing: equal data, equal weights.
        head = LogisticRegression(C=self.c, max_iter=MOST_STEPS).fit(vectors, labels)

        def answer(questions):
            asked, seconds = embed_questions(embedder, questions)
            said = head.predict(asked) if len(questions) else []
            return [Answer(q.id, str(label), stage_seconds={"embed": seconds})
                    for q, label in zip(questions, said, strict=True)]

        return answer
