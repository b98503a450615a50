#!/usr/bin/env python3
"""Real processes killed with SIGKILL at random points of a case: the gateway or a bank, while orders are under way.

kill_points.py BIN_FOLDER WORK_FOLDER [POINTS] [SEED]

After every death the victim is started again and the court repeats what it had no answer to. At the end: nothing lost, nothing done twice, the
ledger equals the bank's books, every checkpoint that the court and the auditor ever saw is consistent with the journal, and replay agrees.
"""
import os
import random
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "deploy", "demo"))
import audit  # noqa: E402
import cast  # noqa: E402
import play  # noqa: E402
from cast import BEILING, FOLDERS, SONGYUE  # noqa: E402
from drill import drill  # noqa: E402
from stage import Failed, at  # noqa: E402

DONE, REFUSED, UNAVAILABLE = 0, 3, 4


class KillPoints(play.Demo):
    def __init__(self, binaries, folder, seed):
        super().__init__(binaries, folder)
        self.random = random.Random(seed)
        self.freezes = {BEILING: [], SONGYUE: []}
        self.counts = {"gateway": 0, "bank": 0, "unanswered": 0, "orders": 0}

    def launch(self, *arguments):
        command = [os.path.join(self.stage.binaries, "eagle"), "--config", f"pki/config/court-{cast.COURT}.toml", "--output", "json", "--yes", *arguments]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.stage.environment, cwd=self.folder)

    def some_order(self):
        agency = self.random.choice([BEILING, SONGYUE])
        signed = ["--sign", cast.HANDLER, "--sign", cast.COSIGNER]
        kind = self.random.choice(["inquire", "freeze", "freeze", "release", "deduct"])
        effective = [m for m in self.case()["measures"] if m["agency_code"] == agency and m["phase"] == "EFFECTIVE"]
        if kind in ("release", "deduct") and not effective:
            kind = "freeze"
        common = ["order", kind, *self.subject(), "--agency", agency]
        if kind == "inquire":
            return common + self.papers("ASSISTANCE_NOTICE") + ["--sign", cast.HANDLER]
        if kind == "freeze":
            return common + ["--limit", f"{self.random.randint(1, 40)}.00", *self.papers("RULING", "ASSISTANCE_NOTICE"), *signed]
        measure = self.random.choice(effective)["freeze_order"]
        if kind == "release":
            return common + ["--measure", measure, "--ground", "OTHER", *self.papers("RULING", "ASSISTANCE_NOTICE"), *signed]
        return common + ["--measure", measure, "--amount", "1.00", "--to-account", "1", *self.papers("RULING", "ASSISTANCE_NOTICE", "JUDGMENT_COPY"), *signed]

    def one_point(self):
        victim = self.random.choice(["gateway", FOLDERS[BEILING]])
        order = self.launch(*self.some_order())
        time.sleep(self.random.random() * 0.12)
        self.stage.kill(victim)
        self.counts["gateway" if victim == "gateway" else "bank"] += 1
        if victim == "gateway":
            self.start_gateway()
        else:
            self.start_agency(BEILING)
        out, err = order.communicate(timeout=60)
        if order.returncode not in (DONE, REFUSED, UNAVAILABLE):
            raise Failed(f"eagle ended with {order.returncode}: {out}{err}")
        if order.returncode == UNAVAILABLE:
            self.counts["unanswered"] += 1
            self.stage.wait("the same bytes to be answered", lambda: self.repeat(), 30)

    def repeat(self):
        done = self.launch("order", "submit", "--pending")
        done.communicate(timeout=60)
        return done.returncode in (DONE, REFUSED)

    def settle(self):
        for agency in (SONGYUE,):
            self.counter(agency, "confirm", "--all")
        return not self.eagle("order", "list", "--case", cast.CASE, "--open").get("rows")

    def run(self, points):
        self.build_the_stage()
        self.clock.move_to(at(9, 28, 9, 0))
        self.eagle("case", "open", "--case", cast.CASE, "--title", cast.TITLE, "--applicant", cast.APPLICANT, "--handler", cast.HANDLER, "--leader", cast.LEADER,
                   "--principal", "100,000.00", "--respondent", cast.DEBTOR + ";JOINT", "--sign", cast.HANDLER, "--sign", cast.LEADER)
        for point in range(points):
            self.one_point()
            if point % 5 == 4:
                self.eagle("journal", "head", role="auditor-audit")  # consistent with the head seen before, or exit 5
        self.stage.wait("every order to be answered", self.settle, 90)
        self.judge()

    def judge(self):
        case = self.case()
        orders = self.eagle("order", "list", "--case", cast.CASE)["rows"]
        self.counts["orders"] = len(orders)
        for agency in (BEILING, SONGYUE):
            operations = [row["operation"] for row in self.counter(agency, "operations")["operations"]]
            if len(operations) != len(set(operations)):
                raise Failed(f"an operation was done twice at {agency}")
            books = self.counter(agency, "check")
            if not books.get("agree", True):
                raise Failed(f"the books of {agency} don't agree: {books}")
            held = {row["measure"]: row["controlled"] for row in self.counter(agency, "measures")["measures"]}
            for measure in case["measures"]:
                if measure["agency_code"] == agency and measure["phase"] == "EFFECTIVE" and held.get(measure["unit_reference"]) != measure["controlled"]:
                    raise Failed(f"the ledger says {measure}, the bank {held.get(measure['unit_reference'])}")
        self.eagle("journal", "verify", role="auditor-audit")
        self.stage.stop_all()
        replay = audit.journal(self, "replay", "data", "--last-signed", "last_signed", "--master-key", "pki/keys/master.key")
        if replay["replay"]["verdict"] != "replay agrees":
            raise Failed(f"replay: {replay}")


def main():
    binaries, folder = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    asked = sys.argv[3] if len(sys.argv) > 3 else os.environ.get("GATEWAY_KILL_POINTS", "sample")
    points = {"sample": 50, "all": 500}.get(asked) or int(asked)
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else int(os.environ.get("GATEWAY_SEED", "1"))
    test = KillPoints(binaries, folder, seed)
    return drill(test, lambda: test.run(points), lambda: f"{points} points, seed {seed}: {test.counts}")


if __name__ == "__main__":
    sys.exit(main())
