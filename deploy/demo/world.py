"""The world of the demo case: keys, a gateway, its agencies and their registers, and the small words with which a story orders, looks and asserts.

Knows who plays (cast.py), not what happens: that is play.py's.
"""
import json
import os
import shutil

import cast
import witnesses
from cast import BEILING, CASE, COURT, FOLDERS, LAND, NAMES, OFFICES, SONGYUE, YUNFAN
from stage import Failed, Stage, StepClock, at, free_port, told

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAPERS = {"RULING": "裁定书.pdf", "ASSISTANCE_NOTICE": "协助执行通知书.pdf", "JUDGMENT_COPY": "判决书.pdf"}
LABELS = {"effective_to": "until"}  # as the story says it


class World:
    registers = ()  # agencies that have keys from the set-up on and join later (join)
    slow = {YUNFAN: 5}  # seconds between the commit of a bank's core and its reply

    def __init__(self, binaries, folder):
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder, mode=0o700)
        self.clock = StepClock(os.path.join(folder, "clock"), at(9, 28, 8, 30))
        self.stage = Stage(binaries, folder, self.clock)
        self.folder = folder
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
            self.stage.wait(f"the ledger to say {amounts}", seen)
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
            row = self.stage.wait("a measure", seen)
        except Failed:
            row = self.measure_of(number, order)
        words = ", ".join(value if name == "phase" else f"{LABELS.get(name, name)} {told(value)}" for name, value in expected.items())
        self.stage.check(f"{row['agency']}, {number}: {words}", all(row[name] == value for name, value in expected.items()), row)

    def amounts(self, agency, controlled, unfunded, phase="EFFECTIVE"):
        def seen():
            measure = self.measure(agency)
            return measure["phase"] == phase and measure["controlled"] == controlled and measure["unfunded"] == unfunded
        try:
            self.stage.wait(f"{NAMES[agency]}", seen)
        except Failed:
            raise Failed(f"{NAMES[agency]}: expected {phase} {controlled} / {unfunded}, seen {self.measure(agency)}")
        self.stage.check(f"{NAMES[agency]}: {phase}, controlled {controlled}, unfunded {unfunded}", True)

    def order(self, key):
        return self.eagle("order", "show", self.orders[key])

    def tasks(self, key):
        return {task["agency_code"]: task for task in self.order(key)["tasks"]}

    def answered(self, key, seconds=90):
        self.stage.wait(f"answers to {key}", lambda: all(t["state"] not in ("QUEUED", "DELIVERED") for t in self.tasks(key).values()), seconds)

    def problems(self, document):
        return {problem["reason"] for problem in document["problems"]}

    def adopt(self, kind, path, ground):
        """One administrator proposes, another approves."""
        proposed = self.eagle("admin", "propose", kind, "--file", path, "--ground", ground, "--key", "pki/keys/administrator-one.pem", role=self.first_operator())
        approved = self.eagle("admin", "approve", str(proposed["results"][0]["proposal"]), "--key", "pki/keys/administrator-two.pem", role=self.first_operator())
        self.stage.equal(f"two administrators agreed ({kind}): {ground}", [row["result"] for row in approved["results"]], ["IN_EFFECT"])

    def findings(self, key):
        out = {}
        for row in self.eagle("findings", self.orders[key], "--officer", "001", "--purpose", "EXECUTION")["findings"]:
            out.setdefault(row["agency_code"], []).append(row)
        return out

    # --- the set-up

    def build_the_stage(self):
        s = self.stage
        s.scene("The stage is set", "布置舞台")
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
        """From its next start on its core replies at once."""
        self.slow = {}
        self.write_config(bank, OFFICES[bank].folder)

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

    def log_of(self, code):
        with open(os.path.join(self.folder, OFFICES[code].folder + ".log")) as file:
            return file.read()

    def presence(self):
        return {row["code"]: row for row in self.eagle("agency", "list")["rows"]}

    def present(self, codes):
        self.stage.wait("the agencies to say Hello", lambda: codes <= {code for code, row in self.presence().items() if row["presence"].upper().startswith("PRESENT")})
