"""Quantities as contracts write them: in digits, in words, or in both.

Real instances, before any code:

    duration(30, "days", "both")             "thirty (30) days"
    rate(4.5, "year", "words", "modern")     "four and a half per cent a year"
    money(250000, "EUR", "both")             "two hundred and fifty thousand euros (EUR 250,000)"
"""

FORMS = ("digits", "words", "both")
CURRENCIES = {
    "USD": ("US$", "US dollars"), "EUR": ("€", "euros"), "GBP": ("£", "pounds sterling"),
    "CHF": ("CHF ", "Swiss francs"), "CAD": ("C$", "Canadian dollars"),
    "AUD": ("A$", "Australian dollars"),
}
MILLION = 1_000_000
_SMALL = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
          "fifteen sixteen seventeen eighteen nineteen").split()
_TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()


def in_words(number: int) -> str:
    """Write a whole number from 0 to 999,999,999 in British words."""
    if not 0 <= number < 1000 * MILLION:
        raise ValueError(f"expected a number from 0 to 999,999,999, not {number}")
    if number < 20:
        return _SMALL[number]
    if number < 100:
        ten, one = divmod(number, 10)
        return _TENS[ten] + (f"-{_SMALL[one]}" if one else "")
    for size, name in ((MILLION, "million"), (1000, "thousand"), (100, "hundred")):
        if number >= size:
            count, rest = divmod(number, size)
            link = " and " if rest < 100 else " "
            return f"{in_words(count)} {name}" + (f"{link}{in_words(rest)}" if rest else "")
    raise AssertionError("every number is covered above")


def duration(count: int, unit: str, form: str) -> str:
    """Write a span of time; `unit` is days, weeks, months or years."""
    unit = unit.removesuffix("s") if count == 1 else unit
    return {"digits": f"{count} {unit}", "words": f"{in_words(count)} {unit}",
            "both": f"{in_words(count)} ({count}) {unit}"}[form]


def rate(percent: float, period: str, form: str, style: str) -> str:
    """Write a rate in whole or half per cent for a period, which is year or month."""
    per = {"terse": f"per {period}", "modern": f"a {period}"}.get(
        style, "per annum" if period == "year" else "per month")
    whole, half = divmod(percent, 1)
    words = in_words(int(whole)) + (" and a half" if half else "")
    if percent == 0.5:
        words = "one half of one"
    return {"digits": f"{percent:g} % {per}", "words": f"{words} per cent {per}",
            "both": f"{words} per cent ({percent:g} %) {per}"}[form]


def money(amount: int, currency: str, form: str, *, sign: str = "code") -> str:
    """Write an amount; in digits, `sign` is code, symbol or million (from a million up)."""
    symbol, name = CURRENCIES[currency]
    if form == "words":
        return f"{in_words(amount)} {name}"
    if form == "both":
        return f"{in_words(amount)} {name} ({currency} {amount:,})"
    if sign == "million" and amount >= MILLION:
        return f"{currency} {amount / MILLION:g} million"
    return f"{symbol}{amount:,}" if sign == "symbol" else f"{currency} {amount:,}"
