"""What `demo --full` adds: a second case, of things that are not money. A preservation before judgment 财产保全, against 林远舟 and a building company.

Three registers join, a car is sealed, equity is frozen from its publication on, a patent is preserved, an account for wages is held, parts are released,
one term is renewed in its window and one lapses although it was warned of. Nothing of the first case moves. In a third case a housing fund freezes and doesn't pay.
"""
import cast
import evidence
from cast import BEILING, CAR, COMPANIES, COMPANY, FUND, OFFICES, PATENT, PATENTS, SONGYUE, VEHICLES
from cast import PRESERVATION as CASE
from stage import at

BY_OFFICERS = ["--officer", cast.HANDLER, "--officer", cast.COSIGNER]
BOTH_SIGN = ["--sign", cast.HANDLER, "--sign", cast.COSIGNER]
PURPOSE = ["--purpose", "PRESERVATION", "--legal-basis", "民事诉讼法第103条"]
IN_WHOSE_NAME = ["--case", CASE, *PURPOSE]
EACH_ACT = {VEHICLES: ("TRANSFER", "CHANGE", "MORTGAGE", "MORTGAGE_RELEASE", "CANCELLATION"), PATENTS: ("TRANSFER", "CANCELLATION", "CHANGE", "PLEDGE")}
UNITS = {VEHICLES: CAR, COMPANIES: COMPANY, PATENTS: PATENT}


def order(demo, verb, agency, *arguments, who=cast.DEBTOR, expect=0, show=False):
    papers = demo.papers("RULING", "ASSISTANCE_NOTICE")
    return demo.eagle("order", verb, *IN_WHOSE_NAME, "--subject", who, "--agency", agency, *arguments, *papers, *BOTH_SIGN, expect=expect, show=show)


def made(demo, agency):
    return demo.orders["preserve", agency]


def stands(demo, agency, **expected):
    demo.stands(CASE, made(demo, agency), **expected)


def part(demo, agency):
    """The respondent's part, as the register itself shows it."""
    return next(row for row in demo.counter(agency, "show", UNITS[agency])["holders"] if row["name"] == "林远舟")


def own(demo, agency):
    return next(row for row in part(demo, agency)["seals"] if row["seal"].startswith(made(demo, agency)))


def barred(demo, agency, act, *more):
    """The measure that forbids the office to register this act now; None: nothing does."""
    asked = demo.counter(agency, "check", "--unit", UNITS[agency], "--act", act, *more, expect=3)
    return asked["metadata"]["measure"] if asked["reason"] == "MEASURE_EXISTS" else None


def bars(demo, agency):
    """The acts that our measure forbids."""
    seal = own(demo, agency)["seal"]
    return [act for act in EACH_ACT[agency] if barred(demo, agency, act) == seal]


def account(demo, bank, number):
    row = demo.counter(bank, "show", number)["accounts"][0]
    return {name: row[name] for name in ("balance", "available")}


def ending(demo, days, show=False):
    """What ends within so many days, or should have: asset kind, days left, phase, renewal. Over all cases of the court."""
    rows = demo.eagle("case", "measures", "--ending", str(days), show=show).get("rows", [])
    return sorted((row["asset_kind"], row["days_left"], row["phase"], row["renewal"]) for row in rows)


def three_registers(demo):
    s = demo.stage
    demo.clock.move_to(at(10, 8, 9, 0))
    s.scene(12, "Three registers join, and a second case", "登记机关接入 财产保全")
    for code in cast.REGISTERS:
        demo.join(code)
    demo.present(set(cast.REGISTERS))
    claim = ["--principal", "400,000.00", "--respondent", cast.DEBTOR + ";JOINT", "--respondent", cast.BUILDER + ";JOINT;40,000.00"]
    opened = demo.eagle("case", "open", "--case", CASE, "--title", cast.PRESERVATION_TITLE, "--stage", "PRESERVATION", "--applicant", cast.PRESERVATION_APPLICANT, *claim, *PURPOSE,
                        "--handler", cast.HANDLER, "--leader", cast.LEADER, "--sign", cast.HANDLER, "--sign", cast.LEADER)
    s.equal("a preservation of 400,000.00 before judgment", [row["result"] for row in opened["results"]], ["ACCEPTED"])
    asked = [word for code in cast.REGISTERS for word in ("--agency", code)]
    sent = demo.eagle("order", "inquire", *IN_WHOSE_NAME, "--subject", cast.DEBTOR, *asked, *demo.papers("ASSISTANCE_NOTICE"), "--sign", cast.HANDLER, show=True)
    demo.orders["inquire registers"] = sent["results"][0]["order_id"]
    demo.answered("inquire registers")
    found = demo.findings("inquire registers")
    s.equal("found, with his share", sorted((row["asset"], row["share"]) for rows in found.values() for row in rows), [(COMPANY, "30/100"), (CAR, "1/1"), (PATENT, "1/1")])
    for code, words in ((VEHICLES, "号牌号码 辽99A7K21"), (COMPANIES, "未冻结数额 1,500,000.00"), (PATENTS, "许可备案 北陵松岭仓储有限公司 排他许可")):
        s.check(f"{OFFICES[code].name} told all it has, and so: {words}", words in found[code][0]["description"], found[code])


