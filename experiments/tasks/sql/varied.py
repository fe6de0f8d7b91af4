"""Other names for the tables and columns of the shop, another set for every train question.

    question  Tables: ware(id, label, sort, cost, supply); buyer(id, label, town, entered); ...
              Question: Which products are kettles?
    answer    SELECT label FROM ware WHERE sort = 'kettle'

Who is trained on these (the benchmark `shop-sql-varied`) cannot learn the shop's names by heart,
and has to read the tables. No name of `shop-sql-renamed` or `library-sql` is among the others.
"""

import re
from dataclasses import replace
from random import Random

from experiments.tasks.sql.shapes import Asked

NAMES = {
    "product": "product item good ware thing", "customer": "customer client buyer patron shopper",
    "purchase": "purchase sale deal bill receipt", "review": "review rating verdict opinion remark",
    "name": "name label called full_name caption", "category": "category kind type family sort",
    "price": "price cost charge rate amount", "stock": "stock on_hand in_store left_over supply",
    "city": "city town place home location", "joined": "joined entered signed_up start_date came",
    "quantity": "quantity pieces units how_many number_sold",
    "bought": "bought sold_on paid_on purchase_date day", "stars": "stars points mark score grade",
    "written": "written posted sent_on review_date day_written",
}
KEYS = {"product_id": "product", "customer_id": "customer"}
_STRING = re.compile(r"('[^']*')")


def draw_names(seed: str) -> dict[str, str]:
    """Draw another name for each table and column; keys are called after their table."""
    draw = Random(seed)
    names = {old: draw.choice(new.split()) for old, new in NAMES.items()}
    return names | {key: f"{names[table]}_id" for key, table in KEYS.items()}


def rename(sql: str, names: dict[str, str]) -> str:
    """Rename tables and columns in a query, and nothing in its strings."""
    whole = re.compile(rf"\b({'|'.join(names)})\b")
    return "".join(part if part.startswith("'") else whole.sub(lambda found: names[found[0]], part)
                   for part in _STRING.split(sql))


def vary(one: Asked, tables: str) -> Asked:
    """Put the tables, under other names, before a question, and answer with these names."""
    names = draw_names(f"varied {one.id}")
    return replace(one, text=f"Tables: {rename(tables, names)}\nQuestion: {one.text}",
                   sql=rename(one.sql, names))
