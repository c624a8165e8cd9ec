"""What names are about: money, and data that tells who somebody is."""

from __future__ import annotations

from functools import lru_cache

from tallystick.lint.names import vocabulary, words

# What alone tells who somebody is, or how to reach them. Not here: name (of a product?), city, postcode, age, and what
# identifies only with other data. The words must end the name: email_count and phone_model are about something else.
_TELLING = frozenset(
    tuple(words(name))
    for name in vocabulary(
        "email e_mail phone phone_number phone_no mobile_number telephone fax_number ssn social_security_number"
        " passport_number passport_no national_id tax_id driver_license driving_licence birth birthday birthdate"
        " birth_date date_of_birth dob first_name firstname last_name lastname middle_name full_name given_name"
        " family_name maiden_name surname iban card_number card_no account_holder ip street address address_line"
    )
)
_LONGEST = max(map(len, _TELLING))
# Addresses of machines and memory.
_MACHINES = vocabulary("memory mac contract wallet web bind listen server host broker bootstrap url block")
# A name is about what its last word says: total_price is a price, price_count a count, tax_rate a rate.
_MONEY = vocabulary(
    "amount balance cost fee payment payout price refund revenue salary subtotal surcharge tax total turnover vat"
    " amounts balances costs fees payments payouts prices refunds revenues salaries subtotals surcharges taxes"
    " totals"
)
# What may follow without changing that: which of two prices it is, and the currencies that are traded most.
_QUALIFIERS = vocabulary("net gross aud brl cad chf cny czk dkk eur gbp hkd inr jpy krw mxn nok pln sek sgd usd")
# Amounts, balances, totals and costs that are none of money.
_MEASURES = vocabulary(
    "battery byte bytes calorie carbon compute count cpu distance dose duration electricity emission emissions energy fuel gas heat"
    " hour hours km liquid load memory mileage minute minutes path point points power precipitation rain rainfall score"
    " second seconds sugar time volume water weight work pct percent percentage"
)


@lru_cache(maxsize=16384)
def is_telling(name: str) -> bool:
    """Say whether a name is that of personal data."""
    meant = list(words(name))
    while meant and meant[-1].isdigit():
        meant.pop()
    tells = any(tuple(meant[-length:]) in _TELLING for length in range(1, _LONGEST + 1))
    return tells and _MACHINES.isdisjoint(meant)


@lru_cache(maxsize=16384)
def is_money(name: str) -> bool:
    """Say whether a name is that of an amount of money."""
    meant = list(words(name))
    while meant and (meant[-1] in _QUALIFIERS or meant[-1].isdigit()):
        meant.pop()
    return bool(meant) and meant[-1] in _MONEY and _MEASURES.isdisjoint(meant)
