"""The rules of the book's own procedure, each with the published numbers that it rests on.

    FACTS_NEED_DOCUMENTS.state(published_numbers()) -> "backed"

A rule whose number is not published yet is open, and one whose number came out otherwise is
contradicted; neither decides. As soon as the number shows what the rule says, the rule decides.
What a rule about training asks for beside its numbers stands in `training`.
"""

from experiments.decide.own.support import Rule, Support
from experiments.decide.verdict import BOTH, HEAD, LONG_CONTEXT, PROMPT, RAG, TUNE, UNDECIDED

# What the trainings behind the rules had: on fewer examples nothing of the kind was measured.
PROMPTS_MESSAGES = 84  # `baked-labels`
APPROVED_REPLIES = 50  # `style-replies`
LABELLED_CLAUSES = 120  # `tuned-clauses-own`
LABELLED_QUESTIONS = 160  # `raft-best`
LABELLED_CALLS = 160  # the train split of `desk-tools`
# Of the sizes tried, the least at which a head was level with LoRA: about so many, no threshold.
LEVEL_MESSAGES = 100  # `data-sizes`

FACTS_NEED_DOCUMENTS = Rule(
    "facts need documents", RAG,
    "Without documents the model has next to no facts, and sixteen examples bring none. "
    "Passages found by a search do.", "03_retrieval",
    (Support("prompt-closed-contains", "below", 5),
     Support("prompt-sixteen-contains", "below", 10),
     Support("rag-gain", "above", 0), Support("rag-keyword-gain", "above", 0)))
WHOLE_IN_PROMPT = Rule(
    "documents that fit go into the prompt", LONG_CONTEXT,
    "Documents that fit the window, and that the prompt cache keeps, can stand in every prompt: "
    "window and price decide. With the right article before it a model answered far better than "
    "without. Measure it against a search on your own questions.", "02_prompt",
    (Support("asking-gain-support", "above", 0), Support("asking-gain-devdocs", "above", 0)))
MORE_IS_READ_WORSE = Rule(
    "more text is read worse", RAG,
    "Each further article in the prompt cost this book's small model right answers. Measure what "
    "it costs yours.", "02_prompt", (Support("prompt-reading-drop", "above", 0),))
READER_IS_THE_LIMIT = Rule(
    "after retrieval the reader is the limit", RAG,
    "The keyword search finds nearly every article, and the gold passage in hand still leaves "
    "many answers wrong. A better search will not mend those.", "03_retrieval",
    (Support("rag-keyword-hit", "above", 90), Support("ladder-oracle", "below", 75)))
CITES = Rule(
    "retrieval can cite", RAG,
    "An answer from a found passage names the passage, and mostly the right one.",
    "03_retrieval", (Support("rag-keyword-citation", "above", 80),))
FILTERS = Rule(
    "rules of access belong inside the search", RAG,
    "If some users may not see some documents, or records must go on request: a filter inside "
    "the search leaks nothing, and a deleted record is gone from the next answer. Every build "
    "measures that anew.", "07_access", ())
HEAD_ON_LABELS = Rule(
    "a linear head first", HEAD,
    "A linear head over embeddings labels messages far better than fixed examples in a prompt, "
    f"and from about {LEVEL_MESSAGES} labels (11_data) a trained model was not shown to be better "
    "than the head. It is fitted in seconds, so fit it first.", "09_training",
    (Support("asking-linear-gain", "above", 0), Support("tuned-routing-head", "around", 0)))
LABEL_FIRST = Rule(
    "prompting does not label", UNDECIDED,
    "A prompt without examples labels fewer messages rightly than the commonest label does. "
    "Label some first: a linear head and a prompt with the nearest messages both need them.",
    "00_asking", (Support("asking-closed-routing", "below", 10),
                  Support("asking-majority-routing", "above", 10)))
EXAMPLES_MOVE_BEHAVIOUR = Rule(
    "examples in the prompt move behaviour", PROMPT,
    "Sixteen examples change what the model declines, so begin there. They are blunt: false "
    "refusals rise with the right ones.", "02_prompt",
    (Support("prompt-right-gain", "above", 0),))
EXAMPLES_GIVE_FORMAT = Rule(
    "examples in the prompt give the format", PROMPT,
    "With examples nearly every answer is valid JSON. A strict format alone is no reason to "
    "train.", "00_asking", (Support("asking-json-clauses", "above", 90),))
EXTRACTION_IS_NOT_PROMPTED = Rule(
    "examples do not extract", UNDECIDED,
    "The JSON is valid and its values are wrong: examples in the prompt get few fields right, "
    "and retrieving the guide makes it worse.", "00_asking",
    (Support("asking-shots-clauses", "below", 50), Support("asking-guide-clauses", "below", 0)))

LOOK_FIRST = Rule(
    "look first", UNDECIDED,
    "Nobody has looked at what is wrong, and no private documents hold the answers. Collect "
    "complaints and sort them before you build anything.", "22_choose", ())