def group(demo):
    """One head, three signatures: the leader's for the patent, whose value nobody knows."""
    s = demo.stage
    demo.clock.move_to(at(10, 8, 9, 30))
    s.scene(13, "A car, shares, a patent, and wages that are left alone", "查封 冻结 保全 豁免")
    things = ((VEHICLES, cast.DEBTOR, ["--asset", f"VEHICLE:{CAR}:1/1", "--limit", "60,000.00", "--term", "6m"]),
              (COMPANIES, cast.DEBTOR, ["--asset", f"EQUITY:{COMPANY}:30/100", "--limit", "300,000.00", "--term", "3y"]),
              (PATENTS, cast.DEBTOR, ["--asset", f"PATENT:{PATENT}:1/1", "--over-cap", f"VALUE_UNKNOWN:{cast.LEADER}", "--term", "6m",
                                        "--block", "TRANSFER", "--block", "CHANGE", "--block", "PLEDGE", "--block", "LICENCE", "--block", "CANCELLATION"]),
              (BEILING, cast.BUILDER, ["--limit", "40,000.00", "--term", "1y"]))
    for agency, who, terms in things:
        demo.eagle("order", "draft", "freeze", "--into", "preserve.draft", "--group", *IN_WHOSE_NAME, "--subject", who, "--agency", agency, *terms, *demo.papers("RULING", "ASSISTANCE_NOTICE"), *BY_OFFICERS)
    for officer in (cast.HANDLER, cast.COSIGNER, cast.LEADER):
        demo.eagle("order", "sign", "preserve.draft", "--sign", officer)
    sent = demo.eagle("order", "submit", "preserve.draft", show=True)
    s.equal("car 60,000.00, 30/100 of 启明 300,000.00, the patent without a value, 40,000.00 at the builder's bank", [row["result"] for row in sent["results"]], ["ACCEPTED"] * 4)
    for (agency, _, _), row in zip(things, sent["results"]):
        demo.orders["preserve", agency] = row["order_id"]
    for agency in (VEHICLES, PATENTS, BEILING):
        demo.answered(("preserve", agency))
    s.wait("the order to lie before the registry's clerk", lambda: demo.counter(COMPANIES, "review", "list")["reviews"])


def car_and_patent(demo):
    s = demo.stage
    stands(demo, VEHICLES, phase="EFFECTIVE", controlled="60,000.00", rank=1, effective_to="2027-04-08T00:00:00+08:00")
    s.say("the seal is of its file 档案查封: the car still moves")
    s.equal("what the registry may not register while it stands", bars(demo, VEHICLES), list(EACH_ACT[VEHICLES]))
    stands(demo, PATENTS, phase="EFFECTIVE", controlled=None, rank=1, effective_to="2027-04-08T00:00:00+08:00")
    s.check("the patent: six months, counted from the day on which the office received the notice", own(demo, PATENTS)["served_at"].startswith("2026-10-08") and own(demo, PATENTS)["last_day"] == "2027-04-07", own(demo, PATENTS))
    s.equal("the acts that are blocked", bars(demo, PATENTS), list(EACH_ACT[PATENTS]))
    second = demo.counter(PATENTS, "seal", "--unit", PATENT, "--court", "辽9902", "--document", cast.OTHER_PATENT, "--holder", "1", expect=3)
    s.equal("a second preservation of the same right is refused 不得重复保全", (second["reason"], second["metadata"]["id"]), ("MEASURE_EXISTS", own(demo, PATENTS)["seal"]))


