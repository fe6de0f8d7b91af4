"""The benchmark `support-access`: its rules by a truth table, its files by what the card says."""

import re
from collections import Counter, defaultdict
from itertools import combinations

import pytest

from experiments.core import BookError, Document, paths
from experiments.retrieval.documents.formats import read_markdown
from experiments.tasks.catalogue import find_task, summarise
from experiments.tasks.folder import read_questions
from experiments.tasks.support.common import forms, read_json_lines
from experiments.tasks.support.products import wording as support_wording
from experiments.tasks.support_access.files import generate
from experiments.tasks.support_access.rules import (
    ASKED_ON,
    NAME,
    User,
    in_force,
    may_read,
    read_forbidden,
    read_users,
    visible,
)
from experiments.tasks.support_access.terms import offers, wording
from tests.tasks.generated import unlike

FOLDER = paths.TASKS / NAME
SPLITS = ("train", "dev", "test")
VERA = User("vera", "sundal", ("staff", "managers"))


def header(tenant="sundal", audience="public", status="current", **more):
    return {"tenant": tenant, "audience": audience, "status": status, **more}


@pytest.fixture(scope="module")
def documents():
    found = {}
    for path in sorted((FOLDER / "documents").iterdir()):
        content = read_markdown(path)
        found[path.stem] = Document(path.stem, content.title, content.text, content.metadata)
    return found


@pytest.fixture(scope="module")
def examples():
    return read_questions(FOLDER)


@pytest.mark.parametrize(("metadata", "allowed"), [
    # tenant, audience, status: all eight combinations of right and wrong
    (header(), True),
    (header(tenant="halden"), False),
    (header(audience="engineers"), False),
    (header(status="retired"), False),
    (header(tenant="halden", audience="engineers"), False),
    (header(tenant="halden", status="retired"), False),
    (header(audience="engineers", status="retired"), False),
    (header(tenant="halden", audience="engineers", status="retired"), False),
    # who is among the audience
    (header(audience="staff"), True),
    (header(audience="engineers, managers"), True),
    (header(audience="engineers,managers"), True),
    (header(audience="vera"), True),
    (header(audience="nils, vera"), True),
    (header(audience="nils"), False),
    (header(audience="staff", tenant="halden"), False),
    (header(audience="vera", tenant="halden"), False),
    (header(audience="vera", status="retired"), False),
    # near misses
    (header(audience="management"), False),
    (header(audience="manager"), False),
    (header(audience="Staff"), False),
    (header(audience="verandah"), False),
    (header(audience="non-staff"), False),
    (header(audience="sundal"), False),
    (header(audience="staff managers"), False),
    (header(audience="publicity"), False),
    (header(status="Current"), False),
    (header(tenant="sundal-2"), False),
    # what is missing means no
    (header(audience=""), False),
    (header(audience=" , "), False),
    ({}, False),
    ({"audience": "public", "status": "current"}, False),
    ({"tenant": "sundal", "status": "current"}, False),
    ({"tenant": "sundal", "audience": "public"}, False),
])
def test_may_read_asks_for_tenant_and_audience_and_status(metadata, allowed):
    assert may_read(VERA, metadata) is allowed


def test_a_customer_without_groups_reads_what_is_public_or_names_them():
    ugo = User("ugo", "sundal")
    assert may_read(ugo, header()) and may_read(ugo, header(audience="ugo"))
    assert not may_read(ugo, header(audience="staff"))
    # An empty entry of the list is no door for a user without an id.
    assert not may_read(User("", "", ()), {"status": "current", "audience": "staff"})


def dated(name, date, topic="delivery", tenant="sundal"):
    metadata = header(tenant=tenant, date=date, topic=topic)
    return Document(name, "Delivery", "text", metadata)


def test_the_newest_page_not_after_the_day_counts_for_each_tenant_and_topic():
    pages = [dated("old", "2025-02-01"), dated("today", "2026-06-01"),
             dated("tomorrow", "2026-06-02"), dated("other-topic", "2024-01-01", topic="fees"),
             dated("other-tenant", "2025-01-01", tenant="halden")]
    others = ["other-topic", "other-tenant"]
    assert [p.id for p in in_force(pages, "2026-06-01")] == ["today", *others]
    assert [p.id for p in in_force(pages, "2026-05-31")] == ["old", *others]
    assert [p.id for p in in_force(pages, "2023-12-31")] == []


def test_a_page_that_the_user_may_not_read_does_not_displace_an_older_one():
    newer = Document("newer", "t", "x", header(audience="engineers", date="2026-05-01", topic="a"))
    older = Document("older", "t", "x", header(date="2026-01-01", topic="a"))
    assert [d.id for d in visible([newer, older], VERA)] == ["older"]


