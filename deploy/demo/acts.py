"""What the scenes of `demo --full` have in common: an order of a case, and how a register, a bank and the court see what became of it."""
import cast
from cast import CAR, COMPANIES, COMPANY, PATENT, PATENTS, VEHICLES

BY_OFFICERS = ["--officer", cast.HANDLER, "--officer", cast.COSIGNER]
BOTH_SIGN = ["--sign", cast.HANDLER, "--sign", cast.COSIGNER]
HANDLER_AND_LEADER = ["--handler", cast.HANDLER, "--leader", cast.LEADER, "--sign", cast.HANDLER, "--sign", cast.LEADER]
PRESERVATION = ["--purpose", "PRESERVATION", "--legal-basis", "民事诉讼法第103条"]
EXECUTION = ["--purpose", "EXECUTION", "--legal-basis", "民事诉讼法第253条"]
EACH_ACT = {VEHICLES: ("TRANSFER", "CHANGE", "MORTGAGE", "MORTGAGE_RELEASE", "CANCELLATION"), PATENTS: ("TRANSFER", "CANCELLATION", "CHANGE", "PLEDGE")}
UNITS = {VEHICLES: CAR, COMPANIES: COMPANY, PATENTS: PATENT}


def open_case(demo, what, number, title, applicant, principal, respondents, purpose=EXECUTION, stage=()):
    """Handler and leader sign it; `respondents` as the command line takes them."""
    claim = ["--principal", principal] + [word for who in respondents for word in ("--respondent", who)]
    opened = demo.eagle("case", "open", "--case", number, "--title", title, "--applicant", applicant, *stage, *claim, *purpose, *HANDLER_AND_LEADER)
    demo.stage.equal(what, [row["result"] for row in opened["results"]], ["ACCEPTED"])


def order(demo, case, verb, agency, *arguments, who=cast.DEBTOR, papers=("RULING", "ASSISTANCE_NOTICE"), signed=BOTH_SIGN, key=None, expect=0, show=False):
    """One order in the name of `case`, the words that every order of it begins with; with `key` it is demo.orders[key] from then on."""
    sent = demo.eagle("order", verb, *case, "--subject", who, "--agency", agency, *arguments, *demo.papers(*papers), *signed, expect=expect, show=show)
    if key is not None:
        demo.orders[key] = sent["results"][0]["order_id"]
    return sent


def told_of(demo, key, table="measures"):
    """What the agencies told the court of an order so far, every receipt verified: the rows, oldest first."""
    return demo.eagle("findings", demo.orders[key], "--officer", cast.HANDLER, "--purpose", "EXECUTION").get(table, [])


def account(demo, bank, number):
    row = demo.counter(bank, "show", number)["accounts"][0]
    return {name: row[name] for name in ("balance", "available")}


def barred(demo, agency, unit, act, *more):
    """The measure that forbids the office to register this act now; None: nothing does."""
    asked = demo.counter(agency, "check", "--unit", unit, "--act", act, *more, expect=3)
    return asked["metadata"]["measure"] if asked["reason"] == "MEASURE_EXISTS" else None


def holder(demo, agency, unit, name, state=None):
    """Who has the thing or a part of it, as the register itself shows him."""
    return next(row for row in demo.counter(agency, "show", unit)["holders"] if row["name"] == name and state in (None, row.get("state")))


def seal_of(row, order_id):
    """The seal on this holder's part that an order made."""
    return next(seal for seal in row["seals"] if seal["seal"].startswith(order_id))
