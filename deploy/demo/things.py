"""The second case of `demo --full`: a preservation before judgment 财产保全 against 林远舟 and a building company, of things that are not money.

A car is sealed, equity is frozen from its publication on, a patent is preserved, an account for wages is held, parts are released, one term is renewed in its window
and one lapses although it was warned of. The judgment comes, the car is sealed anew, found by the police, sold, and its title passes. Nothing of the first case moves.
"""
import os

import acts
import cast
import evidence
from acts import BY_OFFICERS, EACH_ACT, UNITS
from cast import BEILING, CAR, COMPANIES, COMPANY, OFFICES, PATENT, PATENTS, SONGYUE, VEHICLES
from cast import PRESERVATION as CASE
from stage import at

IN_WHOSE_NAME = ["--case", CASE, *acts.PRESERVATION]
ENFORCED = ["--case", CASE, *acts.EXECUTION]  # after the judgment


def order(demo, verb, agency, *arguments, case=IN_WHOSE_NAME, **more):
    return acts.order(demo, case, verb, agency, *arguments, **more)


def made(demo, agency):
    return demo.orders["preserve", agency]


def stands(demo, agency, **expected):
    demo.stands(CASE, made(demo, agency), **expected)


def part(demo, agency):
    """The respondent's part, as the register itself shows it."""
    return acts.holder(demo, agency, UNITS[agency], "林远舟")


def own(demo, agency):
    return acts.seal_of(part(demo, agency), made(demo, agency))


def barred(demo, agency, act, *more):
    return acts.barred(demo, agency, UNITS[agency], act, *more)


def bars(demo, agency):
    """The acts that our measure forbids."""
    seal = own(demo, agency)["seal"]
    return [act for act in EACH_ACT[agency] if barred(demo, agency, act) == seal]


def ending(demo, days, show=False):
    """What ends within so many days, or should have: asset kind, days left, phase, renewal. Over all cases of the court."""
    rows = demo.eagle("case", "measures", "--ending", str(days), show=show).get("rows", [])
    return sorted((row["asset_kind"], row["days_left"], row["phase"], row["renewal"]) for row in rows)


def three_registers(demo):
    s = demo.stage
    demo.clock.move_to(at(10, 8, 9, 0))
    s.scene("Three registers join, and a second case", "三家登记机关接入，第二案：财产保全")
    for code in cast.REGISTERS:
        demo.join(code)
    demo.present(set(cast.REGISTERS))
    acts.open_case(demo, "a preservation of 400,000.00 before judgment", CASE, cast.PRESERVATION_TITLE, cast.PRESERVATION_APPLICANT, "400,000.00",
                   [cast.DEBTOR + ";JOINT", cast.BUILDER + ";JOINT;40,000.00"], acts.PRESERVATION, ["--stage", "PRESERVATION"])
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
    s.scene("A car, shares, a patent, and wages that are left alone", "查封车辆，冻结股权，保全专利；工资专户豁免")
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
    s.equal("nothing was touched there", acts.account(demo, BEILING, cast.ACCOUNT_WAGES), {"balance": "350,000.00", "available": "350,000.00"})
    demo.ledger(CASE, controlled="60,000.00", requested="300,000.00", unfunded="0.00")
    s.say("what was held reserves nothing: the court asks elsewhere")
    order(demo, "freeze", SONGYUE, "--limit", "40,000.00", "--term", "1y", key=("preserve", SONGYUE))
    stands(demo, SONGYUE, phase="EFFECTIVE", controlled="35,000.00", unfunded="5,000.00", effective_to="2027-10-08T00:00:00+08:00")
    refused = order(demo, "freeze", SONGYUE, "--limit", "0.01", expect=3)
    s.equal("60,000.00 + 300,000.00 + 40,000.00 is what was applied for; 0.01 more is refused", demo.problems(refused), {"CAP_EXCEEDED"})