def test_documents_without_topic_or_date_stand_for_themselves():
    pages = [Document(name, "t", "x", header()) for name in ("one", "two")]
    assert visible(pages, VERA) == pages


def test_the_committed_files_are_what_the_generator_writes():
    assert unlike(FOLDER, generate()) == []


def test_the_card_states_hash_and_counts():
    assert find_task(NAME) == FOLDER
    card = (FOLDER / "card.md").read_text(encoding="utf-8")
    counts = summarise(FOLDER)
    assert counts["documents"] == 420 and counts["test"] == 193
    assert f"`{counts['sha256']}`" in card
    assert "| test questions (unanswerable) | 193 (72) |" in card
    assert "| users | 48 |" in card


def test_there_are_enough_questions_of_every_case(examples):
    cases = read_forbidden(FOLDER)
    counts = Counter((e.split, cases[e.id].case) for e in examples)
    test = {case: count for (split, case), count in counts.items() if split == "test"}
    assert test == {"tenant": 31, "retired": 31, "note": 31, "no-group": 31, "other-tenant": 26,
                    "dropped": 15, "dated": 28}
    assert {case for split, case in counts if split == "dev"} == set(test)
    assert {case for split, case in counts if split == "train"} == set(test)
    sizes = Counter(e.split for e in examples)
    assert sizes["test"] >= 120 and sizes["dev"] >= 40 and sizes["train"] >= 60


def test_there_are_forty_users_and_all_roles_at_both_tenants():
    users = read_users(FOLDER)
    assert len(users) >= 40
    for tenant in ("sundal-stores", "halden-direct"):
        groups = Counter(u.groups for u in users.values() if u.tenant == tenant)
        assert groups == {
            (): 8, ("staff",): 6, ("staff", "engineers"): 5, ("staff", "managers"): 3,
            ("staff", "engineers", "managers"): 2}


def holds(text, value):
    """Return whether a text holds a value, not as part of a longer word or number."""
    return re.search(rf"(?<![\w.$]){re.escape(value)}(?![\w]|\.\d)", text) is not None


def test_what_the_user_may_see_holds_the_answer_and_nothing_that_is_forbidden(documents, examples):
    users, forbidden = read_users(FOLDER), read_forbidden(FOLDER)
    assert forbidden.keys() == {e.id for e in examples}
    for example in examples:
        name = example.group.removesuffix("-delivery")
        about = {d.id: d for d in documents.values()
                 if d.metadata["topic"] in (example.group, f"{example.group}-note")}
        assert about, name
        seen = {d.id for d in visible(about.values(), users[example.user])}
        row = forbidden[example.id]
        assert not seen & set(row.documents), example.id
        assert set(example.evidence) <= seen
        for doc_id in example.evidence:
            assert holds(about[doc_id].text, example.answers[0]), example.id
        written = [v for v in (*row.forbidden, *row.stale)
                   if any(holds(about[doc_id].text, v) for doc_id in row.documents)]
        for doc_id in seen:
            assert not any(holds(about[doc_id].text, value) for value in written), example.id
        # No accepted answer is also a leak.
        assert not set(example.answers) & {*row.forbidden, *row.stale}


def test_an_unanswerable_question_has_its_answer_only_where_the_user_may_not_look(
        documents, examples):
    users, forbidden = read_users(FOLDER), read_forbidden(FOLDER)
    denied = Counter()
    for example in examples:
        row = forbidden[example.id]
        if example.answerable:
            assert row.case in ("tenant", "retired", "note", "dated")
            continue
        (hidden,) = row.documents
        value = (*row.forbidden, *row.stale)[0]
        assert holds(documents[hidden].text, value)
        user, metadata = users[example.user], documents[hidden].metadata
        assert not may_read(user, metadata)
        assert (metadata["tenant"] != user.tenant) == (row.case == "other-tenant")
        assert (metadata["status"] == "retired") == (row.case == "dropped")
        assert bool(row.stale) == (row.case == "dropped")
        denied[example.split] += row.case != "dropped"
    assert denied["test"] >= 40


def test_forbidden_and_stale_values_come_from_the_right_documents(documents, examples):
    users, forbidden = read_users(FOLDER), read_forbidden(FOLDER)
    stale = Counter()
    for example in examples:
        row = forbidden[example.id]
        own = [documents[d].text for d in row.documents
               if documents[d].metadata["tenant"] == users[example.user].tenant]
        foreign = [documents[d].text for d in row.documents
                   if documents[d].metadata["tenant"] != users[example.user].tenant]
        if row.case in ("tenant", "other-tenant"):
            assert row.forbidden and not row.stale and foreign and not own
        if row.case in ("retired", "dated"):
            assert holds(" ".join(own), row.stale[0])
            assert holds(" ".join(foreign), row.forbidden[0])
            stale[example.split] += 1
        if row.case == "note":
            assert (row.forbidden, row.stale, row.documents) == ((), (), ())
    assert stale["test"] >= 30


