"""The rules of the book's own procedure, each with the published numbers that it rests on.

    FACTS_NEED_DOCUMENTS.state(published_numbers()) -> "backed"

A rule whose number is not published yet is open, and one whose number came out otherwise is
contradicted; neither decides. As soon as the number shows what the rule says, the rule decides.
A rule about training asks for as many examples as the training had that its number comes from.
"""

from experiments.decide.evidence import Rule, Support
from experiments.decide.verdict import BOTH, HEAD, LONG_CONTEXT, PROMPT, RAG, TUNE, UNDECIDED

# What the trainings behind the rules had, and for messages also the least that was ahead.
LABELLED_MESSAGES = 284  # the train split of `routing`
FEW_MESSAGES = 50  # `data-sizes`
PROMPTS_MESSAGES = 84  # `baked-labels`
APPROVED_REPLIES = 50  # `style-replies`
LABELLED_CLAUSES = 120  # `tuned-clauses-own`
LABELLED_QUESTIONS = 160  # `raft-best`
LABELLED_CALLS = 160  # the train split of `desk-tools`

FACTS_NEED_DOCUMENTS = Rule(
    "facts need documents", RAG,
    "Without documents the model has next to no facts, and sixteen examples bring none. "
    "Passages found by a search do.", "03_retrieval",
    (Support("prompt-closed-contains", "below", 5),
     Support("prompt-sixteen-contains", "below", 10),
     Support("rag-gain", "above", 0), Support("rag-keyword-gain", "above", 0)))
ONE_ARTICLE_FITS = Rule(
    "what is one article long goes into the prompt", LONG_CONTEXT,
    "With the one right article in the prompt the model answers far better than without, and "
    "nothing has to be searched.", "02_prompt",
    (Support("asking-gain-support", "above", 0), Support("prompt-oracle-tokens", "above", 0)))
MORE_IS_READ_WORSE = Rule(
    "more text is read worse", RAG,
    "Each further article in the prompt costs right answers, so what is longer than one article "
    "is searched.", "02_prompt", (Support("prompt-reading-drop", "above", 0),))
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
    "a linear head beats prompting", HEAD,
    "A linear head over embeddings labels messages far better than examples in a prompt.",
    "00_asking", (Support("asking-linear-gain", "above", 0),))
PROMPTS_DO_NOT_LABEL = Rule(
    "prompting does not label", UNDECIDED,
    "A prompt without examples labels fewer messages rightly than the commonest label does. "
    f"Label {FEW_MESSAGES} messages first: with ten, training was not ahead of a prompt.",
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
    "tuning on few labels", TUNE,
    "With fifty labelled messages a tuned model labels far more rightly than a prompt that shows "
    "the nearest of them. Fit a linear head beside it: from a hundred on the two were level.",
    "11_data", (Support("data-50-gain", "above", 0),))
TUNED_LABELS = Rule(
    "tuning labels", TUNE, "A tuned model labels more messages rightly than a linear head.",
    "09_training", (Support("tuned-routing-head", "above", 0),))
TUNED_BEHAVIOUR = Rule(
    "tuning gives the behaviour that a prompt does not", TUNE,
    "Trained on fifty approved replies, a model wrote far more replies that can be sent as they "
    "are than with the rules and four examples in the prompt.", "14_preferences",
    (Support("style-tuned-gain", "above", 0),))
REPLIES_FIRST = Rule(
    "collect approved replies", UNDECIDED,
    f"The prompt has been tried. What would change the verdict: {APPROVED_REPLIES} approved "
    "replies to train on; fewer were measured only as a row.", "14_preferences",
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
    "tuning replaces a long prompt", TUNE,
    "Trained on true labels, a model with a short prompt is not worse than the long prompt by "
    "5 points or more. Trained on the long prompt's own answers it was worse.",
    "15_baked", (Support("baked-84-gain", "above", -5), Support("baked-gap", "below", 0)))
TUNED_READER = Rule(
    "a tuned reader reads passages better", BOTH,
    "Both: retrieve, and train the reader on questions with their documents in front (RAFT). It "
    "gives more right answers from what is found than the same reader untrained. Measured on a "
    "help centre, with a reader of 135 million parameters; what a larger one gains was not.",
    "16_raft",
    (Support("raft-gain", "above", 0),))
READER_ELSEWHERE = Rule(
    "the gain of training a reader depends on the documents", BOTH,
    "On a second benchmark, documentation for developers, such a training brought no gain that "
    "could be told from none. Measure on your own questions before you rely on it.", "18_ladder",
    (Support("raft-gain-devdocs", "around", 0),))
LABELS_FOR_A_READER = Rule(
    "labels would train the reader", RAG,
    f"What would change the verdict: {LABELLED_QUESTIONS} questions, each with an approved answer "
    "and the document that holds it. Then train the reader as well; smaller sets were not "
    "measured.", "16_raft", (Support("raft-gain", "above", 0),))
TRAINED_WITHOUT_PASSAGES = Rule(
    "a reader tuned without passages reads worse", RAG,
    "Keep the documents in the training prompts. Trained on questions and answers alone, the "
    "same reader gave fewer right answers from found documents than untrained.", "16_raft",
    (Support("raft-trap-own", "below", 0),))

RULES = (HEAD_ON_LABELS, PROMPTS_DO_NOT_LABEL, LOOK_FIRST, ONE_ARTICLE_FITS, FACTS_NEED_DOCUMENTS,
         EXTRACTION_IS_NOT_PROMPTED, EXAMPLES_GIVE_FORMAT, EXAMPLES_MOVE_BEHAVIOUR,
         TUNED_LABELS, FEW_LABELS, TUNED_EXTRACTION, TUNED_BEHAVIOUR, REPLIES_FIRST,
         NEAR_CALLS, TUNED_CALLS, TUNED_FOR_PRICE, TUNED_READER)
# These decide nothing by themselves: they are said beside a recommendation.
BESIDE = {RAG: (MORE_IS_READ_WORSE, READER_IS_THE_LIMIT, LABELS_FOR_A_READER, CITES, FILTERS),
          BOTH: (READER_ELSEWHERE, READER_IS_THE_LIMIT, TRAINED_WITHOUT_PASSAGES,
                 MORE_IS_READ_WORSE, CITES, FILTERS),
          TUNE: (LEAD_OF_ITS_DAY,)}
REMARKS = tuple(dict.fromkeys(rule for said in BESIDE.values() for rule in said))