def objected(demo):
    """Without a clerk: the bank's adapter objects in writing to what it held as exempt, and the court answers within its fifteen days."""
    s = demo.stage
    demo.clock.move_to(at(10, 9, 10, 0))
    s.scene("The bank objects in writing, the court answers", "书面异议，限期答复")
    row = s.wait("the objection", lambda: demo.eagle("objection", "list", "--open", show=False)["rows"])[0]
    s.check("北陵商业银行 objects, to the freeze of the wages", row["order_id"] == made(demo, BEILING), row)
    s.equal("its ground, and until when the court answers: fifteen days", (row["ground"], row["due"]), ("EXEMPT_ASSET", "2026-10-24T00:00:00+08:00"))
    shown = demo.eagle("objection", "show", row["objection_id"], "--officer", cast.HANDLER, "--purpose", "PRESERVATION", show=True)
    said = shown["words"][0]
    s.check("it says, signed: 协助事项涉及豁免账户，本单位未予办理，到达顺序已登记，请依法审查 (WAGE_ESCROW)",
            said["verified"] and all(words in said["says"] for words in ("请依法审查", "WAGE_ESCROW", cast.ACCOUNT_WAGES)), said)
    with open(os.path.join(demo.folder, "answer.txt"), "w") as file:
        file.write("异议成立。农民工工资专用账户，不予冻结；本案另行查找财产。\n")
    answered = demo.eagle("objection", "answer", row["objection_id"], "--decision", "UPHELD", "--text", "answer.txt", "--officer", cast.HANDLER, "--purpose", "PRESERVATION",
                          "--sign", cast.HANDLER, "--sign", cast.LEADER, show=True)
    s.equal("异议成立 upheld, by handler and leader", [each["result"] for each in answered["results"]], ["ACCEPTED"])
    s.equal("objections that are open", demo.eagle("objection", "list", "--open").get("rows", []), [])


def published(demo):
    s = demo.stage
    demo.clock.move_to(at(10, 12, 10, 0))
    s.scene("Equity is frozen from its publication on", "股权冻结，自公示时生效")
    stands(demo, COMPANIES, phase="REQUESTED", controlled=None)
    s.say("the order came on Thursday; nothing is frozen before it is published, but nobody can take its quantity any more")
    s.equal("free of his 1,500,000.00 of capital", part(demo, COMPANIES)["free"], "0.00")
    review = demo.counter(COMPANIES, "review", "list")["reviews"][0]
    demo.counter(COMPANIES, "review", "approve", review["id"], "--clerk", "公示员", show=True)
    stands(demo, COMPANIES, phase="EFFECTIVE", controlled="300,000.00", unfunded="0.00", rank=1, effective_to="2029-10-12T00:00:00+08:00")
    seal = own(demo, COMPANIES)
    s.check("served Thursday 8 October, published and in effect Monday 12 October: three years from that day, to 2029-10-11",
            (seal["served_at"][:10], seal["effective_from"][:16], seal["last_day"]) == ("2026-10-08", "2026-10-12T10:00", "2029-10-11"), seal)
    told = acts.told_of(demo, ("preserve", COMPANIES))[-1]
    s.equal("the court has it signed: served, in effect since", (told["served"][:16], told["effective_from"][:16]), ("2026-10-08T09:30", "2026-10-12T10:00"))
    s.check("one hundredth of the company can't be transferred", barred(demo, COMPANIES, "TRANSFER", "--holder", "1", "--share", "1/100") == seal["seal"])
    demo.clock.move_to(at(10, 13, 9, 0))
    other = demo.counter(COMPANIES, "seal", "--unit", COMPANY, "--court", "辽9902", "--document", cast.OTHER_EQUITY, "--holder", "1", "--share", "10/100")
    s.equal("（2026）辽9902执340号, on Tuesday for 10/100, is second and has nothing yet", (other["rank"], other["phase"], other["controlled"]), (2, "WAITLISTED", "0.00"))


