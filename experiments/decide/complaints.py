"""Forty complaints about a support assistant, as people write them, each with its fault.

    Complaint("It still quotes last year's price for the K-740.", "facts")

SEEN were before the author's eyes when the words of `diagnosis` were chosen. UNSEEN were
written before that and set aside. One person wrote and labelled all of them.
"""

from dataclasses import dataclass

FACTS, BEHAVIOUR, BOTH = "facts", "behaviour", "both"


@dataclass(frozen=True)
class Complaint:
    """What somebody wrote, and what is wrong: facts, behaviour or both."""

    text: str
    fault: str


SEEN = (
    Complaint("It still quotes last year's price for the K-740.", FACTS),
    Complaint("It has never heard of the new return policy.", FACTS),
    Complaint("Made up a part number that is not in our catalogue.", FACTS),
    Complaint("The answer about the warranty is out of date.", FACTS),
    Complaint("It does not know our internal abbreviations for the plants.", FACTS),
    Complaint("Invented a firmware version that does not exist.", FACTS),
    Complaint("Told a customer we deliver to Norway, we stopped in March.", FACTS),
    Complaint("Wrong opening hours, those are the ones from before the move.", FACTS),
    Complaint("It cannot answer anything about products launched this spring.", FACTS),
    Complaint("It gives no source, so I cannot check where the number comes from.", FACTS),
    Complaint("The JSON breaks our parser every tenth time.", BEHAVIOUR),
    Complaint("Far too chatty, our tone is short and formal.", BEHAVIOUR),
    Complaint("It will not stop apologising.", BEHAVIOUR),
    Complaint("Ignores the template for incident reports.", BEHAVIOUR),
    Complaint("It refuses harmless questions about chemicals.", BEHAVIOUR),
    Complaint("Answers in English when the customer writes in German.", BEHAVIOUR),
    Complaint("The date format changes from answer to answer.", BEHAVIOUR),
    Complaint("It forgets the sign-off line that legal wants.", BEHAVIOUR),
    Complaint("The price is from last year and the tone is that of a sales call.", BOTH),
    Complaint("It made up a policy, and not even in our format.", BOTH),
)
UNSEEN = (
    Complaint("It names a dealer who closed two years ago.", FACTS),
    Complaint("It says the cable is in the box; since May it is not.", FACTS),
    Complaint("Knows nothing about the pump we announced on Monday.", FACTS),
    Complaint("It hallucinated a discount code.", FACTS),
    Complaint("The torque value it gave is from the old manual.", FACTS),
    Complaint("Half of what it says about our contracts is simply not true.", FACTS),
    Complaint("It mixes up the tariffs of the two regions.", FACTS),
    Complaint("I asked who approved the change and it guessed.", FACTS),
    Complaint("The stock level was right in June.", FACTS),
    Complaint("It does not cite the paragraph it relies on.", FACTS),
    Complaint("It writes essays where one word would do.", BEHAVIOUR),
    Complaint("We asked for a table and got prose.", BEHAVIOUR),
    Complaint("Sounds like an advertisement.", BEHAVIOUR),
    Complaint("The field names are in camel case although the schema says otherwise.", BEHAVIOUR),
    Complaint("Keeps calling customers by their first name.", BEHAVIOUR),
    Complaint("It lists steps but skips the safety warning we always put first.", BEHAVIOUR),
    Complaint("It declines to compare our own two models.", BEHAVIOUR),
    Complaint("The summary is twice as long as we allow.", BEHAVIOUR),
    Complaint("An outdated fee, wrapped in three paragraphs of small talk.", BOTH),
    Complaint("The clause number is wrong and the output is no valid JSON.", BOTH),
)
