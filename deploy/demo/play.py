#!/usr/bin/env python3
"""Plays the demo case: play.py BIN_FOLDER [--full] [--once]   (in GATEWAY_DEMO_FOLDER, else demo/)

Starts a gateway, three banks and a land registry as processes on free loopback ports (world.py) and tells the case of 林远舟 step by step with the product's own
commands. Every figure is asserted: --once ends with 0 only if all of them held. Without it everything stays up until Ctrl-C. --full goes on with three more cases (full.py).
"""
import json
import os
import signal
import sys
import time
from shlex import quote

import audit
import cast
import evidence
import full
import witnesses
from cast import BEILING, CASE, COURT, FOLDERS, LAND, SONGYUE, YUNFAN
from stage import Failed, at
from world import ROOT, World


class Demo(World):
    def step1(self):
        s = self.stage
        self.clock.move_to(at(9, 28, 9, 0))
        s.scene("The case is opened", "立案：错误一次指明")
        claim = ["--principal", "180,000.00", "--interest", "12,600.00", "--doubled-interest", "2,898.00", "--days", "92", "--horizon", "2026-09-30", "--cost", "2,789.00"]
        base = ["case", "open", "--case", CASE, "--title", cast.TITLE, "--applicant", cast.APPLICANT, "--handler", cast.HANDLER, "--leader", cast.LEADER]
        wrong_claim = os.path.join(self.folder, "twenty_million.json")
        with open(wrong_claim, "w") as file:
            json.dump({"caseNumber": CASE, "title": cast.TITLE, "stage": "CASE_STAGE_ENFORCEMENT", "applicant": cast.APPLICANT, "handler": cast.HANDLER, "leader": cast.LEADER,
                       "purpose": "EXECUTION", "legalBasis": "民事诉讼法第253条",
                       "respondents": [{"identity": {"name": "林远舟", "idKind": "CITIZEN_ID", "idNumber": "990101198503070018"}, "liability": "LIABILITY_KIND_JOINT"}],
                       "claim": {"currency": "CNY", "principalMinorUnits": "18000000", "interestMinorUnits": "1260000", "doubledInterestMinorUnits": "289800", "doubledInterestDays": 92,
                                 "horizon": "2026-09-30T00:00:00+08:00", "costMinorUnits": "278900", "capMinorUnits": "2000000000"}}, file, ensure_ascii=False)
        refused = self.eagle("case", "open", "--file", wrong_claim, "--sign", cast.HANDLER, expect=3)
        s.equal("refused at once for all three: mistyped number, 20 million against this debt, a single signature", self.problems(refused),
                {"IDENTITY_NUMBER_INVALID", "CAP_NOT_SUM", "UNIT_SLIP", "SIGNATURES_MISSING"})
        opened = self.eagle(*base, *claim, "--respondent", cast.DEBTOR + ";JOINT", "--respondent", cast.GUARANTOR + ";JOINT;60,000.00", "--sign", cast.HANDLER, "--sign", cast.LEADER, show=True)
        s.equal("opened by handler and leader, proved in the log", [(r["result"], r["proved"]) for r in opened["results"]], [("ACCEPTED", True)])
        self.ledger(cap="198,287.00", deducted="0.00")

    def step2(self):
        s = self.stage
        s.scene("Who has what? A dry run, then one urgent inquiry", "谁有什么：先试算，再加急查询")
        inquiry = ["order", "inquire", *self.subject(), "--agency", "all", "--urgent", "TRANSFER_RISK", *self.papers("ASSISTANCE_NOTICE"), "--officer", cast.HANDLER, "--sign", cast.HANDLER]
        dry = self.eagle(*inquiry, "--dry-run")
        s.equal("dry run", dry["dry_run"]["coverage"], "4 inquire, 4 control, 3 deduct, 北陵市不动产登记中心 by clerk, 云帆银行 absent")
        sent = self.eagle(*inquiry, show=True)
        self.orders["inquiry"] = sent["results"][0]["order_id"]
        shown = self.order("inquiry")
        s.check("due Tue 29 Sep 09:00, because urgent orders are due 24 hours after acceptance", shown["order"]["due"].startswith("2026-09-29T09:00") and "24 hours" in shown["order"]["because"],
                shown["order"])
        guarantor = self.eagle("order", "inquire", *self.subject(cast.GUARANTOR), "--agency", BEILING, "--agency", SONGYUE, *self.papers("ASSISTANCE_NOTICE"), "--officer", cast.HANDLER, "--sign", cast.HANDLER)
        self.orders["guarantor"] = guarantor["results"][0]["order_id"]
        refused = self.eagle("order", "inquire", *self.subject(cast.SPOUSE), "--agency", "all", *self.papers("ASSISTANCE_NOTICE"), "--officer", cast.HANDLER, "--sign", cast.HANDLER, expect=3)
        self.refused_look = refused["problems"][0]["journal_index"]
        s.check("an inquiry on the spouse 苏晴, who is no party, is refused and journalled", "NOT_RESPONDENT" in self.problems(refused) and self.refused_look, refused)

    def step3(self):
        s = self.stage
        s.scene("Nothing found is not no answer", "查无财产，不等于未反馈")
        began = time.monotonic()
        s.wait("three answers", lambda: sum(t["state"] == "DONE" for t in self.tasks("inquiry").values()) == 3)
        s.say(f"three agencies had answered after {time.monotonic() - began:.2f} s")
        found = self.findings("inquiry")
        s.equal("北陵商业银行 FOUND, without the namesake", [(f["asset"], f["balance"]) for f in found[BEILING]], [(cast.ACCOUNT_BEILING, "61,350.27")])
        s.check("松月农商行 FOUND by the old 15-digit number, the prior freeze shown",
                [(f["asset"], f["balance"]) for f in found[SONGYUE]] == [(cast.ACCOUNT_SONGYUE, "95,000.00")] and "15" in found[SONGYUE][0]["matched_by"] and cast.OTHER_FREEZE in json.dumps(found[SONGYUE], ensure_ascii=False),
                found[SONGYUE])
        s.check("the land registry FOUND his half of the house", cast.HOUSE in found[LAND][0]["asset"], found[LAND])
        s.equal("云帆银行: no answer yet", self.tasks("inquiry")[YUNFAN]["outcome"] or "NO_ANSWER_YET", "NO_ANSWER_YET")
        self.answered("guarantor")
        s.check("the guarantor: NIL with the scope that was searched", all(f["outcome"] == "NIL" and f["searched_scope"] for rows in self.findings("guarantor").values() for f in rows))

    def step4(self):
        s = self.stage
        self.clock.move_to(at(9, 28, 9, 10))
        s.scene("Freeze: one group, three signatures on one head", "冻结：一组命令，三人会签")
        both = ["--officer", cast.HANDLER, "--officer", cast.COSIGNER]
        for agency, limit in ((BEILING, "80,000.00"), (SONGYUE, "60,000.00"), (YUNFAN, "58,287.00")):
            self.eagle("order", "draft", "freeze", "--into", "group.draft", "--group", *self.subject(), "--agency", agency, "--limit", limit, "--term", "1y", "--urgent", "TRANSFER_RISK",
                       *self.papers("RULING", "ASSISTANCE_NOTICE"), *both)
        self.eagle("order", "draft", "freeze", "--into", "group.draft", "--group", *self.subject(), "--agency", LAND, "--asset", f"LAND:{cast.HOUSE}:1/2", "--over-cap", f"VALUE_UNKNOWN:{cast.LEADER}",
                   "--term", "3y", "--urgent", "TRANSFER_RISK", *self.papers("RULING", "ASSISTANCE_NOTICE"), *both)
        for officer in (cast.HANDLER, cast.COSIGNER, cast.LEADER):
            self.eagle("order", "sign", "group.draft", "--sign", officer)
        sent = self.eagle("order", "submit", "group.draft", show=True)
        s.equal("80,000.00 + 60,000.00 + 58,287.00 and a seal on his half of the house, accepted together", [r["result"] for r in sent["results"]], ["ACCEPTED"] * 4)
        for agency, row in zip((BEILING, SONGYUE, YUNFAN, LAND), sent["results"]):
            self.orders["freeze", agency] = row["order_id"]
        self.amounts(BEILING, "61,350.27", "18,649.73")
        self.amounts(SONGYUE, "15,000.00", "45,000.00")
        s.check("ruling and notice came before the money was frozen: the bank has the very files, 云帆银行, which was not asked yet, has none",
                self.papers_at(BEILING) == {"RULING", "ASSISTANCE_NOTICE"} and not self.papers_at(YUNFAN), (self.papers_at(BEILING), self.papers_at(YUNFAN)))
        refused = self.eagle("order", "freeze", *self.subject(), "--agency", BEILING, "--limit", "0.01", *self.papers("RULING", "ASSISTANCE_NOTICE"), "--sign", cast.HANDLER, "--sign", cast.COSIGNER, expect=3)
        s.equal("a further freeze of 0.01 is refused", self.problems(refused), {"CAP_EXCEEDED"})
        self.ledger(controlled="76,350.27", unfunded="63,649.73", requested="58,287.00")

    def step5(self):
        s = self.stage
        self.clock.move_to(at(9, 28, 9, 12))
        s.scene("Exactly once, through two deaths", "两次崩溃，恰好一次")
        self.start_agency(YUNFAN)
        s.wait("the freeze in 云帆银行's core", lambda: self.held_at_yunfan() == "58,287.00")
        self.stage.kill(FOLDERS[YUNFAN])
        self.stage.kill("gateway")
        s.say("seen in its core; 云帆银行 killed before its core replied, then the gateway")
        self.start_gateway()
        self.present({BEILING, SONGYUE, LAND})
        s.check("nothing lost: the order is open, its task handed out, no answer", self.tasks(("freeze", YUNFAN))[YUNFAN]["state"] in ("DELIVERED", "QUEUED", "ACKNOWLEDGED"))
        self.ledger(requested="58,287.00", controlled="76,350.27")
        s.say("58,287.00 stays reserved: silence is not zero")
        # The clerk at the land registry.
        self.clock.move_to(at(9, 28, 9, 40))
        self.counter(LAND, "seal", "--court", "辽9902", "--document", cast.OTHER_SEAL, "--unit", cast.HOUSE, "--holder", "1")
        self.clock.move_to(at(9, 28, 11, 40))
        reviews = self.counter(LAND, "review", "list")["reviews"]
        s.equal("the clerk's queue at the land registry", len(reviews), 1)
        self.counter(LAND, "review", "approve", reviews[0]["id"], show=True)
        self.answered(("freeze", LAND))
        s.check("the house: ours arrived 09:10 and is first though approved at 11:40; （2026）辽9902执231号 of 09:40 is second", self.house() == [CASE, cast.OTHER_SEAL], self.house())

    def held_at_yunfan(self):
        try:
            account = next(a for a in self.counter(YUNFAN, "show", cast.ACCOUNT_YUNFAN)["accounts"])
            return account["controlled"]
        except (Failed, StopIteration, KeyError):
            return None

    def house(self):
        debtor = next(h for h in self.counter(LAND, "show", cast.HOUSE)["holders"] if h["name"] == "林远舟")
        standing = [seal for seal in debtor["seals"] if seal["phase"] in ("EFFECTIVE", "WAITLISTED")]
        return [seal["document"] for seal in sorted(standing, key=lambda seal: seal["rank"])]

    def step6(self):
        s = self.stage
        s.scene("Money arrives", "资金续入，冻至限额为止")
        self.counter(BEILING, "deposit", cast.ACCOUNT_BEILING, "20,000.00", show=True)
        self.amounts(BEILING, "80,000.00", "0.00")
        account = self.counter(BEILING, "show", cast.ACCOUNT_BEILING)["accounts"][0]
        s.equal("free on the account", account["available"], "1,350.27")

    def step8_marks(self):
        s = self.stage
        s.scene("Deadlines that cannot be slept through", "期限：不会睡过头")
        fired = []
        for moment, mark in ((at(9, 28, 21, 0), "50 %"), (at(9, 29, 3, 0), "75 %"), (at(9, 29, 9, 0), "100 %")):
            self.clock.move_to(moment)
            s.wait(f"the mark at {mark}", lambda: self.marks("inquiry") > len(fired))
            fired.append(mark)
            if mark == "75 %":
                self.stage.kill("gateway")
                self.start_gateway()
        self.clock.move_to(at(9, 29, 9, 10))
        s.wait("the freeze's own 100 %", lambda: self.marks(("freeze", YUNFAN)) == 3)
        s.equal("云帆银行's inquiry: reminded at 50 %, due soon at 75 %, overdue at 100 %, each once, also over a restart", self.marks("inquiry"), 3)
        s.check("the court sees it as overdue", self.order("inquiry")["order"]["overdue"])

    def silence(self):
        evidence.silence(self)

    def marks(self, key):
        text = self.order(key)["order"]["marks"] or ""
        return len([part for part in text.replace("%", " ").replace(",", " ").split() if part.isdigit()])

    def step7(self):
        s = self.stage
        self.clock.move_to(at(9, 29, 15, 0))
        s.scene("The waitlist moves by itself", "轮候自动转正")
        self.counter(SONGYUE, "release", cast.OTHER_FREEZE, show=True)
        self.amounts(SONGYUE, "60,000.00", "0.00")
        s.check("its term runs from the first effect, to 2027-09-27", self.measure(SONGYUE)["effective_to"].startswith("2027-09-28T00:00"), self.measure(SONGYUE)["effective_to"])

    def step9(self):
        s = self.stage
        self.clock.move_to(at(9, 30, 10, 0))
        s.scene("云帆银行 comes back and finds its own effect", "云帆银行恢复：查找，而非重做")
        self.make_quick(YUNFAN)
        self.start_agency(YUNFAN)
        self.amounts(YUNFAN, "58,287.00", "0.00")
        self.answered("inquiry")
        s.check("answered late", self.tasks(("freeze", YUNFAN))[YUNFAN]["late"], self.tasks(("freeze", YUNFAN)))
        self.ledger(controlled="198,287.00", unfunded="0.00", requested="0.00")

    def deduct(self, agency, amount, account="1", expect=0, extra=()):
        return self.eagle("order", "deduct", *self.subject(), "--agency", agency, "--measure", self.orders["freeze", agency], "--amount", amount, "--to-account", account,
                          *self.papers("RULING", "ASSISTANCE_NOTICE", "JUDGMENT_COPY"), "--sign", cast.HANDLER, "--sign", cast.COSIGNER, *extra, expect=expect)

    def step10(self):
        s = self.stage
        seen = witnesses.cosigned(self)
        self.clock.move_to(at(9, 30, 10, 30))
        s.scene("The money is taken, to the unit", "扣划，分毫不差")
        self.refuse_wrong_account()
        s.equal("58,278.00 of the 58,287.00 that 云帆银行 holds: two digits exchanged, refused until a leader confirms", self.problems(self.deduct(YUNFAN, "58,278.00", expect=3)), {"DIGITS_SWAPPED"})
        for agency, amount in ((BEILING, "80,000.00"), (SONGYUE, "60,000.00"), (YUNFAN, "58,287.01")):
            self.eagle("order", "draft", "deduct", "--into", "deduct.draft", "--group", *self.subject(), "--agency", agency, "--measure", self.orders["freeze", agency], "--amount", amount, "--to-account", "1",
                       *self.papers("RULING", "ASSISTANCE_NOTICE", "JUDGMENT_COPY"), "--officer", cast.HANDLER, "--officer", cast.COSIGNER)
        for officer in (cast.HANDLER, cast.COSIGNER):
            self.eagle("order", "sign", "deduct.draft", "--sign", officer)
        refused = self.eagle("order", "submit", "deduct.draft", expect=3)
        s.check("the group 80,000.00 + 60,000.00 + 58,287.01 is refused whole", "GROUP_REFUSED" in self.problems(refused) and "CAP_EXCEEDED" in self.problems(refused), self.problems(refused))
        self.ledger(deducted="0.00", deducting="0.00")
        witnesses.look_of_the_hour(self, seen)
        for name in ("supervision", "audit"):
            witnesses.stop(self, name)
        deducted = self.deduct(BEILING, "80,000.00")["results"][0]
        self.orders["deduct", BEILING] = deducted["order_id"]
        s.wait("the witness that is left to sign it", lambda: witnesses.signed(self, "association") > int(deducted["order_seq"]))
        s.equal("of three witnesses one is there: the deduction is", self.tasks(("deduct", BEILING))[BEILING]["state"], "QUEUED")
        witnesses.start(self, "audit")
        self.ledger(deducted="80,000.00")
        s.say("a second one came, saw it and signed; the bank checked that and paid")
        s.say("北陵商业银行 keeps the court's account: settled at once")
        for agency, amount in ((SONGYUE, "60,000.00"), (YUNFAN, "58,287.00")):
            self.orders["deduct", agency] = self.deduct(agency, amount)["results"][0]["order_id"]
        self.ledger(in_transit="118,287.00", deducted="80,000.00")
        self.clock.move_to(at(9, 30, 17, 0))
        for agency, amount in ((SONGYUE, "60,000.00"), (YUNFAN, "58,287.00")):
            # The payment system: the money is booked at the court's bank, then confirmed at the sender's.
            payment = self.counter(agency, "payments")["payments"][0]["payment"]
            self.counter(BEILING, "receive", payment, cast.ACCOUNT_COURT, amount)
            self.counter(agency, "confirm", payment)
        self.ledger(deducted="198,287.00", in_transit="0.00", controlled="0.00")
        release = self.eagle("order", "release", *self.subject(), "--agency", LAND, "--measure", self.orders["freeze", LAND], "--ground", "DEBT_PAID", *self.papers("RULING", "ASSISTANCE_NOTICE"),
                             "--sign", cast.HANDLER, "--sign", cast.COSIGNER)
        self.orders["release", LAND] = release["results"][0]["order_id"]
        self.answered(("release", LAND))
        s.equal("the house: released, and （2026）辽9902执231号 moves up", self.house(), [cast.OTHER_SEAL])

    def refuse_wrong_account(self):
        order = {"court": COURT, "caseNumber": CASE, "action": "ACTION_DEDUCT", "urgency": "URGENCY_NORMAL", "agencies": [BEILING],
                 "subject": {"name": "林远舟", "idKind": "CITIZEN_ID", "idNumber": "990101198503070017"}, "purpose": "EXECUTION", "legalBasis": "民事诉讼法第253条"}
        path = os.path.join(self.folder, "wrong_account.json")
        order["deduct"] = {"freezeOrderId": self.id64(self.orders["freeze", BEILING]), "currency": "CNY", "amountMinorUnits": "8000000",
                           "account": {"accountName": "北陵市松月区人民法院执行款专户", "bank": BEILING, "accountNumber": cast.ACCOUNT_NAMESAKE}, "accountStatement": self.id64("00" * 32)}
        with open(path, "w") as file:
            json.dump(order, file, ensure_ascii=False)
        refused = self.eagle("order", "deduct", "--file", path, *self.papers("RULING", "ASSISTANCE_NOTICE", "JUDGMENT_COPY"), "--sign", cast.HANDLER, "--sign", cast.COSIGNER, expect=3)
        self.stage.check("a wrong account is refused", "ACCOUNT_NOT_COURTS" in self.problems(refused), refused)

    @staticmethod
    def id64(text):
        import base64
        return base64.b64encode(bytes.fromhex(text.replace("-", ""))).decode()

    def tie_out(self):
        s = self.stage
        balance = lambda agency, account: self.counter(agency, "show", account)["accounts"][0]["balance"]
        s.equal("left to 林远舟 at 北陵商业银行", balance(BEILING, cast.ACCOUNT_BEILING), "1,350.27")
        s.equal("at 松月农商行", balance(SONGYUE, cast.ACCOUNT_SONGYUE), "35,000.00")
        s.equal("at 云帆银行", balance(YUNFAN, cast.ACCOUNT_YUNFAN), "91,713.00")
        s.say("306,350.27 + 20,000.00 that arrived = 128,063.27 + 198,287.00 taken")
        s.equal("the court's account", balance(BEILING, cast.ACCOUNT_COURT), "198,287.00")
        s.equal("the namesake still has", balance(BEILING, cast.ACCOUNT_NAMESAKE), "2,000,000.00")

    def play(self):
        self.build_the_stage()
        for step in (self.step1, self.step2, self.step3, self.step4, self.step5, self.step6, self.step8_marks, self.silence, self.step7, self.step9, self.step10):
            step()
        self.tie_out()
        audit.who_looked(self)


ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # Ctrl-C, kill, the terminal is closed