def in_part(demo):
    s = demo.stage
    demo.clock.move_to(at(11, 16, 10, 0))
    s.scene("Security is given for a part: a part is released", "提供担保，部分解除")
    for agency, amount in ((COMPANIES, "100,000.00"), (SONGYUE, "10,000.00")):
        order(demo, "release", agency, "--measure", made(demo, agency), "--amount", amount, "--ground", "SECURITY_GIVEN", key=("release", agency), show=True)
        demo.answered(("release", agency))
    stands(demo, COMPANIES, phase="EFFECTIVE", controlled="200,000.00", unfunded="0.00", effective_to="2029-10-12T00:00:00+08:00")
    s.equal("a third of the value is a third of the 1,500,000.00 of capital; frozen of it", own(demo, COMPANIES)["controlled"], "1,000,000.00")
    other = next(row for row in part(demo, COMPANIES)["seals"] if row["document"] == cast.OTHER_EQUITY)
    s.equal("（2026）辽9902执340号 takes up what was given up, without an order", (other["phase"], other["controlled"]), ("EFFECTIVE", "500,000.00"))
    demo.eagle("evidence", demo.orders["release", COMPANIES], "--officer", cast.HANDLER, "--purpose", "PRESERVATION", "--out", "part.evidence")
    seen = evidence.verify(demo, "part.evidence")
    s.check("for the court file, verified offline: 100,000.00 was to be released, 200,000.00 stays", "100,000.00" in seen["evidence"]["what"] and "200,000.00" in seen["receipts"][0]["result"], seen)
    stands(demo, SONGYUE, phase="EFFECTIVE", controlled="30,000.00", unfunded="0.00")
    s.equal("松月农商行: the part without money went first; of the account", acts.account(demo, SONGYUE, cast.ACCOUNT_SONGYUE), {"balance": "35,000.00", "available": "5,000.00"})
    demo.ledger(CASE, controlled="290,000.00", unfunded="0.00", requested="0.00")


def renewed(demo):
    s = demo.stage
    demo.clock.move_to(at(1, 7, 9, 0, year=2027))
    s.scene("What ends is told in time, and renewed in its window", "到期提醒，窗口期内续行保全")
    s.equal("7 January, what ends within three months, with days left, phase and renewal", ending(demo, 92), [(kind, 90, "EFFECTIVE", "FROM 2027-01-08") for kind in ("PATENT", "VEHICLE")])
    early = order(demo, "renew", PATENTS, "--measure", made(demo, PATENTS), "--term", "6m", expect=3)
    s.equal("a renewal on the day before the window opens", demo.problems(early), {"RENEWAL_TOO_EARLY"})
    demo.clock.move_to(at(1, 8, 9, 0, year=2027))
    s.equal("the day after", ending(demo, 92, show=True), [(kind, 89, "EFFECTIVE", "NOW") for kind in ("PATENT", "VEHICLE")])
    long = order(demo, "renew", PATENTS, "--measure", made(demo, PATENTS), "--term", "1y", expect=3)
    s.equal("not longer than six months at a time", demo.problems(long), {"TERM_TOO_LONG"})
    order(demo, "renew", PATENTS, "--measure", made(demo, PATENTS), "--term", "6m", key=("renew", PATENTS), show=True)
    demo.answered(("renew", PATENTS))
    s.equal("the patent's preservation", demo.tasks(("renew", PATENTS))[PATENTS]["outcome"], "RENEWED")
    stands(demo, PATENTS, phase="EFFECTIVE", rank=1, effective_to="2027-10-08T00:00:00+08:00")
    s.say("for the car nobody asks")


def lapsed(demo):
    s = demo.stage
    demo.clock.move_to(at(3, 9, 9, 0, year=2027))
    s.scene("A lapse that was warned of", "提醒过的届满：未续，效力消灭")
    s.equal("9 March, what ends within 30 days, with days left, phase and renewal", ending(demo, 30, show=True), [("VEHICLE", 29, "EFFECTIVE", "NOW")])
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


