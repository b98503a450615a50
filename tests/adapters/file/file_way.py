#!/usr/bin/env python3
"""The file way with real processes: court -> gateway -> eagle-file -> folders -> an agency's batch system (agency.py) -> back.

file_way.py BIN_FOLDER WORK_FOLDER

A case at 松月农商行 that exchanges files in GB 18030: found, nothing found, a freeze with a part unfunded, SIGKILL of either side between asking and
answering, a number lost on the way, a deduction, later money, a release. At the end the court's ledger and the agency's books
agree, and both folders are empty.
"""
import json
import os
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.join(HERE, "..", "..", "..")
sys.path[:0] = [os.path.join(TOP, "deploy", "demo"), os.path.join(TOP, "tests", "crash")]
import cast  # noqa: E402
import play  # noqa: E402
import world  # noqa: E402
from cast import SONGYUE  # noqa: E402
from drill import drill  # noqa: E402
from stage import at  # noqa: E402

CONTROL_PAPERS = ("RULING", "ASSISTANCE_NOTICE")


class FileWay(play.Demo):
    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def write_adapter(self, code, folder):
        if code != SONGYUE:
            return super().write_adapter(code, folder)
        for name in ("drop/to-agency", "drop/to-gateway", "songyue"):
            os.makedirs(self.path(name))
        registrars = json.dumps([self.summary["keys"]["registrar-" + name] for name in ("one", "two", "three")])
        with open(self.path("songyue.toml"), "w") as file:
            file.write(f"""[gateway]
address = "127.0.0.1:{self.port}"
authority = "pki/tls/ca.pem"
spiffe_id = "spiffe://demo.golden-eagle.test/gateway/gateway"
[system]
agency = "{SONGYUE}"
certificate = "pki/tls/agency-{SONGYUE}.pem"
key = "pki/tls/agency-{SONGYUE}.key"
receipt_key = "pki/keys/agency-{SONGYUE}.pem"
data = "songyue"
socket = "songyue.sock"
[trust]
environment = "test"
registrars = {registrars}
[contact]
name = "值班员"
phone = "0990-110000"
[limits]
backoff_seconds_max = 1
[file]
to_agency = "drop/to-agency"
to_gateway = "drop/to-gateway"
codes = {json.dumps(os.path.join(world.ROOT, "adapters/file/data/codes.csv"))}
scan_seconds = 0.1
""")
        self.write_register({"accounts": [{"number": cast.ACCOUNT_SONGYUE, "name": cast.DEBTOR.split(";")[0], "id_number": cast.DEBTOR.split(";")[2], "branch": "松月支行",
                                           "balance": 4000000}]})
        self.stage.run(["eagle-file", "run", "--config", "songyue.toml", "--check-config"])

    def write_register(self, state):
        with open(self.path("register.json"), "w") as file:
            json.dump(state, file, ensure_ascii=False)

    def register(self):
        with open(self.path("register.json")) as file:
            return json.load(file)

    def start_agency(self, code):
        if code != SONGYUE:
            return super().start_agency(code)
        self.start_adapter()
        self.start_batch_system()

    def start_adapter(self):
        self.stage.start("songyue", ["eagle-file", "run", "--config", "songyue.toml"])

    def start_batch_system(self):
        self.stage.start("batches", [sys.executable, os.path.join(HERE, "agency.py"), "drop/to-agency", "drop/to-gateway", "register.json", SONGYUE])

    def file(self, command, *arguments, expect=0):
        return self.stage.run(["eagle-file", command, "--config", "songyue.toml", "--json", *arguments], expect)

    def send(self, name, action, *flags, who=cast.DEBTOR, papers=CONTROL_PAPERS, signers=(cast.HANDLER, cast.COSIGNER)):
        hands = [word for officer in signers for word in ("--sign", officer)]
        sent = self.eagle("order", action, *self.subject(who), "--agency", SONGYUE, *self.papers(*papers), *flags, *hands)
        self.stage.equal(f"{name}: accepted", [row["result"] for row in sent["results"]], ["ACCEPTED"])
        self.orders[name] = sent["results"][0]["order_id"]

    def inquire(self, name, who=cast.DEBTOR):
        self.send(name, "inquire", who=who, papers=("ASSISTANCE_NOTICE",), signers=(cast.HANDLER,))

    def outcome(self, name):
        self.stage.wait(f"the last word on {name}", lambda: self.tasks(name)[SONGYUE]["state"] in ("DONE", "RETURNED"), 40)
        return self.tasks(name)[SONGYUE]["outcome"]

    def measures(self):
        return [(m["phase"], m["controlled"], m["unfunded"]) for m in self.case()["measures"]]

    def becomes(self, what, expected):
        self.stage.wait(what, lambda: self.measures() == expected)
        self.stage.check(f"{what}: {expected}", True)

    def run(self):
        s = self.stage
        self.build_the_stage()
        self.clock.move_to(at(9, 28, 9, 0))
        self.eagle("case", "open", "--case", cast.CASE, "--title", cast.TITLE, "--applicant", cast.APPLICANT, "--handler", cast.HANDLER, "--leader", cast.LEADER,
                   "--principal", "100,000.00", "--respondent", cast.DEBTOR + ";JOINT", "--respondent", cast.GUARANTOR + ";JOINT", "--sign", cast.HANDLER, "--sign", cast.LEADER)
        self.inquire("inquiry")
        self.inquire("nothing", cast.GUARANTOR)
        s.equal("what the debtor has", self.outcome("inquiry"), "FOUND")
        s.equal("what the guarantor has, searched and not there", self.outcome("nothing"), "NIL")

        s.say("the adapter is killed before the agency's answer, the agency before the adapter's receipt")
        s.kill("batches")
        self.send("freeze", "freeze", "--limit", "60,000.00", "--term", "1y")
        s.wait("the batch to lie in the folder", lambda: [n for n in os.listdir(self.path("drop/to-agency")) if n.startswith("KZQQ") and n.endswith(".manifest")])
        s.kill("songyue")
        self.start_batch_system()
        s.wait("the answer to lie in the folder", lambda: [n for n in os.listdir(self.path("drop/to-gateway")) if n.startswith("KZFK") and n.endswith(".manifest")])
        s.kill("batches")
        self.start_adapter()
        self.start_batch_system()
        s.equal("a freeze with a part unfunded", self.outcome("freeze"), "PARTLY_CONTROLLED")
        self.becomes("the ledger", [("EFFECTIVE", "40,000.00", "20,000.00")])
        s.equal("frozen once", len(self.register()["freezes"]), 1)

        s.say("a number of the agency's gets lost")
        self.between_rounds(skip_next="KZFK")
        self.send("payment", "deduct", "--measure", self.orders["freeze"], "--amount", "30,000.00", "--to-account", "1", papers=(*CONTROL_PAPERS, "JUDGMENT_COPY"))
        gap = s.wait("the gap to be named", lambda: self.file("gaps")["gaps"], 40)
        s.equal("which number is missing", [(g["family"], g["from"], g["to"], g["why"], g["batches_behind"]) for g in gap], [("KZFK", 2, 2, "MISSING", 1)])
        s.check("nothing behind it was believed", self.tasks("payment")[SONGYUE]["state"] not in ("DONE", "RETURNED"))
        self.file("accept-gap", "KZFK", "3", "--clerk", "温雅", expect=3)
        s.equal("an operator gives it up", self.file("accept-gap", "KZFK", "2", "--clerk", "温雅")["given_up_to"], 2)
        s.equal("then the deduction is told", self.outcome("payment"), "DEDUCTED")
        self.becomes("the ledger", [("EFFECTIVE", "10,000.00", "20,000.00")])

        self.between_rounds(deposit=[cast.ACCOUNT_SONGYUE, 500000, "2026-09-28T09:30:00+08:00"])
        self.becomes("money comes in and is caught", [("EFFECTIVE", "15,000.00", "15,000.00")])
        s.say("the end of a day: what stands by the agency's books, and nothing in its place when it says nothing")
        s.check("nothing was stated yet", self.file("status")["statement"] == [])
        with open(self.path("register.json.state.part"), "w") as file:
            json.dump(["2026-09-27", "2026-09-28T09:00:00+08:00"], file)
        os.rename(self.path("register.json.state.part"), self.path("register.json.state"))
        stated = s.wait("the statement to be handed on", lambda: [row for row in self.file("status")["statement"] if row["state"] == "HANDED ON"], 40)
        s.equal("one measure stands", [(row["day"], row["measures"]) for row in stated], [("2026-09-27", 1)])
        s.wait("the gateway to have the day whole", lambda: [row["stated_until"] for row in self.eagle("agency", "positions")["rows"] if row["code"] == SONGYUE] == ["2026-09-27"], 40)
        s.equal("both sides agree", self.eagle("incident", "list", "--open")["rows"], [])

        self.send("release", "release", "--measure", self.orders["freeze"], "--ground", "DEBT_PAID")
        s.equal("the rest is released", self.outcome("release"), "RELEASED")
        s.equal("the agency's books", [(a["number"], a["balance"]) for a in self.register()["accounts"]], [(cast.ACCOUNT_SONGYUE, 1500000)])
        s.equal("nothing was refused", self.register()["refused"], {})
        s.wait("both folders to be empty", lambda: not [n for f in ("drop/to-agency", "drop/to-gateway") for n in os.listdir(self.path(f))])
        status = self.file("status")
        s.equal("nothing waits", [(f["without_last_word"], f["not_received"]) for f in status["families"]], [(0, []), (0, [])])
        self.eagle("journal", "verify", role="auditor-audit")

    def between_rounds(self, **asked):
        """Writes into the batch system's state while it doesn't run, so that it doesn't write over it."""
        self.stage.kill("batches")
        self.write_register({**self.register(), **asked})
        self.start_batch_system()
        self.stage.wait("the batch system to know", lambda: not any(self.register().get(name) for name in asked))


def main():
    binaries, folder = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    test = FileWay(binaries, folder)
    return drill(test, test.run, lambda: f"{test.stage.checks} checks of the file way")


if __name__ == "__main__":
    sys.exit(main())