def wages(demo):
    s = demo.stage
    s.equal("the builder's account is for wages of migrant workers 农民工工资专用账户", demo.tasks(("preserve", BEILING))[BEILING]["outcome"], "EXEMPT_HELD")
    told = demo.findings(("preserve", BEILING))[BEILING][0]["remark"]
    s.check("and the bank says by which rule", told.startswith("WAGE_ESCROW") and cast.ACCOUNT_WAGES in told, told)
    s.equal("nothing was touched there", account(demo, BEILING, cast.ACCOUNT_WAGES), {"balance": "350,000.00", "available": "350,000.00"})
    demo.ledger(CASE, controlled="60,000.00", requested="300,000.00", unfunded="0.00")
    s.say("what was held reserves nothing: the court asks elsewhere")
    sent = order(demo, "freeze", SONGYUE, "--limit", "40,000.00", "--term", "1y")
    demo.orders["preserve", SONGYUE] = sent["results"][0]["order_id"]
    stands(demo, SONGYUE, phase="EFFECTIVE", controlled="35,000.00", unfunded="5,000.00", effective_to="2027-10-08T00:00:00+08:00")
    refused = order(demo, "freeze", SONGYUE, "--limit", "0.01", expect=3)
    s.equal("60,000.00 + 300,000.00 + 40,000.00 is what was applied for; 0.01 more is refused", demo.problems(refused), {"CAP_EXCEEDED"})


def published(demo):
    s = demo.stage
    demo.clock.move_to(at(10, 12, 10, 0))
    s.scene(14, "Equity is frozen from its publication on", "股权 公示生效")
    stands(demo, COMPANIES, phase="REQUESTED", controlled=None)
    s.say("the order came on Thursday; nothing is frozen before it is published, but nobody can take its quantity any more")
    s.equal("free of his 1,500,000.00 of capital", part(demo, COMPANIES)["free"], "0.00")
    review = demo.counter(COMPANIES, "review", "list")["reviews"][0]
    demo.counter(COMPANIES, "review", "approve", review["id"], "--clerk", "公示员", show=True)
    stands(demo, COMPANIES, phase="EFFECTIVE", controlled="300,000.00", unfunded="0.00", rank=1, effective_to="2029-10-12T00:00:00+08:00")
    seal = own(demo, COMPANIES)
    s.check("served Thursday 8 October, published and in effect Monday 12 October: three years from that day, to 2029-10-11",
            (seal["served_at"][:10], seal["effective_from"][:16], seal["last_day"]) == ("2026-10-08", "2026-10-12T10:00", "2029-10-11"), seal)
    told = demo.eagle("findings", made(demo, COMPANIES), "--officer", cast.HANDLER, "--purpose", "PRESERVATION")["measures"][-1]
    s.equal("the court has it signed: served, in effect since", (told["served"][:16], told["effective_from"][:16]), ("2026-10-08T09:30", "2026-10-12T10:00"))
    s.check("one hundredth of the company can't be transferred", barred(demo, COMPANIES, "TRANSFER", "--holder", "1", "--share", "1/100") == seal["seal"])
    demo.clock.move_to(at(10, 13, 9, 0))
    other = demo.counter(COMPANIES, "seal", "--unit", COMPANY, "--court", "辽9902", "--document", cast.OTHER_EQUITY, "--holder", "1", "--share", "10/100")
    s.equal("（2026）辽9902执340号, on Tuesday for 10/100, is second and has nothing yet", (other["rank"], other["phase"], other["controlled"]), (2, "WAITLISTED", "0.00"))


def in_part(demo):
    s = demo.stage
    demo.clock.move_to(at(11, 16, 10, 0))
    s.scene(15, "Security is given for a part: a part is released", "部分解除")
    for agency, amount in ((COMPANIES, "100,000.00"), (SONGYUE, "10,000.00")):
        sent = order(demo, "release", agency, "--measure", made(demo, agency), "--amount", amount, "--ground", "SECURITY_GIVEN", show=True)
        demo.orders["release", agency] = sent["results"][0]["order_id"]
        demo.answered(("release", agency))
    stands(demo, COMPANIES, phase="EFFECTIVE", controlled="200,000.00", unfunded="0.00", effective_to="2029-10-12T00:00:00+08:00")
    s.equal("a third of the value is a third of the 1,500,000.00 of capital; frozen of it", own(demo, COMPANIES)["controlled"], "1,000,000.00")
    other = next(row for row in part(demo, COMPANIES)["seals"] if row["document"] == cast.OTHER_EQUITY)
    s.equal("（2026）辽9902执340号 takes up what was given up, without an order", (other["phase"], other["controlled"]), ("EFFECTIVE", "500,000.00"))
    demo.eagle("evidence", demo.orders["release", COMPANIES], "--officer", cast.HANDLER, "--purpose", "PRESERVATION", "--out", "part.evidence")
    seen = evidence.verify(demo, "part.evidence")
    s.check("for the court file, verified offline: 100,000.00 was to be released, 200,000.00 stays", "100,000.00" in seen["evidence"]["what"] and "200,000.00" in seen["receipts"][0]["result"], seen)
    stands(demo, SONGYUE, phase="EFFECTIVE", controlled="30,000.00", unfunded="0.00")
    s.equal("松月农商行: the part without money went first; of the account", account(demo, SONGYUE, cast.ACCOUNT_SONGYUE), {"balance": "35,000.00", "available": "5,000.00"})
    demo.ledger(CASE, controlled="290,000.00", unfunded="0.00", requested="0.00")