def test_a_dated_question_has_an_older_and_a_coming_page_of_the_user_s_tenant(documents, examples):
    users, forbidden = read_users(FOLDER), read_forbidden(FOLDER)
    dated_questions = [e for e in examples if forbidden[e.id].case == "dated"]
    for example in dated_questions:
        dates = [documents[d].metadata["date"] for d in forbidden[example.id].documents
                 if documents[d].metadata["tenant"] == users[example.user].tenant]
        (evidence,) = example.evidence
        before, after = sorted(dates)
        assert before < documents[evidence].metadata["date"] <= ASKED_ON < after


def test_the_same_words_have_different_answers_for_different_users(examples):
    answers = defaultdict(set)
    for example in examples:
        if example.split == "test":
            answers[example.question].add(example.answers)
    assert sum(len(found) > 1 for found in answers.values()) >= 60


def test_no_product_and_no_wording_is_in_two_splits(examples):
    names = {o.product.slug: o.product.name for o in offers()}
    splits, wordings = defaultdict(set), defaultdict(set)
    for example in examples:
        splits[example.group].add(example.split)
        name = names.get(example.group) or wording()["plurals"][example.group.split("-")[0]]
        assert name in example.question
        wordings[example.split].add(example.question.replace(name, "X"))
    assert all(len(found) == 1 for found in splits.values())
    for one, other in combinations(SPLITS, 2):
        assert wordings[one] & wordings[other] == set()


def test_no_phrasing_of_notes_and_delivery_is_written_twice():
    for entry in (*wording()["notes"].values(), *wording()["delivery"].values()):
        phrasings = [p for split in SPLITS for p in entry[split]]
        assert len(set(phrasings)) == len(phrasings)
        assert all("{name}" in p or "{things}" in p for p in phrasings)


def test_no_value_occurs_twice_among_siblings_at_any_tenant():
    families = defaultdict(list)
    for offer in offers():
        values = families[offer.product.family]
        values += [value for terms in offer.terms.values() for value in terms.values()]
        values += [*offer.old.values(), offer.note.value]
    assert len(families) == 14
    for values in families.values():
        assert len(values) == 66  # six siblings with 3 + 3 terms, 4 old ones and a note
        assert len(set(values)) == 66


def test_an_article_speaks_only_for_its_tenant(documents):
    shops = wording()["tenants"]
    for document in documents.values():
        other = next(shop for name, shop in shops.items() if name != document.metadata["tenant"])
        assert shops[document.metadata["tenant"]] in document.text or "retired" == \
            document.metadata["status"], document.id
        assert other not in document.text
        assert not any(words in document.text for words in wording()["said_of_all_shops"])


def test_every_kind_of_term_has_sentences_that_a_single_dealer_can_say():
    for kind in ("warranty", "price", "returns", "extension", "workshop"):
        patterns = [p for p in support_wording()["kinds"][kind]["articles"]
                    if not any(words in p for words in wording()["said_of_all_shops"])]
        assert len(patterns) >= 4


def test_forms_put_the_written_form_first():
    assert forms({"written": "${n}", "accepted": ["{n}", "{n} dollars"]}, "31") == [
        "$31", "31", "31 dollars"]


@pytest.mark.parametrize(("text", "message"), [
    ("- {id: vera, tenant: sundal}\n", "does not fit"),
    ("- vera\n", "does not fit"),
    ("users: [", "does not fit"),
    ("- {id: vera, tenant: a, groups: []}\n- {id: vera, tenant: b, groups: []}\n",
     "different ids"),
    ("- {id: staff, tenant: a, groups: []}\n- {id: vera, tenant: b, groups: [staff]}\n", "both"),
    ("- {id: public, tenant: a, groups: []}\n", "both"),
])
def test_a_list_of_users_that_does_not_fit_is_refused(tmp_path, text, message):
    (tmp_path / "users.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BookError, match=message):
        read_users(tmp_path)


def test_missing_files_are_named(tmp_path):
    with pytest.raises(BookError, match="users.yaml cannot be read"):
        read_users(tmp_path)
    with pytest.raises(BookError, match="forbidden.jsonl cannot be read"):
        read_forbidden(tmp_path)


@pytest.mark.parametrize(("line", "message"), [
    ("{", "expected one JSON object a line"), ("[]", "'id' is missing"),
    ('{"case": "note"}', "'id' is missing")])
def test_a_line_that_does_not_fit_is_refused_with_its_number(tmp_path, line, message):
    path = tmp_path / "forbidden.jsonl"
    path.write_text('{"id": "a"}\n\n' + line + "\n", encoding="utf-8")
    with pytest.raises(BookError, match=f":3: .*{message}"):
        read_json_lines(path, ["id"])
