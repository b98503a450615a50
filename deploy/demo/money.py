"""Two more cases of `demo --full`, of money that isn't on a plain account: a product 理财产品 with the account to which it pays back, income 收入, and a housing fund 住房公积金.

In the third case 何沐 owes 60,000.00, for which 陈立 and 周柏川 stand: 周柏川's new home is pre-sealed 预查封 before it is his. The fourth is a small judgment against 林远舟.
"""
import acts
import cast
from cast import BEILING, FUND, LAND, SONGYUE, YUNFAN
from stage import at

LOAN = ["--case", cast.LOAN, *acts.EXECUTION]
TO_TAKE = ("RULING", "ASSISTANCE_NOTICE", "JUDGMENT_COPY")


def stands(demo, key, **expected):
    demo.stands(cast.LOAN, demo.orders[key], **expected)


def product(demo):
    """Frozen by its number, with the account to which it pays back."""
    s = demo.stage
    demo.clock.move_to(at(11, 20, 9, 0))
    s.scene("A product, and the account to which it pays back", "理财产品，连同回款账户")
    acts.open_case(demo, "a third case: 何沐 owes 60,000.00, 陈立 and 周柏川 are sureties", cast.LOAN, cast.LOAN_TITLE, cast.LOAN_APPLICANT, "60,000.00",
                   [cast.BORROWER + ";JOINT", cast.EARNER + ";JOINT;5,000.00", cast.HOME_BUYER + ";JOINT"])
    acts.order(demo, LOAN, "inquire", YUNFAN, who=cast.BORROWER, papers=("ASSISTANCE_NOTICE",), signed=["--sign", cast.HANDLER], key="inquire products")
    demo.answered("inquire products")
    found = {row["asset"]: row["balance"] for row in demo.findings("inquire products")[YUNFAN]}
    s.equal("云帆银行 FOUND an account and two products", found, {cast.ACCOUNT_RETURN: "12,345.67", cast.PRODUCT_OWN: "52,160.00", cast.PRODUCT_SOLD: "19,742.00"})
    acts.order(demo, LOAN, "freeze", YUNFAN, "--product", cast.PRODUCT_OWN, "--limit", "50,000.00", "--term", "1y", who=cast.BORROWER, key="product", show=True)
    stands(demo, "product", phase="EFFECTIVE", controlled="50,000.00", unfunded="0.00")
    s.equal("the bank's own product carries it alone; its account stays free", acts.account(demo, YUNFAN, cast.ACCOUNT_RETURN), {"balance": "12,345.67", "available": "12,345.67"})
    acts.order(demo, LOAN, "freeze", YUNFAN, "--product", cast.PRODUCT_SOLD, "--limit", "5,000.00", "--term", "1y", who=cast.BORROWER, key="sold product")
    stands(demo, "sold product", phase="EFFECTIVE", controlled="5,000.00", unfunded="0.00")
    told = acts.told_of(demo, "sold product")[-1]
    s.check("what it sold for another house the bank can't bar: it says so, and freezes the account to which that pays back 代销 PRODUCT_NOT_CONTROLLED",
            told["outcome"] == "PARTLY_CONTROLLED" and "PRODUCT_NOT_CONTROLLED" in told["remark"], told)
    s.equal("of that account", acts.account(demo, YUNFAN, cast.ACCOUNT_RETURN), {"balance": "12,345.67", "available": "7,345.67"})
    locked = demo.counter(YUNFAN, "redeem", cast.PRODUCT_OWN, "1,000", expect=3)
    s.equal("何沐 asks for units back before 31 December", locked["reason"], "AMOUNT_ABOVE_FREE")
    demo.ledger(cast.LOAN, controlled="55,000.00", unfunded="0.00")


def income(demo):
    """Of each month's income what exceeds the part to live on goes to the court."""
    s = demo.stage
    demo.clock.move_to(at(11, 20, 10, 0))
    s.scene("Of the wages what a month doesn't need", "提取收入，保留生活必需费用")
    terms = ["--account", cast.ACCOUNT_EARNER, "--limit", "5,000.00", "--term", "1y", "--to-account", "1"]
    little = acts.order(demo, LOAN, "extract-income", SONGYUE, *terms, "--keep", "1,999.99", who=cast.EARNER, expect=3)
    s.equal("less than 2,000.00 a month left to live on is refused", demo.problems(little), {"KEPT_TOO_LITTLE"})
    acts.order(demo, LOAN, "extract-income", SONGYUE, *terms, "--keep", "2,000.00", who=cast.EARNER, key="income", show=True)
    stands(demo, "income", phase="EFFECTIVE", controlled="0.00", unfunded="5,000.00")
    s.equal("what was there before is no income of the month; 陈立 has", acts.account(demo, SONGYUE, cast.ACCOUNT_EARNER), {"balance": "6,200.00", "available": "6,200.00"})
    month(demo, at(11, 25, 9, 0), "25 November, 4,600.00 of wages: 2,600.00 leaves for the court", "8,200.00", "2,600.00")
    demo.ledger(cast.LOAN, deducted="2,600.00", unfunded="2,400.00")