def renewed(demo):
    s = demo.stage
    demo.clock.move_to(at(1, 7, 9, 0, year=2027))
    s.scene(16, "What ends is told in time, and renewed in its window", "到期提醒 续行保全")
    s.equal("7 January, what ends within three months", ending(demo, 92), [(kind, 90, "EFFECTIVE", "FROM 2027-01-08") for kind in ("PATENT", "VEHICLE")])
    early = order(demo, "renew", PATENTS, "--measure", made(demo, PATENTS), "--term", "6m", expect=3)
    s.equal("a renewal on the day before the window opens", demo.problems(early), {"RENEWAL_TOO_EARLY"})
    demo.clock.move_to(at(1, 8, 9, 0, year=2027))
    s.equal("the day after", ending(demo, 92, show=True), [(kind, 89, "EFFECTIVE", "NOW") for kind in ("PATENT", "VEHICLE")])
    long = order(demo, "renew", PATENTS, "--measure", made(demo, PATENTS), "--term", "1y", expect=3)
    s.equal("not longer than six months at a time", demo.problems(long), {"TERM_TOO_LONG"})
    sent = order(demo, "renew", PATENTS, "--measure", made(demo, PATENTS), "--term", "6m", show=True)
    demo.orders["renew", PATENTS] = sent["results"][0]["order_id"]
    demo.answered(("renew", PATENTS))
    s.equal("the patent's preservation", demo.tasks(("renew", PATENTS))[PATENTS]["outcome"], "RENEWED")
    stands(demo, PATENTS, phase="EFFECTIVE", rank=1, effective_to="2027-10-08T00:00:00+08:00")
    s.say("for the car nobody asks")


def lapsed(demo):
    s = demo.stage
    demo.clock.move_to(at(3, 9, 9, 0, year=2027))
    s.scene(17, "A lapse that was warned of", "届满未续 效力消灭")
    s.equal("9 March, what ends within 30 days", ending(demo, 30, show=True), [("VEHICLE", 29, "EFFECTIVE", "NOW")])
    demo.clock.move_to(at(4, 7, 17, 0, year=2027))
    s.equal("7 April, its last day", ending(demo, 30), [("VEHICLE", 0, "EFFECTIVE", "NOW")])
    demo.stage.stop(OFFICES[VEHICLES].folder)
    s.say("the vehicle registry closes for the day")
    demo.clock.move_to(at(4, 8, 8, 30, year=2027))
    s.wait("the recorded clock to pass the end", lambda: ending(demo, 30)[0][2] != "EFFECTIVE")
    s.equal("8 April 08:30, it should have ended, and the registry has not said so", ending(demo, 30, show=True), [("VEHICLE", -1, "EXPECTED_LAPSED", None)])
    late = order(demo, "renew", VEHICLES, "--measure", made(demo, VEHICLES), "--term", "6m", expect=3)
    s.equal("a renewal comes too late: what is needed is a new seal, behind the queue", demo.problems(late), {"TERM_ENDED"})
    demo.start_agency(VEHICLES)
    stands(demo, VEHICLES, phase="LAPSED", controlled="0.00")
    s.say("the registry is back, and LAPSED is its own word, signed")
    s.equal("the register has the same", (own(demo, VEHICLES)["phase"], own(demo, VEHICLES)["last_day"]), ("LAPSED", "2027-04-07"))
    s.check("and may register a transfer of the car again", demo.counter(VEHICLES, "check", "--unit", CAR, "--act", "TRANSFER")["barred"] is False)
    demo.ledger(CASE, controlled="230,000.00", unfunded="0.00", requested="0.00")
    first = demo.case()["ledger"]
    s.equal("the first case is as it was", (first["deducted"], first["controlled"], first["surplus"]), ("198,287.00", "0.00", "0.00"))
    spouse = next(row for row in demo.counter(COMPANIES, "show", COMPANY)["holders"] if row["name"] == "苏晴")
    s.equal("苏晴's share of 启明 was never touched: free", (spouse["free"], spouse["seals"]), (spouse["quantity"], []))


