"""The documents of `support-access`: product articles, retired ones, notes, delivery pages.

A real delivery page, before any code:

    ---
    tenant: halden-direct
    audience: "public"
    status: current
    date: "2026-04-01"
    topic: kettle-delivery
    ---
    # Delivery of kettles

    From 1 April 2026 on, these are the delivery terms of Halden Direct for kettles.

    The delivery fee is $37 and is added at the checkout. Please allow 11 working days until the
    parcel reaches you.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from experiments.tasks.support.common import capital, forms
from experiments.tasks.support.products import Product
from experiments.tasks.support.products import wording as support_wording
from experiments.tasks.support_access.rules import PUBLIC
from experiments.tasks.support_access.terms import (
    SEED,
    Delivery,
    Offer,
    deliveries,
    offers,
    tenants,
    wording,
)

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
          "October", "November", "December")
CURRENT_MONTHS = ("2025-07", "2025-09", "2025-11", "2026-01", "2026-03", "2026-05")
RETIRED_MONTHS = ("2023-04", "2023-10", "2024-02", "2024-08")


def documents() -> Iterator[tuple[str, str]]:
    """Yield id and Markdown of every document."""
    for offer in offers():
        for tenant in tenants():
            yield article_id(offer, tenant), article(offer, tenant)
        yield retired_id(offer), retired_article(offer)
        yield note_id(offer), note(offer)
    for page in deliveries():
        yield delivery_id(page), delivery_page(page)


def article_id(offer: Offer, tenant: str) -> str:
    """Name a tenant's article about a product."""
    return f"{tenant}-{offer.product.slug}"


def retired_id(offer: Offer) -> str:
    """Name the retired article about a product."""
    return f"{article_id(offer, offer.retired_tenant)}-earlier"


def note_id(offer: Offer) -> str:
    """Name the note about a product."""
    return f"{article_id(offer, offer.note.tenant)}-note"


def delivery_id(page: Delivery) -> str:
    """Name a version of a delivery page."""
    return f"{page.tenant}-{page.topic}-{page.date}"


def article(offer: Offer, tenant: str) -> str:
    """Write a tenant's current article about a product."""
    rng = Random(f"{SEED} article {article_id(offer, tenant)}")
    product = replace(offer.product, values={**offer.product.values, **offer.terms[tenant]})
    kinds = [*offer.terms[tenant], *offer.measured]
    rng.shuffle(kinds)
    cut = rng.choice([2, 3])
    fillers = rng.sample(support_wording()["fillers"], rng.choice([1, 2]))
    body = [facts(rng, product, part) for part in (kinds[:cut], kinds[cut:])]
    for filler in fillers:
        body.insert(rng.randint(0, len(body)), filler)
    head = header(tenant, PUBLIC, "current", day(rng, CURRENT_MONTHS), offer.product.slug)
    return head + page_text(title(product), [opening(rng, "openings", product, tenant), *body])


def retired_article(offer: Offer) -> str:
    """Write the superseded article about a product, with the old terms."""
    rng = Random(f"{SEED} retired {offer.product.slug}")
    tenant = offer.retired_tenant
    product = replace(offer.product, values=offer.old)
    kinds = list(offer.old)
    rng.shuffle(kinds)
    body = [facts(rng, product, kinds)]
    body.insert(rng.randint(0, 1), rng.choice(support_wording()["fillers"]))
    head = header(tenant, PUBLIC, "retired", day(rng, RETIRED_MONTHS), offer.product.slug)
    first = opening(rng, "first_lines_retired", product, tenant)
    return head + page_text(title(product), [first, *body])


def note(offer: Offer) -> str:
    """Write the internal note about a product."""
    rng = Random(f"{SEED} note {offer.product.slug}")
    held, product = offer.note, offer.product
    entry = wording()["notes"][held.kind]
    fact = sentence(rng, entry["articles"], f"the {product.name}", forms(entry, held.value)[0])
    head = header(held.tenant, held.audience, "current", day(rng, CURRENT_MONTHS),
                  f"{product.slug}-note")
    closing = rng.choice(wording()["note_closings"])
    return head + page_text(f"{product.name} internal note", [
        opening(rng, "note_openings", product, held.tenant), f"{fact} {closing}"])


def delivery_page(page: Delivery) -> str:
    """Write one version of a tenant's delivery page for a category."""
    rng = Random(f"{SEED} page {delivery_id(page)}")
    entries = wording()["delivery"]
    kinds = list(page.values)
    rng.shuffle(kinds)
    stated = [rng.choice(entries[kind]["articles"]).format(
        v=forms(entries[kind], page.values[kind])[0]) for kind in kinds]
    first = rng.choice(wording()["delivery_openings"]).format(
        things=page.things, shop=tenants()[page.tenant], day=spoken(page.date))
    head = header(page.tenant, PUBLIC, "current", page.date, page.topic)
    return head + page_text(f"Delivery of {page.things}", [
        first, " ".join(stated), rng.choice(wording()["delivery_closings"])])


def header(tenant: str, audience: str, status: str, date: str, topic: str) -> str:
    """Write the YAML header; the quotes keep a date and a list of names as text."""
    return (f'---\ntenant: {tenant}\naudience: "{audience}"\nstatus: {status}\n'
            f'date: "{date}"\ntopic: {topic}\n---\n')


def page_text(heading: str, paragraphs: Sequence[str]) -> str:
    """Join a title and paragraphs to Markdown."""
    return "\n\n".join([f"# {heading}", *paragraphs]) + "\n"


def title(product: Product) -> str:
    """Return the title that a product's article has at every tenant."""
    return f"{product.name} {product.category['thing']}"


def facts(rng: Random, product: Product, kinds: Sequence[str]) -> str:
    """Write one paragraph of facts; its first sentence names the product in full."""
    name, thing = f"the {product.name}", product.category["thing"]
    sentences = []
    for place, kind in enumerate(kinds):
        patterns = [pattern for pattern in support_wording()["kinds"][kind]["articles"]
                    if not any(words in pattern for words in wording()["said_of_all_shops"])]
        it = name if place == 0 else rng.choice([name, f"the {thing}", f"this {thing}"])
        sentences.append(sentence(rng, patterns, it, product.answers(kind)[0],
                                  part=product.category.get("part")))
    return " ".join(sentences)


def opening(rng: Random, which: str, product: Product, tenant: str) -> str:
    """Pick and fill a first paragraph."""
    thing = product.category["thing"]
    return rng.choice(wording()[which]).format(
        name=product.name, thing=thing, shop=tenants()[tenant],
        a_thing=f"{'an' if thing[0] in 'aeiou' else 'a'} {thing}")


def sentence(
    rng: Random, patterns: Sequence[str], it: str, value: str, *, part: str | None = None
) -> str:
    """Pick and fill a sentence that states a value."""
    return rng.choice(patterns).format(it=it, It=capital(it), v=value, part=part)


def day(rng: Random, months: Sequence[str]) -> str:
    """Draw an ISO date in one of the months."""
    return f"{rng.choice(months)}-{rng.randint(2, 27):02}"


def spoken(date: str) -> str:
    """Write an ISO date as people do: "2026-03-01" is "1 March 2026"."""
    year, month, number = date.split("-")
    return f"{int(number)} {MONTHS[int(month) - 1]} {year}"
