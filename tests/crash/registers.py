#!/usr/bin/env python3
"""The registers of vehicles, equity and patents behind a real gateway: what a court orders of them, asserted from outside, and death between effect and receipt.

registers.py BIN_FOLDER WORK_FOLDER

Two cases on one respondent. Of each order there is a moment when the register has done it and the gateway has not heard of it: then gateway and registers are
killed with SIGKILL. A gate before each register (gate.py) makes that moment last; what was said in it is lost with the dead.
"""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "deploy", "demo"))
import audit  # noqa: E402
import cast  # noqa: E402
import play  # noqa: E402
from cast import CAR, CASE, COMPANIES, COMPANY, OFFICES, PATENT, PATENTS, VEHICLES  # noqa: E402
from drill import drill  # noqa: E402
from gate import Gate  # noqa: E402
from stage import Failed, at  # noqa: E402

OTHER = "（2026）辽9901执1025号"
THINGS = {VEHICLES: ("VEHICLE", CAR), COMPANIES: ("EQUITY", COMPANY), PATENTS: ("PATENT", PATENT)}
BY_OFFICERS = ["--sign", cast.HANDLER, "--sign", cast.COSIGNER]


class Registers(play.Demo):
    registers = cast.REGISTERS

    def __init__(self, binaries, folder):
        super().__init__(binaries, folder)
        self.gates = {code: Gate(self.port) for code in self.registers}
        self.deaths = 0

    def port_for(self, code):
        return self.gates[code].port if code in self.gates else self.port

    # --- what a court does and sees

    def send(self, verb, case, code, *arguments, expect=0):
        papers = self.papers("RULING", "ASSISTANCE_NOTICE")
        sent = self.eagle("order", verb, "--case", case, "--subject", cast.DEBTOR, "--agency", code, *arguments, *papers, *BY_OFFICERS, expect=expect)
        if expect == 0:
            self.orders[verb, case, code] = sent["results"][0]["order_id"]
        return sent

    def freeze(self, case, code, share, value, term):
        kind, unit = THINGS[code]
        # What a patent is preserved against has to be named; everybody else bars all that his row has.
        acts = ("TRANSFER", "CHANGE", "PLEDGE", "CANCELLATION") if kind == "PATENT" else ()
        barred = [word for act in acts for word in ("--block", act)]
        return self.send("freeze", case, code, "--asset", f"{kind}:{unit}:{share}", "--limit", value, "--term", term, *barred)

    def seen(self, case, code):
        return self.measure_of(case, self.orders["freeze", case, code])

    def expect(self, case, code, phase, **expected):
        self.stands(case, self.orders["freeze", case, code], phase=phase, **expected)

    def outcome(self, verb, case, code):
        task = self.eagle("order", "show", self.orders[verb, case, code])["tasks"][0]
        return task["state"], task["outcome"]

    def answered_with(self, verb, case, code, outcome):
        try:
            self.stage.wait("an answer", lambda: self.outcome(verb, case, code) == ("DONE", outcome), 20)
        except Failed:
            raise Failed(f"{verb} at {OFFICES[code].name}: expected {outcome}, seen {self.outcome(verb, case, code)}")

    # --- what the register itself shows

    def seals(self, code):
        """The respondent's part: all that ever stood on it, and what of a quantity is free."""
        holder = next(row for row in self.counter(code, "show", THINGS[code][1])["holders"] if row["name"] == "林远舟")
        return {"free": holder.get("free"), "rows": holder["seals"]}

    def row(self, case, code):
        own = [row for row in self.seals(code)["rows"] if row["seal"].startswith(self.orders["freeze", case, code])]
        if len(own) > 1:
            raise Failed(f"one order did more than one thing: {own}")
        return own[0] if own else {}

    def barred(self, code, act, by=None, more=()):
        """Whether the office itself may register an act now; `by`: the case whose measure forbids it."""
        asked = self.counter(code, "check", "--unit", THINGS[code][1], "--act", act, *more, expect=3 if by else 0)
        seen = (asked["reason"], asked["metadata"]["document"], asked["metadata"]["measure"]) if by else asked["barred"]
        expected = ("MEASURE_EXISTS", by, self.row(by, code)["seal"]) if by else False
        self.stage.check(f"{OFFICES[code].name}: {' '.join((act, *more))} {'barred by ' + by if by else 'free'}", seen == expected, asked)

    def approve(self):
        reviews = self.counter(COMPANIES, "review", "list")["reviews"]
        if len(reviews) != 1:
            raise Failed(f"one freeze waits for its publication, seen {reviews}")
        self.counter(COMPANIES, "review", "approve", reviews[0]["id"])

    # --- death between effect and receipt

    def done_unheard(self, what, act, done, unheard):
        """act() orders something of every register; once done(code) of each and unheard() of the court, everybody dies."""
        s = self.stage
        for gate in self.gates.values():
            gate.shut()
        act()
        for code, gate in self.gates.items():
            for _ in range(20):  # one that was not waiting for work when its gate fell asks once more
                try:
                    s.wait(f"{OFFICES[code].name} to have done it", lambda: done(code), 2)
                    break
                except Failed:
                    gate.let_pass()
            else:
                raise Failed(f"{OFFICES[code].name} never did it: {what}")
        s.check(f"{what}: done in three registers, and the court has heard nothing", unheard())
        s.kill("gateway")
        for code, gate in self.gates.items():
            s.kill(OFFICES[code].folder)
            gate.cut()
            gate.open()
        self.start_gateway()
        for code in self.gates:
            self.start_agency(code)
        self.present(set(self.gates))
        self.deaths += 1 + len(self.gates)

    # --- the play

    def connect(self):
        self.build_the_stage()
        self.clock.move_to(at(9, 28, 9, 0))
        for code in self.registers:
            self.join(code)
        self.present(set(self.registers))
        for case in (CASE, OTHER):
            self.eagle("case", "open", "--case", case, "--title", cast.TITLE, "--applicant", cast.APPLICANT, "--handler", cast.HANDLER, "--leader", cast.LEADER,
                       "--principal", "1,000,000.00", "--respondent", cast.DEBTOR + ";JOINT", "--sign", cast.HANDLER, "--sign", cast.LEADER)

    def inquire(self):
        s = self.stage
        agencies = [word for code in self.registers for word in ("--agency", code)]
        sent = self.eagle("order", "inquire", *self.subject(), *agencies, *self.papers("ASSISTANCE_NOTICE"), "--sign", cast.HANDLER)
        self.orders["inquiry"] = sent["results"][0]["order_id"]
        self.answered("inquiry")
        found = {code: [(f["outcome"], f["asset_kind"], f["asset"], f["share"], f["status"]) for f in rows] for code, rows in self.findings("inquiry").items()}
        s.equal("found", found, {VEHICLES: [("FOUND", "VEHICLE", CAR, "1/1", "NORMAL")], COMPANIES: [("FOUND", "EQUITY", COMPANY, "30/100", "NORMAL")],
                                 PATENTS: [("FOUND", "PATENT", PATENT, "1/1", "NORMAL")]})
        told = {code: rows[0]["description"] for code, rows in self.findings("inquiry").items()}
        s.check("with the plate, what is free of his share, the licence", "辽99A7K21" in told[VEHICLES] and "未冻结数额 1,500,000.00" in told[COMPANIES] and "排他许可" in told[PATENTS], told)

    def first(self):
        """The equity order arrives two days before it is published: its term counts from the publication."""
        s = self.stage
        self.freeze(CASE, COMPANIES, "20/100", "200,000.00", "6m")
        s.wait("the clerk's work", lambda: self.counter(COMPANIES, "review", "list")["reviews"])
        s.wait("the court to hear so", lambda: self.outcome("freeze", CASE, COMPANIES) == ("IN_PROGRESS", "UNDER_REVIEW"))
        self.clock.move_to(at(9, 30, 10, 0))

        def act():
            self.freeze(CASE, VEHICLES, "1/1", "60,000.00", "6m")
            self.freeze(CASE, PATENTS, "1/1", "40,000.00", "6m")
            self.approve()
        self.done_unheard("sealed, published, preserved", act, lambda code: self.row(CASE, code).get("phase") == "EFFECTIVE",
                          lambda: all(self.seen(CASE, code)["phase"] == "REQUESTED" for code in self.gates))
        for code, value in ((VEHICLES, "60,000.00"), (COMPANIES, "200,000.00"), (PATENTS, "40,000.00")):
            self.expect(CASE, code, "EFFECTIVE", controlled=value, unfunded="0.00", rank=1, effective_to="2027-03-30T00:00:00+08:00")
        for code, served in ((VEHICLES, "2026-09-30T10:00"), (COMPANIES, "2026-09-28T09:00"), (PATENTS, "2026-09-30T10:00")):
            row = self.row(CASE, code)
            s.check(f"{OFFICES[code].name}: served {served}, in effect since 30 September 10:00, to 29 March",
                    row["served_at"].startswith(served) and row["effective_from"].startswith("2026-09-30T10:00") and row["last_day"] == "2027-03-29", row)
        s.equal("of his 1,500,000.00 in the company there is free", self.seals(COMPANIES)["free"], "500,000.00")
        self.ledger(CASE, requested="0.00", controlled="300,000.00", unfunded="0.00")

    def second(self):
        s = self.stage
        self.freeze(OTHER, VEHICLES, "1/1", "60,000.00", "1y")
        self.freeze(OTHER, COMPANIES, "30/100", "300,000.00", "3y")
        self.freeze(OTHER, PATENTS, "1/1", "40,000.00", "6m")
        self.expect(OTHER, VEHICLES, "WAITLISTED", controlled="0.00", rank=2, effective_to=None)
        s.wait("the clerk's work", lambda: self.counter(COMPANIES, "review", "list")["reviews"])
        self.approve()
        self.expect(OTHER, COMPANIES, "EFFECTIVE", requested="300,000.00", controlled="100,000.00", unfunded="200,000.00", rank=2, effective_to="2029-09-30T00:00:00+08:00")
        self.answered_with("freeze", OTHER, PATENTS, "NOT_CONTROLLED")
        told = self.eagle("findings", self.orders["freeze", OTHER, PATENTS], "--officer", cast.HANDLER)["findings"][0]["remark"]
        s.equal("the patent has no waitlist, and who was first is told", told, f"ALREADY_PRESERVED: preserved by 辽9901 {CASE} until 2027-03-29")
        self.ledger(OTHER, requested="0.00", controlled="100,000.00", unfunded="200,000.00", contingent="60,000.00")
        for code, acts in ((VEHICLES, ("TRANSFER", "MORTGAGE", "CHANGE")), (PATENTS, ("TRANSFER", "CANCELLATION", "CHANGE", "PLEDGE"))):
            for act in acts:
                self.barred(code, act, by=CASE)
        self.barred(COMPANIES, "TRANSFER", by=CASE, more=("--holder", "1", "--share", "1/100"))

    def renewal(self):
        s = self.stage
        early = self.send("renew", CASE, VEHICLES, "--measure", self.orders["freeze", CASE, VEHICLES], "--term", "6m", expect=3)
        s.equal("too early", self.problems(early), {"RENEWAL_TOO_EARLY"})
        waiting = self.send("renew", OTHER, VEHICLES, "--measure", self.orders["freeze", OTHER, VEHICLES], "--term", "6m", expect=3)
        s.equal("what waits has no term", self.problems(waiting), {"MEASURE_NOT_EFFECTIVE"})
        self.clock.move_to(at(1, 4, 9, 0, year=2027))
        ending = {(row["agency_code"], row["days_left"], row["renewal"]) for row in self.eagle("case", "measures", "--ending", "90")["rows"]}
        s.equal("what ends within 90 days", ending, {(code, 84, "NOW") for code in self.gates})

        def act():
            for code in self.gates:
                self.send("renew", CASE, code, "--measure", self.orders["freeze", CASE, code], "--term", "6m")
        self.done_unheard("renewed", act, lambda code: self.row(CASE, code)["last_day"] == "2027-09-29",
                          lambda: all(self.seen(CASE, code)["effective_to"].startswith("2027-03-30") for code in self.gates))
        for code in self.gates:
            self.answered_with("renew", CASE, code, "RENEWED")
            self.expect(CASE, code, "EFFECTIVE", unfunded="0.00", rank=1, effective_to="2027-09-30T00:00:00+08:00")
        self.expect(OTHER, VEHICLES, "WAITLISTED", rank=2)
        s.equal("each once", [self.row(CASE, code)["last_day"] for code in self.gates], ["2027-09-29"] * 3)

    def released(self):
        """Car and patent wholly; of the equity 50,000.00 of 200,000.00, which is as much of its quantity."""
        s = self.stage

        def act():
            for code, part in ((VEHICLES, ()), (COMPANIES, ("--amount", "50,000.00")), (PATENTS, ())):
                self.send("release", CASE, code, "--measure", self.orders["freeze", CASE, code], "--ground", "SURPLUS", *part)
        self.done_unheard("released", act, lambda code: self.row(CASE, code)["phase"] == "RELEASED" or self.row(CASE, code).get("quantity") == "750,000.00",
                          lambda: all(self.seen(CASE, code)["phase"] == "EFFECTIVE" for code in self.gates))
        for code in self.gates:
            self.answered_with("release", CASE, code, "RELEASED")
        for code in (VEHICLES, PATENTS):
            self.expect(CASE, code, "RELEASED", controlled="0.00")
        self.expect(OTHER, VEHICLES, "EFFECTIVE", controlled="60,000.00", unfunded="0.00", rank=1, effective_to="2028-01-04T00:00:00+08:00")
        s.check("promoted by the release: in effect since then", self.row(OTHER, VEHICLES)["effective_from"].startswith("2027-01-04T09:00"), self.row(OTHER, VEHICLES))
        self.expect(CASE, COMPANIES, "EFFECTIVE", requested="150,000.00", controlled="150,000.00", rank=1, effective_to="2027-09-30T00:00:00+08:00")
        self.expect(OTHER, COMPANIES, "EFFECTIVE", controlled="150,000.00", unfunded="150,000.00", rank=2, effective_to="2029-09-30T00:00:00+08:00")
        s.equal("their quantities", (self.row(CASE, COMPANIES)["quantity"], self.row(OTHER, COMPANIES)["controlled"], self.seals(COMPANIES)["free"]), ("750,000.00", "750,000.00", "0.00"))
        self.ledger(CASE, controlled="150,000.00", unfunded="0.00")
        self.ledger(OTHER, controlled="210,000.00", unfunded="150,000.00", contingent="0.00")

    def afterwards(self):
        """What was released is free for the next: the patent by a new order, all of the equity by the end of the first."""
        s = self.stage
        self.barred(PATENTS, "TRANSFER")
        self.freeze(OTHER, PATENTS, "1/1", "40,000.00", "6m")
        self.expect(OTHER, PATENTS, "EFFECTIVE", controlled="40,000.00", rank=1, effective_to="2027-07-04T00:00:00+08:00")
        self.send("release", CASE, COMPANIES, "--measure", self.orders["freeze", CASE, COMPANIES], "--ground", "WITHDRAWN")
        self.expect(OTHER, COMPANIES, "EFFECTIVE", controlled="300,000.00", unfunded="0.00", rank=1)
        self.barred(VEHICLES, "TRANSFER", by=OTHER)
        self.send("release", OTHER, VEHICLES, "--measure", self.orders["freeze", OTHER, VEHICLES], "--ground", "WITHDRAWN")
        self.expect(OTHER, VEHICLES, "RELEASED")
        self.barred(VEHICLES, "TRANSFER")
        self.ledger(CASE, controlled="0.00", requested="0.00", unfunded="0.00")
        self.ledger(OTHER, controlled="340,000.00", requested="0.00", unfunded="0.00", contingent="0.00")
        s.equal("rows of the car, in the register", [(row["document"], row["phase"]) for row in self.seals(VEHICLES)["rows"]], [(CASE, "RELEASED"), (OTHER, "RELEASED")])

    def too_late(self):
        """A clerk who refuses; a renewal that is under way when the term ends."""
        s = self.stage
        self.freeze(CASE, VEHICLES, "1/1", "60,000.00", "6m")
        self.expect(CASE, VEHICLES, "EFFECTIVE", controlled="60,000.00", rank=1, effective_to="2027-07-04T00:00:00+08:00")
        self.freeze(CASE, COMPANIES, "5/100", "50,000.00", "1y")
        s.wait("the clerk's work", lambda: self.counter(COMPANIES, "review", "list")["reviews"])
        self.ledger(CASE, requested="50,000.00", controlled="60,000.00")
        self.counter(COMPANIES, "review", "refuse", self.counter(COMPANIES, "review", "list")["reviews"][0]["id"], "--reason", "TRANSFER_COMPLETED")
        self.answered_with("freeze", CASE, COMPANIES, "NOT_CONTROLLED")
        self.ledger(CASE, requested="0.00", controlled="60,000.00")

        ending = ((CASE, VEHICLES), (OTHER, PATENTS))
        self.clock.move_to(at(7, 3, 17, 0, year=2027))
        for case, code in ending:
            s.stop(OFFICES[code].folder)
            self.send("renew", case, code, "--measure", self.orders["freeze", case, code], "--term", "6m")
        self.clock.move_to(at(7, 4, 8, 30, year=2027))
        for case, code in ending:
            self.expect(case, code, "EXPECTED_LAPSED")
            self.start_agency(code)
        for case, code in ending:
            self.answered_with("renew", case, code, "NOT_RENEWED")
            self.expect(case, code, "LAPSED", controlled="0.00")
            s.equal("in the register", (self.row(case, code)["phase"], self.row(case, code)["last_day"]), ("LAPSED", "2027-07-03"))
            self.barred(code, "TRANSFER")
        self.ledger(CASE, controlled="0.00", requested="0.00", unfunded="0.00")
        self.ledger(OTHER, controlled="300,000.00", requested="0.00", unfunded="0.00")

    def judge(self):
        s = self.stage
        open_orders = [row for case in (CASE, OTHER) for row in self.eagle("order", "list", "--case", case, "--open").get("rows", [])]
        s.equal("orders without their last word", open_orders, [])
        for code in self.gates:
            status = self.counter(code, "status")
            s.equal(f"{OFFICES[code].name}: receipts in conflict, refused; tasks in doubt", (status["receipts_conflict"], status["receipts_refused"], status["in_doubt"]), (0, 0, 0))
        self.eagle("journal", "verify", role="auditor-audit")
        s.stop_all()
        replay = audit.journal(self, "replay", "data", "--last-signed", "last_signed", "--master-key", "pki/keys/master.key")
        s.equal("replay", replay["replay"]["verdict"], "replay agrees")
        audit.published(self)

    def run(self):
        for step in (self.connect, self.inquire, self.first, self.second, self.renewal, self.released, self.afterwards, self.too_late, self.judge):
            step()


def main():
    test = Registers(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]))
    return drill(test, test.run, lambda: f"{test.stage.checks} assertions held, {test.deaths} processes killed between effect and receipt")


if __name__ == "__main__":
    sys.exit(main())