def housing_fund(demo):
    """Frozen, and not taken while no withdrawal condition holds."""
    s = demo.stage
    demo.clock.move_to(at(4, 9, 9, 0, year=2027))
    s.scene(18, "A housing fund freezes, and doesn't pay before its time", "住房公积金 不符合提取条件不得扣划")
    demo.join(FUND)
    demo.present({FUND})
    small = ["--case", cast.SMALL, "--subject", cast.DEBTOR, "--agency", FUND]
    opened = demo.eagle("case", "open", "--case", cast.SMALL, "--title", cast.SMALL_TITLE, "--applicant", cast.SMALL_APPLICANT, "--principal", "20,000.00", "--respondent", cast.DEBTOR + ";JOINT",
                        "--purpose", "EXECUTION", "--legal-basis", "民事诉讼法第253条", "--handler", cast.HANDLER, "--leader", cast.LEADER, "--sign", cast.HANDLER, "--sign", cast.LEADER)
    s.equal("a third case, a judgment for 20,000.00", [row["result"] for row in opened["results"]], ["ACCEPTED"])
    sent = demo.eagle("order", "inquire", *small, *demo.papers("ASSISTANCE_NOTICE"), "--sign", cast.HANDLER)
    demo.orders["inquire fund"] = sent["results"][0]["order_id"]
    demo.answered("inquire fund")
    found = demo.findings("inquire fund")[FUND][0]
    s.equal("the fund FOUND", (found["asset_kind"], found["asset"], found["balance"]), ("HOUSING_FUND", cast.ACCOUNT_FUND, "43,218.60"))
    s.check("and told base, months paid and that no withdrawal condition holds", all(words in found["description"] for words in ("缴存基数: 8,000.00", "缴至年月: 2026-08", "提取条件: not met 否")), found)
    sent = demo.eagle("order", "freeze", *small, "--limit", "20,000.00", "--term", "1y", *demo.papers("RULING", "ASSISTANCE_NOTICE"), *BOTH_SIGN, show=True)
    freeze = sent["results"][0]["order_id"]
    demo.stands(cast.SMALL, freeze, phase="EFFECTIVE", controlled="20,000.00", unfunded="0.00")
    taken = demo.eagle("order", "deduct", *small, "--measure", freeze, "--amount", "20,000.00", "--to-account", "1", *demo.papers("RULING", "ASSISTANCE_NOTICE", "JUDGMENT_COPY"), *BOTH_SIGN, show=True)
    demo.orders["deduct fund"] = taken["results"][0]["order_id"]
    demo.answered("deduct fund")
    s.equal("a deduction of it", demo.tasks("deduct fund")[FUND]["outcome"], "NOT_DEDUCTED")
    told = demo.eagle("findings", demo.orders["deduct fund"], "--officer", cast.HANDLER, "--purpose", "EXECUTION")["measures"][-1]
    s.check("the fund says why: no withdrawal condition holds 不符合提取条件", "WITHDRAWAL_CONDITION_NOT_MET" in told["remark"], told)
    demo.stands(cast.SMALL, freeze, phase="EFFECTIVE", controlled="20,000.00", unfunded="0.00")
    demo.ledger(cast.SMALL, controlled="20,000.00", deducted="0.00", in_transit="0.00")
    s.equal("of the account", account(demo, FUND, cast.ACCOUNT_FUND), {"balance": "43,218.60", "available": "23,218.60"})
    demo.counter(FUND, "contribute", cast.ACCOUNT_FUND, "1,920.00", "--month", "2027-03", show=True)
    s.equal("a contribution beyond the limit stays free", account(demo, FUND, cast.ACCOUNT_FUND), {"balance": "45,138.60", "available": "25,138.60"})


def play(demo):
    demo.last_scene = 19
    for scene in (three_registers, group, car_and_patent, wages, published, in_part, renewed, lapsed, housing_fund):
        scene(demo)
