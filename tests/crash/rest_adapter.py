#!/usr/bin/env python3
"""A bank behind its own HTTP server, with real processes: court, gateway, eagle-rest, and a bank written in another language.

rest_adapter.py BIN_FOLDER WORK_FOLDER

松月农商行 is served by eagle-rest with the template file that is shipped as an example (adapters/rest/data/sample), in front of
tests/adapters/rest/bank_server.py. Its replies get lost, it is killed, and eagle-rest is killed between the effect at the bank and the receipt:
whatever happens, each order is done once, the court's ledger equals the bank's books, and replay agrees.
"""
import json
import os
import shutil
import ssl
import subprocess
import sys
import urllib.request

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "deploy", "demo"))
import audit  # noqa: E402
import cast  # noqa: E402
import world  # noqa: E402
from cast import FOLDERS, SONGYUE  # noqa: E402
from drill import drill  # noqa: E402
from restore import Restore  # noqa: E402
from stage import free_port  # noqa: E402

ACCOUNT, COURTS = "9900020000000003036", cast.ACCOUNT_COURT
PRIOR = "（2025）辽9902执88号"
SAMPLE = os.path.join(world.ROOT, "adapters/rest/data/sample/bank.rest.toml")
BANK = os.path.join(world.ROOT, "tests/adapters/rest/bank_server.py")


