#!/usr/bin/env python3
"""Plays the demo case: play.py BIN_FOLDER [--full] [--once]   (in GATEWAY_DEMO_FOLDER, else demo/)

Starts a gateway, three banks and a land registry as processes on free loopback ports and tells the case of 林远舟 step by step with the
product's own commands. Every figure is asserted: --once ends with 0 only if all of them held. Without it everything stays up until Ctrl-C. --full goes on with a second case, of things that are not money, and a third, at the housing fund (full.py).
"""
import json
import os
import shutil
import signal
import sys
import time
from shlex import quote

import audit
import cast
import evidence
import full
import witnesses
from cast import BEILING, CASE, COURT, FOLDERS, LAND, NAMES, OFFICES, SONGYUE, YUNFAN
from stage import Failed, Stage, StepClock, at, free_port

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAPERS = {"RULING": "裁定书.pdf", "ASSISTANCE_NOTICE": "协助执行通知书.pdf", "JUDGMENT_COPY": "判决书.pdf"}


class Demo:
    registers = ()  # agencies that have keys from the set-up on and join later (join)
    slow = {YUNFAN: 5}  # seconds between the commit of a bank's core and its reply

    def __init__(self, binaries, folder):
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder, mode=0o700)
        self.clock = StepClock(os.path.join(folder, "clock"), at(9, 28, 8, 30))
        self.stage = Stage(binaries, folder, self.clock)
        self.folder = folder
        self.root = ROOT
        self.port = free_port()
        self.admin_port = free_port()
        self.orders = {}

    # --- small words

    def eagle(self, *arguments, role="court-" + COURT, expect=0, show=False):
        return self.stage.run(["eagle", "--config", f"pki/config/{role}.toml", "--output", "json", "--yes"] + list(arguments), expect, show)

    def counter(self, agency, *arguments, expect=0, show=False):
        office = OFFICES[agency]
        if office.section in cast.MONEY:
            command = ["eagle-" + office.section, "counter", "--socket", office.folder + ".sock", "--output", "json"]
        else:
            command = ["eagle-" + office.section, "counter", "--config", office.folder + ".toml", "--json"]
        return self.stage.run(command + list(arguments), expect, show)

    def subject(self, who=cast.DEBTOR):
        return ["--case", CASE, "--subject", who]

    def papers(self, *categories):
        out = []
        for category in categories:
            out += ["--paper", f"{category}={PAPERS[category]}"]
        return out

    def papers_at(self, agency):
        """Which papers the agency has fetched, by their bytes."""
        folder = os.path.join(self.folder, OFFICES[agency].folder, "papers")
        kept = set()
        for name in os.listdir(folder) if os.path.isdir(folder) else []:
            with open(os.path.join(folder, name), "rb") as file:
                kept.add(file.read())
        read = lambda name: open(os.path.join(self.folder, name), "rb").read()
        return {category for category, name in PAPERS.items() if read(name) in kept}

    def case(self, number=CASE):
        return self.eagle("case", "show", number, "--officer", cast.HANDLER)

    def ledger(self, number=CASE, **amounts):
        def seen():
            ledger = self.case(number)["ledger"]
            return all(ledger[name] == amount for name, amount in amounts.items()) and ledger
        try:
            self.stage.wait(f"the ledger to say {amounts}", seen, 20)
        except Failed:
            raise Failed(f"ledger {amounts}, seen {self.case(number)['ledger']}")
        self.stage.check(("ledger: " if number == CASE else f"{number}, ledger: ") + ", ".join(f"{name} {amount}" for name, amount in amounts.items()), True)

    def measure(self, agency):
        order = self.orders["freeze", agency]
        return next(m for m in self.case()["measures"] if m["freeze_order"] == order)

    def measure_of(self, number, order):
        return next(row for row in self.case(number)["measures"] if row["freeze_order"] == order)

    def stands(self, number, order, **expected):
        """Waits until the court sees the measure that `order` made in the case `number` so."""
        def seen():
            row = self.measure_of(number, order)
            return all(row[name] == value for name, value in expected.items()) and row
        try:
            row = self.stage.wait("a measure", seen, 20)
        except Failed:
            row = self.measure_of(number, order)
        words = ", ".join(value if name == "phase" else f"{name} {value}" for name, value in expected.items())
        self.stage.check(f"{row['agency']}, {number}: {words}", all(row[name] == value for name, value in expected.items()), row)

    def amounts(self, agency, controlled, unfunded, phase="EFFECTIVE"):
        def seen():
            measure = self.measure(agency)
            return measure["phase"] == phase and measure["controlled"] == controlled and measure["unfunded"] == unfunded
        try:
            self.stage.wait(f"{NAMES[agency]}", seen, 20)
        except Failed:
            raise Failed(f"{NAMES[agency]}: expected {phase} {controlled} / {unfunded}, seen {self.measure(agency)}")
        self.stage.check(f"{NAMES[agency]}: {phase}, controlled {controlled}, unfunded {unfunded}", True)

    def order(self, key):
        return self.eagle("order", "show", self.orders[key])

    def tasks(self, key):
        return {task["agency_code"]: task for task in self.order(key)["tasks"]}

    def answered(self, key, seconds=20):
        self.stage.wait(f"answers to {key}", lambda: all(t["state"] not in ("QUEUED", "DELIVERED") for t in self.tasks(key).values()), seconds)

    def problems(self, document):
        return {problem["reason"] for problem in document["problems"]}

    def adopt(self, kind, path, ground):
        """One administrator proposes, another approves."""
        proposed = self.eagle("admin", "propose", kind, "--file", path, "--ground", ground, "--key", "pki/keys/administrator-one.pem", role=self.first_operator())
        approved = self.eagle("admin", "approve", str(proposed["results"][0]["proposal"]), "--key", "pki/keys/administrator-two.pem", role=self.first_operator())
        self.stage.equal(f"two administrators agreed ({kind}): {ground}", [row["result"] for row in approved["results"]], ["IN_EFFECT"])

    # --- the set-up

    def build_the_stage(self):
        s = self.stage
        s.scene("The stage is set", "布置")
        address = f"127.0.0.1:{self.port}"
        with open(os.path.join(self.folder, "spec.json"), "w") as file:
            json.dump(cast.pki_spec(address, f"127.0.0.1:{self.admin_port}", "2026-09-01T00:00:00+08:00", cast.FIRST + tuple(self.registers)), file, ensure_ascii=False)
        for name in PAPERS.values():
            with open(os.path.join(self.folder, name), "wb") as file:
                file.write(b"%PDF-1.4\n% " + name.encode() + b"\n")
        s.run(["eagle", "pki", "make", "--spec", "spec.json", "--out", "pki"])
        agencies = {4: "four", 7: "seven", 8: "eight"}[len(cast.FIRST) + len(self.registers)]
        s.say(f"keys for a gateway, a court with four officers, {agencies} agencies, three administrators and three registrars")
        admins = ",".join(f"pki/keys/administrator-{n}.pub" for n in ("one", "two", "three"))
        registrars = ",".join(f"pki/keys/registrar-{n}.pub" for n in ("one", "two", "three"))
        s.run(["eagle", "init", "--data", "data", "--last-signed", "last_signed", "--origin", "demo.golden-eagle.test/log1", "--environment", "test",
               "--log-key", "pki/keys/log.key", "--master-key", "pki/keys/master.key", "--administrators", admins, "--registrars", registrars])
        s.say("the log is founded: entry 0 names its administrators and registrars")
        with open(os.path.join(self.folder, "gateway.toml"), "w") as file:
            file.write(f"""environment = "test"
trust_domain = "demo.golden-eagle.test"
[data]
folder = "data"
last_signed = "last_signed"
master_key = "pki/keys/master.key"
log_key = "pki/keys/log.key"
staging = "staging"
[api]
listen = ["{address}"]
certificate = "pki/tls/gateway-gateway.pem"
key = "pki/tls/gateway-gateway.key"
authorities = "pki/tls/ca.pem"
[admin]
listen = "127.0.0.1:{self.admin_port}"
[agencies]
absent_after_seconds = 4
""")
        self.start_gateway()
        proposals = [f"pki/admin/court-{code}.json" for code in (COURT, cast.SUPERIOR)] + [f"pki/admin/agency-{code}.json" for code in NAMES]
        indexes = []
        for kind, files in (("court", proposals[:2]), ("agency", proposals[2:]), ("system", [f"pki/admin/system-{name}.json" for name in ("operations", "audit", "supervision", "association")]),
                            ("policy", [os.path.join(ROOT, "deploy/policy/cn-2026.txtpb")])):
            arguments = ["admin", "propose", kind, "--ground", "set-up", "--key", "pki/keys/administrator-one.pem"]
            for path in files:
                arguments += ["--file", path]
            indexes += [str(row["proposal"]) for row in self.eagle(*arguments, role=self.first_operator())["results"]]
        approved = self.eagle("admin", "approve", *indexes, "--key", "pki/keys/administrator-two.pem", role=self.first_operator())
        s.check("two administrators agreed on courts, agencies and the policy table", all(row["result"] == "IN_EFFECT" for row in approved["results"]))
        self.eagle("directory", "submit", "pki/statements/organisations.batch", f"pki/statements/court-{COURT}.batch", role=self.first_operator())
        s.check("statements: keys by two of three registrars, officers and the enforcement account by the court's own key", True)
        witnesses.make_keys(self)
        witnesses.register(self)
        for name in witnesses.WITNESSES:
            witnesses.start(self, name)
        for code, folder in FOLDERS.items():
            self.write_adapter(code, folder)
        for code in (BEILING, SONGYUE, LAND):
            self.start_agency(code)
        self.clock.move_to(at(9, 28, 8, 40))
        self.start_agency(YUNFAN)
        self.present({BEILING, SONGYUE, LAND, YUNFAN})
        self.stage.stop(FOLDERS[YUNFAN])
        s.wait("云帆银行 to be recorded as absent", lambda: self.presence()[YUNFAN]["presence"].upper().startswith("ABSENT"))
        s.say("云帆银行 has said Hello and is stopped at 08:40")

    def first_operator(self):
        return "operator-operations"

    def start_gateway(self):
        port_file = os.path.join(self.folder, "ports.json")
        if os.path.exists(port_file):
            os.remove(port_file)
        self.stage.start("gateway", ["golden-eagle", "--config", "gateway.toml", "--port-file", port_file], lambda: os.path.exists(port_file))

    def join(self, code):
        """Lets one of `registers` in and starts it."""
        self.adopt("agency", f"pki/admin/agency-{code}.json", f"{OFFICES[code].name} is connected 接入")
        self.write_adapter(code, OFFICES[code].folder)
        self.start_agency(code)

    def write_adapter(self, code, folder):
        section = OFFICES[code].section
        self.write_config(code, folder)
        data = self.csv_of(code)
        os.makedirs(os.path.join(self.folder, folder), exist_ok=True)
        if section in cast.MONEY:
            self.stage.run(["eagle-" + section, "import", "--data", folder, "--csv", data])
        else:
            self.stage.run(["eagle-" + section, "import", "--config", folder + ".toml", data])

    def csv_of(self, code):
        """The invented people and things that an office begins with."""
        office = OFFICES[code]
        return os.path.join(ROOT, "adapters", "housing_fund" if office.section == "fund" else office.section, "data", office.folder if office.section == "bank" else "demo")

    def write_config(self, code, folder):
        with open(os.path.join(self.folder, "pki", "summary.json")) as file:
            self.summary = json.load(file)
        registrars = [self.summary["keys"]["registrar-" + name] for name in ("one", "two", "three")]
        with open(os.path.join(self.folder, folder + ".toml"), "w") as file:
            file.write(self.adapter_config(code, folder, registrars))

    def make_quick(self, bank):
        """From now on its core replies at once."""
        self.slow = {}
        self.write_config(bank, OFFICES[bank].folder)
        self.stage.stop(OFFICES[bank].folder)
        self.start_agency(bank)

    def adapter_config(self, code, folder, registrars):
        keys = ", ".join(json.dumps(key) for key in registrars)
        office = OFFICES[code]
        section = f"reply_delay = {self.slow.get(code, 0)}" if office.section in cast.MONEY else f'registry = "{office.name}"'
        # 云帆银行 waits for no paper: it dies with its inquiry worked on and not reported.
        return f"""[gateway]
address = "127.0.0.1:{self.port_for(code)}"
authority = "pki/tls/ca.pem"
spiffe_id = "spiffe://demo.golden-eagle.test/gateway/gateway"
[system]
agency = "{code}"
certificate = "pki/tls/agency-{code}.pem"
key = "pki/tls/agency-{code}.key"
receipt_key = "pki/keys/agency-{code}.pem"
data = "{folder}"
socket = "{folder}.sock"
[trust]
environment = "test"
registrars = [{keys}]
log_policy = "log.policy"
[contact]
name = "值班员"
phone = "0990-110000"
[papers]
rule = "{'ignore' if code == YUNFAN else 'wait'}"
[{office.section}]
{section}
"""

    def port_for(self, code):
        """Where an agency finds the gateway."""
        return self.port

    def start_agency(self, code):
        folder = OFFICES[code].folder
        self.stage.start(folder, ["eagle-" + OFFICES[code].section, "run", "--config", folder + ".toml"], lambda: os.path.exists(os.path.join(self.folder, folder + ".sock")))

    def presence(self):
        return {row["code"]: row for row in self.eagle("agency", "list")["rows"]}

    def present(self, codes):
        self.stage.wait("the agencies to say Hello", lambda: codes <= {code for code, row in self.presence().items() if row["presence"].upper().startswith("PRESENT")})

    # --- the story

    def step1(self):
        s = self.stage
        self.clock.move_to(at(9, 28, 9, 0))
        s.scene("The case is opened", "立案")
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
        s.scene("Who has what? A dry run, then one urgent inquiry", "查询")
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
        s.scene("Nothing found is not no answer", "反馈")
        began = time.monotonic()
        s.wait("three answers", lambda: sum(t["state"] == "DONE" for t in self.tasks("inquiry").values()) == 3, 20)
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

    def findings(self, key):
        out = {}
        for row in self.eagle("findings", self.orders[key], "--officer", "001", "--purpose", "EXECUTION")["findings"]:
            out.setdefault(row["agency_code"], []).append(row)
        return out

    def step4(self):
        s = self.stage
        self.clock.move_to(at(9, 28, 9, 10))
        s.scene("Freeze: one group, three signatures on one head", "冻结")
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
        s.scene("Exactly once, through two deaths", "恰好一次")
        self.start_agency(YUNFAN)
        s.wait("the freeze in 云帆银行's core", lambda: self.held_at_yunfan() == "58,287.00", 30)
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
        s.scene("Money arrives", "续入")
        self.counter(BEILING, "deposit", cast.ACCOUNT_BEILING, "20,000.00", show=True)
        self.amounts(BEILING, "80,000.00", "0.00")
        account = self.counter(BEILING, "show", cast.ACCOUNT_BEILING)["accounts"][0]
        s.equal("free on the account", account["available"], "1,350.27")

    def step8_marks(self):
        s = self.stage
        s.scene("Deadlines that cannot be slept through (to 100 %)", "期限")
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
        s.check("overdue", self.order("inquiry")["order"]["overdue"])

    def silence(self):
        evidence.silence(self)

    def marks(self, key):
        text = self.order(key)["order"]["marks"] or ""
        return len([part for part in text.replace("%", " ").replace(",", " ").split() if part.isdigit()])

    def step7(self):
        s = self.stage
        self.clock.move_to(at(9, 29, 15, 0))
        s.scene("The waitlist moves by itself", "轮候转正")
        self.counter(SONGYUE, "release", cast.OTHER_FREEZE, show=True)
        self.amounts(SONGYUE, "60,000.00", "0.00")
        s.check("its term runs from the first effect, to 2027-09-27", self.measure(SONGYUE)["effective_to"].startswith("2027-09-28T00:00"), self.measure(SONGYUE)["effective_to"])

    def step9(self):
        s = self.stage
        self.clock.move_to(at(9, 30, 10, 0))
        s.scene("云帆银行 comes back and finds its own effect", "查找而非重做")
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
        self.clock.move_to(at(9, 30, 10, 30))
        s.scene("The money is taken, to the unit", "扣划")
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
        for name in ("supervision", "audit"):
            witnesses.stop(self, name)
        deducted = self.deduct(BEILING, "80,000.00")["results"][0]
        self.orders["deduct", BEILING] = deducted["order_id"]
        s.wait("the witness that is left to sign it", lambda: witnesses.signed(self, "association") > int(deducted["order_seq"]))
        s.equal("one witness of three is there: the deduction", self.tasks(("deduct", BEILING))[BEILING]["state"], "QUEUED")
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
        s.equal("北陵", balance(BEILING, cast.ACCOUNT_BEILING), "1,350.27")
        s.equal("松月", balance(SONGYUE, cast.ACCOUNT_SONGYUE), "35,000.00")
        s.equal("云帆", balance(YUNFAN, cast.ACCOUNT_YUNFAN), "91,713.00")
        s.say("306,350.27 + 20,000.00 = 128,063.27 + 198,287.00")
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