def month(demo, moment, what, balance, taken):
    """A salary comes in, its part is sent, and counts once the court's bank has it."""
    s = demo.stage
    demo.clock.move_to(moment)
    demo.counter(SONGYUE, "salary", cast.ACCOUNT_EARNER, "4,600.00", "--request", f"wages {moment:%Y-%m}", show=True)
    s.equal(what, acts.account(demo, SONGYUE, cast.ACCOUNT_EARNER)["balance"], balance)
    payment = [row for row in demo.counter(SONGYUE, "payments")["payments"] if row["state"] == "SENT"]
    s.equal("under way", [row["amount"] for row in payment], [taken])
    settle(demo, SONGYUE, payment[0]["payment"], taken)
    s.wait("the court to hear of it", lambda: len([row for row in acts.told_of(demo, "income") if row["deducted"] == taken]) == 1)
    told = acts.told_of(demo, "income")[-1]
    s.equal(f"EXTRACTED, with the bank's booking {told['booking']}, signed", (told["receipt"], told["deducted"]), ("EVENT EXTRACTED", taken))


def settle(demo, bank, payment, amount):
    """The payment system: booked at the court's bank, then confirmed at the sender's."""
    demo.counter(BEILING, "receive", payment, cast.ACCOUNT_COURT, amount)
    demo.counter(bank, "confirm", payment)


def home(demo):
    """Sealed while it is the builder's and promised to the respondent; the seal goes over to him with the house."""
    s = demo.stage
    demo.clock.move_to(at(11, 27, 9, 0))
    s.scene("A home that is promised, and not his yet", "预告登记的新房：预查封")
    acts.order(demo, LOAN, "freeze", LAND, "--asset", f"LAND:{cast.NEW_HOME}:1/1", "--term", "3y", "--over-cap", f"VALUE_UNKNOWN:{cast.LEADER}", who=cast.HOME_BUYER,
               signed=[*acts.BOTH_SIGN, "--sign", cast.LEADER], key="home", show=True)
    review = s.wait("the order to lie before the registry's clerk", lambda: demo.counter(LAND, "review", "list")["reviews"])[0]
    demo.counter(LAND, "review", "approve", review["id"], "--clerk", "登记员")
    stands(demo, "home", phase="EFFECTIVE", rank=1, effective_to="2029-11-27T00:00:00+08:00")
    promised = acts.holder(demo, LAND, cast.NEW_HOME, "周柏川")
    s.equal("a pre-seal 预查封: 周柏川 is registered in advance only", (promised["state"], acts.seal_of(promised, demo.orders["home"])["phase"]), ("ADVANCE_NOTICE", "EFFECTIVE"))
    demo.clock.move_to(at(12, 16, 14, 0))
    entered = demo.counter(LAND, "register-owner", "--unit", cast.NEW_HOME, "--certificate", cast.NEW_CERTIFICATE, show=True)
    s.equal("16 December, the house is handed over, the owner entered, and the pre-seal is a seal 转为正式查封", [row["phase"] for row in entered["converted"]], ["EFFECTIVE"])
    now = acts.holder(demo, LAND, cast.NEW_HOME, "周柏川")
    s.equal("he is the owner, it is sealed from the first instant", (now.get("state", "OWNER"), now["certificate"], acts.seal_of(now, demo.orders["home"])["last_day"]), ("OWNER", cast.NEW_CERTIFICATE, "2029-11-26"))
    told = s.wait("the court to be told", lambda: [row for row in acts.told_of(demo, "home") if row["receipt"] == "EVENT CONVERTED"])
    s.equal("the court has the registry's word, signed: CONVERTED, in effect since", [row["effective_from"][:10] for row in told], ["2026-11-27"])
    stands(demo, "home", phase="EFFECTIVE", rank=1, effective_to="2029-11-27T00:00:00+08:00")