FEW_LABELS = Rule(
    "few labels: the nearest in the prompt", PROMPT,
    f"With fewer than about {LEVEL_MESSAGES} labels show the model the nearest of them, which "
    "beats fixed ones; fit a linear head beside it, and measure both. With fifty labels a "
    "trained model was ahead of both, so go on labelling: the head then catches up.",
    "11_data", (Support("shape-nearest-gain", "above", 0), Support("data-50-gain", "above", 0)))
TUNED_BEHAVIOUR = Rule(
    "tuning gives the behaviour that a prompt does not", TUNE,
    "Trained on fifty approved replies, a model wrote far more replies that can be sent as they "
    "are than with the rules and four examples in the prompt.", "14_preferences",
    (Support("style-tuned-gain", "above", 0),))
PROMPT_WAS_TRIED = Rule(
    "the prompt has been tried", UNDECIDED,
    "The prompt has been tried and was not enough. What is left is training on approved replies, "
    "once what it needs is there.", "14_preferences",
    (Support("style-tuned-gain", "above", 0),))
TUNED_EXTRACTION = Rule(
    "tuning extracts", TUNE, "A tuned model gets more fields right than the best prompt. Most "
    "were still wrong, with a model of 135 million parameters.",
    "09_training", (Support("tuned-own-extraction-gain", "above", 0),))
NEAR_CALLS = Rule(
    "near examples call tools", PROMPT,
    "The four nearest calls of a log, with the reply held to the schema, bring far more exact "
    "calls than four fixed ones.", "15_tools", (Support("tools-nearest-gain", "above", 0),))
TUNED_CALLS = Rule(
    "tuning calls the tools it knows", TUNE,
    f"Trained on {LABELLED_CALLS} calls, a model makes more of them exactly right than with the "
    "four nearest in the prompt.", "15_tools", (Support("train-tools-gain", "above", 0),))
LEAD_OF_ITS_DAY = Rule(
    "a training knows the names of its day", TUNE,
    "Write down what would have to move to make the training worthless. When tools and tables "
    "got new names, the tuned model fell behind a prompt whose examples had been renamed.",
    "15_tools", (Support("train-tools-renamed", "below", 0),
                 Support("train-sql-renamed", "below", 0)))
TUNED_FOR_PRICE = Rule(
    "tuning replaces a long prompt", PROMPT,
    "A long prompt that works can be trained away to save its tokens: trained on "
    f"{PROMPTS_MESSAGES} true labels, a model with a short prompt was not worse by 5 points or "
    "more. Trained on the long prompt's own answers it was worse.",
    "15_baked", (Support("baked-84-gain", "above", -5), Support("baked-gap", "below", 0)))
TUNED_READER = Rule(
    "a tuned reader reads passages better", BOTH,
    "Both: retrieve, and train the reader on questions with their documents in front (RAFT). On "
    "a help centre the trained reader gave more right answers than the same one untrained; on a "
    "documentation for developers no gain was shown. Measured with 135 million parameters: a "
    "larger reader gets more pages right untrained, and has less to gain.", "16_raft",
    (Support("raft-gain-bare", "above", 0), Support("raft-gain-devdocs", "around", 0)))
ANSWERS_TOO_MUCH = Rule(
    "a tuned reader answers what has no answer", BOTH,
    "The trained reader declined only a part of the questions that have no answer. Put such "
    "questions into your test, and count them.", "16_raft",
    (Support("raft-best-right-refusals", "below", 50),))
TRAINED_WITHOUT_PASSAGES = Rule(
    "a reader tuned without passages reads worse", RAG,
    "Keep the documents in the training prompts. Trained on questions and answers alone, the "
    "same reader gave fewer right answers from found documents than untrained.", "16_raft",
    (Support("raft-trap-own", "below", 0),))

RULES = (HEAD_ON_LABELS, LABEL_FIRST, FEW_LABELS, LOOK_FIRST, WHOLE_IN_PROMPT,
         FACTS_NEED_DOCUMENTS, EXTRACTION_IS_NOT_PROMPTED, EXAMPLES_GIVE_FORMAT,
         EXAMPLES_MOVE_BEHAVIOUR, NEAR_CALLS, PROMPT_WAS_TRIED,
         TUNED_EXTRACTION, TUNED_BEHAVIOUR, TUNED_CALLS, TUNED_READER)
# These decide nothing by themselves: they are said beside a recommendation.
BESIDE = {RAG: (MORE_IS_READ_WORSE, READER_IS_THE_LIMIT, CITES, FILTERS),
          BOTH: (ANSWERS_TOO_MUCH, READER_IS_THE_LIMIT, TRAINED_WITHOUT_PASSAGES,
                 MORE_IS_READ_WORSE, CITES, FILTERS),
          LONG_CONTEXT: (MORE_IS_READ_WORSE,),
          TUNE: (LEAD_OF_ITS_DAY,)}
REMARKS = (*dict.fromkeys(rule for said in BESIDE.values() for rule in said), TUNED_FOR_PRICE)