class RestAdapter(Restore):
    def path(self, name):
        return os.path.join(self.folder, name)

    # --- the bank, and eagle-rest in front of it

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=self.folder)

    def make_certificates(self):
        """The bank's own authority; nothing of the gateway's."""
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"]
        self.openssl("req", "-x509", *key, "-subj", "/CN=songyue core", "-keyout", "core-ca.key", "-out", "core-ca.pem")
        for name, use in (("core", "serverAuth"), ("eagle-rest", "clientAuth")):
            self.openssl("req", "-x509", *key, "-CA", "core-ca.pem", "-CAkey", "core-ca.key", "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem",
                         "-addext", "subjectAltName=IP:127.0.0.1", "-addext", f"extendedKeyUsage={use}", "-addext", "basicConstraints=critical,CA:FALSE")
            os.chmod(self.path(f"{name}.key"), 0o600)

    def write_adapter(self, code, folder):
        if code != SONGYUE:
            return super().write_adapter(code, folder)
        self.make_certificates()
        os.makedirs(self.path("core"), exist_ok=True)
        os.makedirs(self.path(folder), exist_ok=True)
        self.core_port = free_port()
        shutil.copy(SAMPLE, self.path("bank.rest.toml"))
        registrars = [self.summary["keys"]["registrar-" + name] for name in ("one", "two", "three")]
        text = self.adapter_config(code, folder, registrars)
        with open(self.path(folder + ".toml"), "w") as file:
            file.write(text[:text.index("[bank]")] + f"""[rest]
url = "https://127.0.0.1:{self.core_port}"
authority = "core-ca.pem"
certificate = "eagle-rest.pem"
key = "eagle-rest.key"
templates = "bank.rest.toml"
call_seconds = 2
""")
        self.start_bank()

    def start_bank(self):
        log = self.path("core.log")
        before = os.path.getsize(log) if os.path.exists(log) else 0
        arguments = ["--folder", "core", "--certificate", "core.pem", "--key", "core.key", "--clients", "core-ca.pem", "--port", str(self.core_port)]
        self.stage.start("core", [sys.executable, "-B", BANK, *arguments], lambda: b"ready" in open(log, "rb").read()[before:])

    def start_agency(self, code):
        if code != SONGYUE:
            return super().start_agency(code)
        self.stage.start(FOLDERS[code], ["eagle-rest", "run", "--config", FOLDERS[code] + ".toml"], lambda: os.path.exists(self.path(FOLDERS[code] + ".sock")))

    def counter(self, agency, *arguments, expect=0, show=False):
        if agency != SONGYUE:
            return super().counter(agency, *arguments, expect=expect, show=show)
        return self.stage.run(["eagle-rest", "counter", "--config", "songyue.toml", "--json", *arguments], expect, show)

    def core(self, what, body=None):
        context = ssl.create_default_context(cafile=self.path("core-ca.pem"))
        context.load_cert_chain(self.path("eagle-rest.pem"), self.path("eagle-rest.key"))
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(f"https://127.0.0.1:{self.core_port}/test/{what}", data, timeout=10, context=context) as answer:
            return json.load(answer)

    def fault(self, at_path, fault, stays=False):
        self.core("fault", {"at": at_path, "fault": fault, "stays": stays})

    def posts(self, kind, order):
        return sum(1 for post in self.core("done")["posts"] if post["path"].endswith("/" + kind) and post["key"].startswith(order))

    # --- orders

    def all_answered(self):
        return not self.eagle("order", "list", "--case", cast.CASE, "--open").get("rows")

    def deduct_here(self, measure, amount):
        return self.accepted(self.eagle("order", "deduct", *self.subject(), "--agency", SONGYUE, "--measure", measure, "--amount", amount, "--to-account", "1",
                                        *self.papers("RULING", "ASSISTANCE_NOTICE", "JUDGMENT_COPY"), "--sign", cast.HANDLER, "--sign", cast.COSIGNER))

    def here(self, measure):
        row = next(m for m in self.case()["measures"] if m["freeze_order"] == measure)
        return row["phase"], row["controlled"], row["unfunded"]

    # --- the story

    def checked(self):
        """--check-config finds every mistake of both files at once."""
        with open(self.path("songyue.toml")) as file:
            good = file.read()
        with open(self.path("wrong.toml"), "w") as file:
            file.write(good.replace("bank.rest.toml", "wrong.rest.toml").replace("https://", "http://"))
        with open(SAMPLE, encoding="utf-8") as file:
            sample = file.read()
        with open(self.path("wrong.rest.toml"), "w", encoding="utf-8") as file:
            file.write(sample.replace("${freeze.limit|decimal}", "${freeze.limits|decimal}").replace('searched_scope = "/fw"', ""))
        fine = self.stage.run(["eagle-rest", "run", "--config", "songyue.toml", "--check-config"])
        self.stage.check("the configuration and the sample are right", fine["text"].endswith("ok"), fine)
        wrong = self.stage.run(["eagle-rest", "run", "--config", "wrong.toml", "--check-config"], 2)["talk"].splitlines()
        self.stage.check("of a wrong one every mistake is told with its place", len(wrong) == 4 and "rest.url" in wrong[0] and all("wrong.rest.toml:" in line for line in wrong[1:]), wrong)

    def freezes(self):
        s = self.stage
        self.fault("freezes", "lost_reply")
        self.measure_here = self.freeze(SONGYUE, "60,000.00")
        self.settled("the freeze whose reply was lost")
        s.equal("the bank did it, its reply was lost, and the court knows what it did", self.here(self.measure_here), ("EFFECTIVE", "15,000.00", "45,000.00"))
        s.equal("times that it was sent", self.posts("freezes", self.measure_here), 1)
        self.core("release", {"document": PRIOR, "today": "2026-09-28"})
        s.wait("the word of the bank that money became free", lambda: self.here(self.measure_here) == ("EFFECTIVE", "60,000.00", "0.00"))
        s.check("an earlier measure gave way: 60,000.00 controlled", True)

    def deducts_through_a_death(self):
        s = self.stage
        self.fault("deductions", "slow")  # the bank has done it and doesn't answer
        order = self.deduct_here(self.measure_here, "50,000.00")
        s.wait("the booking at the bank", lambda: [b for b in self.core("done")["bookings"] if b["operation"].startswith(order)])
        s.kill(FOLDERS[SONGYUE])
        s.check("eagle-rest is killed between the effect and the receipt", not self.all_answered())
        s.kill("core")
        self.start_agency(SONGYUE)
        self.start_bank()
        self.settled("the deduction after both deaths")
        done = self.core("done")
        s.equal("booked once", [(b["operation"].split("/")[0], b["fen"]) for b in done["bookings"]], [(order, 5_000_000)])
        s.equal("sent once", self.posts("deductions", order), 1)
        s.equal("on the court's account", done["accounts"][COURTS]["balance"], "50000.00")
        self.ledger(deducted="50,000.00", controlled="10,000.00")

    def doubts(self):
        """The bank's answer can't be believed: a clerk, no second order, nothing said to the court."""
        s = self.stage
        self.fault("freezes", "unknown_code")
        order = self.freeze(SONGYUE, "1,000.00")
        s.wait("a task in doubt", lambda: self.counter(SONGYUE, "queue").get("tasks"))
        waiting = self.counter(SONGYUE, "queue")["tasks"]
        s.check("the raw code is in the clerk's queue", len(waiting) == 1 and "7777" in json.dumps(waiting, ensure_ascii=False), waiting)
        looked = self.counter(SONGYUE, "look", waiting[0]["id"])
        s.equal("and the server's own words can be looked at", (looked["verdict"], looked["code"]), ("UNKNOWN", "7777"))
        s.equal("sent once", self.posts("freezes", order), 1)
        self.stage.stop(FOLDERS[SONGYUE])
        with open(self.path("bank.rest.toml"), "a", encoding="utf-8") as file:
            file.write('\n[[codes]]\ncalls = ["freeze"]\ncode = "7777"\noutcome = "BY_AMOUNTS"\n')
        self.start_agency(SONGYUE)
        s.wait("the gateway to hand it out again", lambda: self.counter(SONGYUE, "status").get("connected"))
        self.counter(SONGYUE, "ask", waiting[0]["id"])
        self.settled("the order, once the agency's team had added the code to its table")
        s.equal("CONTROLLED by the bank's first answer", self.here(order), ("EFFECTIVE", "1,000.00", "0.00"))

    def run(self):
        s = self.stage
        self.case_opened()
        s.scene("A bank behind its own HTTP server", "对接行内接口")
        self.checked()
        order = self.inquire()
        self.settled("the inquiry")
        self.orders["inquiry"] = order
        found = self.findings("inquiry")[SONGYUE]
        s.equal("FOUND at 松月农商行, by the old number", [(f["asset"], f["balance"]) for f in found if f["asset"] == ACCOUNT], [(ACCOUNT, "95,000.00")])
        self.freezes()
        self.deducts_through_a_death()
        self.doubts()
        self.release(SONGYUE, self.measure_here)
        self.settled("the release")
        s.equal("released", self.here(self.measure_here)[0], "RELEASED")
        held = self.core("done")["accounts"][ACCOUNT]
        s.equal("the bank's books", (held["balance"], held["held"]), ("45000.00", "1000.00"))
        self.ledger(deducted="50,000.00", controlled="1,000.00")
        self.eagle("journal", "verify", role="auditor-audit")
        s.stop_all()
        replay = audit.journal(self, "replay", "data", "--last-signed", "last_signed", "--master-key", "pki/keys/master.key")
        s.equal("replay", replay["replay"]["verdict"], "replay agrees")


def main():
    test = RestAdapter(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]))
    return drill(test, test.run, lambda: f"{test.stage.checks} assertions held")


if __name__ == "__main__":
    sys.exit(main())