def matured(demo):
    """What the product pays back stays under the measure; then it is taken, and the last wages with it."""
    s = demo.stage
    demo.clock.move_to(at(12, 25, 9, 0))
    s.scene("The product matures into the freeze, and the debt is paid", "产品到期，回款仍在冻结之中；债务清偿")
    month(demo, at(12, 25, 9, 0), "25 December, 4,600.00 of wages: the last 2,400.00 leaves", "10,400.00", "2,400.00")
    stands(demo, "income", phase="CONSUMED", controlled="0.00")
    demo.counter(YUNFAN, "price", "YF2026012", "1.0500", "--day", "2026-12-25", show=True)
    s.equal("its price rises to 1.0500: 50,000 units are worth", demo.counter(YUNFAN, "show", cast.PRODUCT_OWN)["accounts"][0]["balance"], "52,500.00")
    demo.clock.move_to(at(12, 31, 9, 0))
    s.wait("the product to pay back", lambda: acts.account(demo, YUNFAN, cast.PRODUCT_OWN)["balance"] == "0.00")
    s.equal("31 December, it pays back 52,500.00: 50,000.00 and 5,000.00 stay frozen, of the account", acts.account(demo, YUNFAN, cast.ACCOUNT_RETURN), {"balance": "64,845.67", "available": "9,845.67"})
    stands(demo, "product", phase="EFFECTIVE", controlled="50,000.00", unfunded="0.00")
    for key, amount in (("product", "50,000.00"), ("sold product", "5,000.00")):
        acts.order(demo, LOAN, "deduct", YUNFAN, "--measure", demo.orders[key], "--amount", amount, "--to-account", "1", who=cast.BORROWER, papers=TO_TAKE, key=("deduct", key))
    demo.ledger(cast.LOAN, in_transit="55,000.00", deducted="5,000.00")
    for payment in [row for row in demo.counter(YUNFAN, "payments")["payments"] if row["state"] == "SENT"]:
        settle(demo, YUNFAN, payment["payment"], payment["amount"])
    demo.ledger(cast.LOAN, deducted="60,000.00", in_transit="0.00", controlled="0.00")
    s.equal("the court's account: 198,287.00 + 60,000.00", demo.counter(BEILING, "show", cast.ACCOUNT_COURT)["accounts"][0]["balance"], "258,287.00")
    acts.order(demo, LOAN, "release", LAND, "--measure", demo.orders["home"], "--ground", "DEBT_PAID", who=cast.HOME_BUYER, key="release home", show=True)
    demo.answered("release home")
    s.check("paid: 周柏川's home is released, and may be sold", demo.counter(LAND, "check", "--unit", cast.NEW_HOME, "--act", "TRANSFER", "--holder", "2")["barred"] is False)


def housing_fund(demo):
    """Frozen, and not taken while no withdrawal condition holds."""
    s = demo.stage
    demo.clock.move_to(at(8, 3, 9, 0, year=2027))
    s.scene("A housing fund freezes, and doesn't pay before its time", "公积金：可冻结，不符合提取条件不得扣划")
    small = ["--case", cast.SMALL, *acts.EXECUTION]
    acts.open_case(demo, "a fourth case, a judgment for 20,000.00", cast.SMALL, cast.SMALL_TITLE, cast.SMALL_APPLICANT, "20,000.00", [cast.DEBTOR + ";JOINT"])
    acts.order(demo, small, "inquire", FUND, papers=("ASSISTANCE_NOTICE",), signed=["--sign", cast.HANDLER], key="inquire fund")
    demo.answered("inquire fund")
    found = demo.findings("inquire fund")[FUND][0]
    s.equal("the fund FOUND", (found["asset_kind"], found["asset"], found["balance"]), ("HOUSING_FUND", cast.ACCOUNT_FUND, "43,218.60"))
    s.check("and told base, months paid and that no withdrawal condition holds", all(words in found["description"] for words in ("缴存基数: 8,000.00", "缴至年月: 2026-08", "提取条件: not met 否")), found)
    acts.order(demo, small, "freeze", FUND, "--limit", "20,000.00", "--term", "1y", key="freeze fund", show=True)
    freeze = demo.orders["freeze fund"]
    demo.stands(cast.SMALL, freeze, phase="EFFECTIVE", controlled="20,000.00", unfunded="0.00")
    acts.order(demo, small, "deduct", FUND, "--measure", freeze, "--amount", "20,000.00", "--to-account", "1", papers=TO_TAKE, key="deduct fund", show=True)
    demo.answered("deduct fund")
    s.equal("a deduction of it", demo.tasks("deduct fund")[FUND]["outcome"], "NOT_DEDUCTED")
    told = acts.told_of(demo, "deduct fund")[-1]
    s.check("the fund says why: no withdrawal condition holds 不符合提取条件", "WITHDRAWAL_CONDITION_NOT_MET" in told["remark"], told)
    demo.stands(cast.SMALL, freeze, phase="EFFECTIVE", controlled="20,000.00", unfunded="0.00")
    demo.ledger(cast.SMALL, controlled="20,000.00", deducted="0.00", in_transit="0.00")
    s.equal("of the account", acts.account(demo, FUND, cast.ACCOUNT_FUND), {"balance": "43,218.60", "available": "23,218.60"})
    demo.counter(FUND, "contribute", cast.ACCOUNT_FUND, "1,920.00", "--month", "2027-07", show=True)
    s.equal("a contribution beyond the limit stays free", acts.account(demo, FUND, cast.ACCOUNT_FUND), {"balance": "45,138.60", "available": "25,138.60"})


THIRD_CASE = (product, income, home, matured)
FOURTH_CASE = (housing_fund,)