def interrupt(number, frame):
    raise KeyboardInterrupt


def try_it_yourself(demo, binaries, seconds):
    """Says what can be tried, and waits for Ctrl-C."""
    start = f"EAGLE_STEP_CLOCK={quote(demo.clock.path)} {quote(binaries + '/eagle')} --config "
    config = lambda role: quote(os.path.join(demo.folder, "pki", "config", role + ".toml"))
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    print(f"\nAll {demo.stage.checks} assertions held in {seconds:.1f} s. Everything stays up until Ctrl-C, which plays the last scene and ends it. Try, in another terminal:\n")
    print(f"  {start}{config('court-' + COURT)} case show {quote(CASE)} --officer 001 --purpose EXECUTION")
    print(f"  {start}{config('court-' + COURT)} order list")
    if demo.registers:
        print(f"  {start}{config('court-' + COURT)} case measures")
        print(f"  {start}{config('court-' + COURT)} findings {demo.orders['locate']} --officer 001 --purpose EXECUTION")
        print(f"  {start}{config('operator-operations')} agency positions")
        print(f"  {start}{config('operator-operations')} agency list")
    print(f"  {start}{config('auditor-audit')} journal verify\n", flush=True)
    signal.sigwait(ENDING)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)


def main():
    for number in ENDING:
        signal.signal(number, interrupt)  # also where the shell started us in the background, with Ctrl-C ignored
    once = "--once" in sys.argv[2:]
    binaries = os.path.abspath(sys.argv[1])
    folder = os.path.abspath(os.environ.get("GATEWAY_DEMO_FOLDER") or os.path.join(ROOT, "demo"))
    began = time.monotonic()
    demo = Demo(binaries, folder)
    if "--full" in sys.argv[2:]:
        demo.registers = cast.LATER
    try:
        demo.play()
        if demo.registers:
            full.play(demo)
        if not once:
            try_it_yourself(demo, binaries, time.monotonic() - began)
        audit.trust_nobody(demo)
        print(f"\nThe demo case was played: {demo.stage.checks} assertions held, {time.monotonic() - began:.1f} s.")
        return 0
    except Failed as failure:
        print(f"\nFAILED: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted; what the demo had started is ended.", file=sys.stderr)
        return 130
    finally:
        for number in ENDING:
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave half of it running
        demo.stage.stop_all()


if __name__ == "__main__":
    sys.exit(main())
