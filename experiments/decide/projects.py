"""Twelve projects as teams describe them: answers that belong together, unlike most of the grid.

    PROJECTS["help desk"].fault -> "facts"

They were written after the grid had been run, to look at the procedures on work that
exists. Each says only what differs from a team that has just begun.
"""

from experiments.decide.profile import Profile

PROJECTS = {
    "help desk": Profile(
        fault="facts", use_case="website chatbot", changes="weekly", needs_citations=True,
        prompted_hard=True, runs_search=True, held_out_set=True, labelled_examples=250),
    "travel voice agent": Profile(
        fault="facts", other_fault=True, use_case="tool agent", changes="daily",
        private_documents=False, latency_ms=80, queries_per_month=5_000_000, prompted_hard=True,
        product_fit=True, known_questions=True),
    "contract fields": Profile(
        fault="behaviour", use_case="extraction", changes="yearly", strict_format=True,
        labelled_examples=2_000, prompted_hard=True, held_out_set=True, can_retrain=True,
        known_questions=True, measured_retrieval=True),
    "ticket routing": Profile(
        fault="behaviour", use_case="classification", changes="quarterly", strict_format=True,
        labelled_examples=2_000, queries_per_month=100_000, known_questions=True,
        private_documents=False, prompted_hard=True, held_out_set=True, runs_training=True,
        can_retrain=True),
    "brand copy": Profile(
        fault="behaviour", changes="yearly", private_documents=False, known_questions=True,
        labelled_examples=400, prompted_hard=True, instruction_tokens=4_000,
        prompt_usd_per_month=1_000, measured_retrieval=True, held_out_set=True,
        can_retrain=True),
    "code assistant": Profile(
        fault="facts", use_case="code", changes="daily", strict_format=True, deep_reasoning=True,
        queries_per_month=5_000_000, prompted_hard=True, runs_search=True),
    "one handbook": Profile(
        fault="facts", use_case="one document", changes="quarterly", corpus_tokens=50_000,
        needs_citations=True, queries_per_month=10_000),
    "law firm": Profile(
        fault="facts", other_fault=True, changes="weekly", needs_citations=True,
        access_rules=True, deep_reasoning=True, queries_per_month=10_000, labelled_examples=400,
        prompted_hard=True, measured_retrieval=True, held_out_set=True, product_fit=True,
        runs_search=True),
    "clinical notes": Profile(
        fault="behaviour", other_fault=True, changes="quarterly", strict_format=True,
        access_rules=True, deep_reasoning=True, labelled_examples=2_000, prompted_hard=True,
        measured_retrieval=True, held_out_set=True, can_retrain=True, product_fit=True,
        runs_search=True, runs_training=True, known_questions=True),
    "search box of a shop": Profile(
        fault="facts", changes="daily", latency_ms=80, queries_per_month=200_000_000,
        known_questions=True, runs_search=True, runs_training=True, product_fit=True,
        held_out_set=True, can_retrain=True, labelled_examples=2_000),
    "moderation": Profile(
        fault="behaviour", use_case="classification", changes="monthly", latency_ms=80,
        private_documents=False, queries_per_month=70_000_000, labelled_examples=2_000,
        prompted_hard=True, known_questions=True, held_out_set=True, can_retrain=True,
        runs_training=True, product_fit=True),
    "first prototype": Profile(),
}