def sealed_anew(demo):
    """The judgment came: the case goes on as enforcement. The car is sealed at a new rank, and looked for."""
    s = demo.stage
    demo.clock.move_to(at(4, 12, 9, 0, year=2027))
    s.scene("Judgment is given, and the car is looked for", "判决生效，转入执行；协助查找车辆")
    enforced = demo.eagle("case", "stage", "--case", CASE, "--to", "ENFORCEMENT", "--ground", "判决生效", "--sign", cast.HANDLER, "--sign", cast.LEADER, show=True)
    s.equal("the preservation becomes enforcement, its measures go on without a break", [row["result"] for row in enforced["results"]], ["ACCEPTED"])
    early = order(demo, "locate", VEHICLES, "--measure", made(demo, VEHICLES), "--hold", "--contact", "沈若川", "--phone", "0990-120001", case=ENFORCED, expect=3)
    s.equal("nothing is looked for under a seal that has lapsed", demo.problems(early), {"MEASURE_NOT_EFFECTIVE"})
    order(demo, "freeze", VEHICLES, "--asset", f"VEHICLE:{CAR}:1/1", "--limit", "60,000.00", "--term", "2y", case=ENFORCED, key=("preserve", VEHICLES))
    stands(demo, VEHICLES, phase="EFFECTIVE", controlled="60,000.00", rank=1, effective_to="2029-04-12T00:00:00+08:00")
    other = demo.counter(VEHICLES, "seal", "--unit", CAR, "--court", "辽9902", "--document", cast.OTHER_CAR, "--holder", "1")
    s.equal(f"{cast.OTHER_CAR}, that day too, is second", (other["rank"], other["phase"]), (2, "WAITLISTED"))
    order(demo, "locate", VEHICLES, "--measure", made(demo, VEHICLES), "--term", "1y", "--hold", "--contact", "沈若川", "--phone", "0990-120001", case=ENFORCED, key="locate", show=True)
    demo.answered("locate")
    s.equal("车管所 has it looked for 布控", demo.tasks("locate")[VEHICLES]["outcome"], "LOCATING")
    demo.ledger(CASE, controlled="290,000.00", requested="0.00")
    s.say("a search moves no amount")


def sightings(demo, expected):
    """Waits until the court has been told so often; the newest."""
    rows = demo.stage.wait("a sighting", lambda: [row for row in [acts.told_of(demo, "locate", "sightings")] if len(row) == expected])[0]
    return rows[-1]


def found(demo):
    s = demo.stage
    demo.clock.move_to(at(5, 3, 22, 15, year=2027))
    s.scene("Seen on the motorway, and held by the police", "高速发现，交警扣押")
    demo.counter(VEHICLES, "sighting", "--unit", CAR, "--place", "北陵绕城高速松月收费站 出口2车道", "--by", "北陵高速交警一大队 卡口", show=True)
    seen = sightings(demo, 1)
    s.equal("3 May, a camera: the court is told where and when, signed", (seen["change"], seen["place"], seen["held"]), ("SIGHTED", "北陵绕城高速松月收费站 出口2车道", False))
    demo.clock.move_to(at(5, 11, 8, 40, year=2027))
    told = demo.counter(VEHICLES, "sighting", "--unit", CAR, "--place", "松月区仓前路66号院", "--by", "松月区交警大队", "--held", "--custody", "松月区交警大队停车场 A区17号", "--collect-by", "2027-05-25", show=True)
    s.equal("11 May, a patrol holds it, and is told whom to call", [(row["change"], row["collect_contact"], row["collect_phone"]) for row in told["told"]], [("SEIZED", "沈若川", "0990-120001")])
    seen = sightings(demo, 2)
    s.equal("the court is told that it is held, where, and until when it must be taken over", (seen["change"], seen["custody_place"], seen["collect_by"]), ("SEIZED", "松月区交警大队停车场 A区17号", "2027-05-26T00:00:00+08:00"))
    demo.clock.move_to(at(5, 12, 10, 0, year=2027))
    over = demo.counter(VEHICLES, "collected", "--unit", CAR, show=True)
    s.check("the court took it over: the search has ended", [row["order_id"] for row in over["ended"]] == [demo.orders["locate"]], over)
    again = demo.counter(VEHICLES, "sighting", "--unit", CAR, "--place", "法院停车场", "--by", "松月区交警大队", expect=3)
    s.equal("nobody looks for it any more", again["reason"], "NOT_FOUND")


def sold(demo):
    s = demo.stage
    demo.clock.move_to(at(7, 5, 15, 0, year=2027))
    s.scene("Sold at auction: the title passes, the queue is void", "司法拍卖，协助办理过户；轮候查封自始无效")
    terms = ["--measure", made(demo, VEHICLES), "--transferee", cast.BUYER, "--ground", "AUCTION", "--proceeds", "52,800.00", "--charges-end"]
    more = order(demo, "transfer-title", VEHICLES, *[word.replace("52,800.00", "170,000.01") for word in terms], case=ENFORCED, expect=3)
    s.equal("proceeds that exceed what the case may take by 0.01 are refused", demo.problems(more), {"CAP_EXCEEDED"})
    order(demo, "transfer-title", VEHICLES, *terms, case=ENFORCED, key="transfer", show=True)
    review = s.wait("the order to lie before the registry's clerk", lambda: demo.counter(VEHICLES, "review", "list")["reviews"])[0]
    s.equal("before the clerk", (review["action"], review["transferee"], review["ground"]), ("TRANSFER_TITLE", "唐嘉木", "AUCTION"))
    demo.ledger(CASE, deducting="52,800.00", controlled="237,200.00", deducted="0.00")
    demo.counter(VEHICLES, "review", "approve", review["id"], "--clerk", "登记员", show=True)
    demo.answered("transfer")
    s.equal("the registry", demo.tasks("transfer")[VEHICLES]["outcome"], "TRANSFERRED")
    stands(demo, VEHICLES, phase="CONSUMED", controlled="0.00")
    demo.ledger(CASE, deducted="52,800.00", controlled="230,000.00", unfunded="0.00")
    s.say("the price that goes to the claim counts as taken")
    before, now = acts.holder(demo, VEHICLES, CAR, "林远舟"), acts.holder(demo, VEHICLES, CAR, "唐嘉木")
    s.equal("the register: 林远舟 is a former owner, 唐嘉木 has the whole", (before["state"], now["share"], now["seals"]), ("FORMER", "1/1", []))
    waiting = next(seal for seal in before["seals"] if seal["document"] == cast.OTHER_CAR)
    s.equal(f"{cast.OTHER_CAR}, which waited, is void from the start 轮候查封自始无效", waiting["phase"], "VOID")
    s.check("and the buyer may do with it as he likes", demo.counter(VEHICLES, "check", "--unit", CAR, "--act", "TRANSFER")["barred"] is False)


def untouched(demo):
    """What no scene of this case may have moved."""
    s = demo.stage
    first = demo.case()["ledger"]
    s.equal("the first case is as it was", {name: first[name] for name in ("deducted", "controlled", "surplus")}, {"deducted": "198,287.00", "controlled": "0.00", "surplus": "0.00"})
    spouse = next(row for row in demo.counter(COMPANIES, "show", COMPANY)["holders"] if row["name"] == "苏晴")
    s.equal("苏晴's share of 启明 was never touched; free of it, and measures on it", (spouse["free"], spouse["seals"]), ("3,500,000.00", []))


BEFORE_JUDGMENT = (three_registers, group, car_and_patent, wages, objected, published, in_part)
TERMS = (renewed, lapsed)
AFTER_JUDGMENT = (sealed_anew, found, sold, untouched)
