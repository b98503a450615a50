"""A sample adapter and court's client at a real gateway: sample.py BIN_FOLDER WORK_FOLDER STUBS_FOLDER [java OUT]   (samples.py)

A real court's orders through the command line: inquiries, freezes up to a limit, behind one another and filled by later money, a release, a deduction
with SIGKILL between the booking and the report, and what must not be believed. Last line: N passed, N failed, 0 skipped.
"""
import base64
import datetime
import json
import os
import sqlite3
import subprocess
import sys
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.join(HERE, "..", "..", "..")
sys.path[:0] = [os.path.join(TOP, "deploy", "demo"), HERE, sys.argv[3]]
import audit  # noqa: E402
import cast  # noqa: E402
import play  # noqa: E402
import world  # noqa: E402
import samples  # noqa: E402
from cast import SONGYUE  # noqa: E402
from stage import Failed  # noqa: E402

SAMPLES = samples.of(sys.argv[3], sys.argv[4:])
OTHER_CASE = "（2026）辽9901执1025号"
PEOPLE = {"debtor": cast.DEBTOR.split(";"), "guarantor": cast.GUARANTOR.split(";")}


class Sample(play.Demo):
    def __init__(self, binaries, folder):
        super().__init__(binaries, folder)
        self.stage.environment.pop("EAGLE_STEP_CLOCK")  # everybody lives by the real clock
        self.stage.environment["PYTHONPATH"] = os.path.abspath(sys.argv[3])
        self.stage.environment["PYTHONDONTWRITEBYTECODE"] = "1"
        since = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=30)).isoformat(timespec="seconds")
        spec = cast.pki_spec
        cast.pki_spec = lambda address, admin, _, agencies: spec(address, admin, since, agencies)
        self.database = os.path.join(folder, "songyue.db")

    def write_adapter(self, code, folder):
        if code != SONGYUE:
            return super().write_adapter(code, folder)
        registrars = self.registrars()
        with open(os.path.join(self.folder, "songyue.toml"), "w") as file:
            file.write(f"""[gateway]
address = "127.0.0.1:{self.port}"
authority = "pki/tls/ca.pem"
[system]
agency = "{SONGYUE}"
certificate = "pki/tls/agency-{SONGYUE}.pem"
key = "pki/tls/agency-{SONGYUE}.key"
receipt_key = "pki/keys/agency-{SONGYUE}.pem"
data = "songyue.db"
[trust]
environment = "test"
registrars = {registrars}
log_key = "{audit.log_key(self)}"
[contact]
name = "值班员"
phone = "0990-110000"
[papers]
rule = "wait"
folder = "songyue-papers"
seal = "./seal.sh"
""")
        with open(os.path.join(self.folder, "seal.sh"), "w", encoding="ascii") as file:
            file.write("#!/bin/sh\ncat >/dev/null\nprintf '%s\\n' %PDF-1.7 'not a court''s' %%EOF\n")
        os.chmod(os.path.join(self.folder, "seal.sh"), 0o755)
        self.bank("open-account", cast.ACCOUNT_SONGYUE, *PEOPLE["debtor"], "9500000")

    def registrars(self):
        return json.dumps([self.summary["keys"]["registrar-" + name] for name in ("one", "two", "three")])

    def bank(self, command, *arguments):
        done = subprocess.run([*SAMPLES.books, command, "songyue.toml", *arguments], env=self.stage.environment, cwd=self.folder, capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise Failed(done.stderr)

    def start_agency(self, code):
        if code != SONGYUE:
            return super().start_agency(code)
        self.stage.start("songyue", [*SAMPLES.adapter, "songyue.toml"])

    def rows(self, query, *arguments):
        with sqlite3.connect(self.database, timeout=30) as db:
            return db.execute(query, arguments).fetchall()

    def open_case(self, number, principal):
        self.eagle("case", "open", "--case", number, "--title", cast.TITLE, "--applicant", cast.APPLICANT, "--handler", cast.HANDLER, "--leader", cast.LEADER,
                   "--principal", principal, "--respondent", cast.DEBTOR + ";JOINT", "--respondent", cast.GUARANTOR + ";JOINT", "--sign", cast.HANDLER, "--sign", cast.LEADER)

    def send(self, name, action, *flags, case=cast.CASE, who=cast.DEBTOR, papers=("RULING", "ASSISTANCE_NOTICE"), signers=(cast.HANDLER, cast.COSIGNER)):
        hands = [word for officer in signers for word in ("--sign", officer)]
        sent = self.eagle("order", action, "--case", case, "--subject", who, "--agency", SONGYUE, *self.papers(*papers), *flags, *hands)
        self.stage.equal(f"{name}: accepted", [row["result"] for row in sent["results"]], ["ACCEPTED"])
        self.orders[name] = sent["results"][0]["order_id"]

    def outcome(self, name):
        self.answered(name, 40)
        return self.tasks(name)[SONGYUE]["outcome"]

    def measures(self, case=cast.CASE):
        shown = self.eagle("case", "show", case, "--officer", cast.HANDLER)
        return [(m["phase"], m["controlled"], m["unfunded"]) for m in shown["measures"]]

    def becomes(self, what, expected, case=cast.CASE):
        try:
            self.stage.wait(what, lambda: self.measures(case) == expected)
        except Failed:
            raise Failed(f"{what}: expected {expected}, seen {self.measures(case)}")
        self.stage.check(f"{what}: {expected}", True)

    def play_case(self):
        s = self.stage
        self.build_the_stage()
        self.open_case(cast.CASE, "100,000.00")
        self.open_case(OTHER_CASE, "100,000.00")
        self.send("inquiry", "inquire", papers=("ASSISTANCE_NOTICE",), signers=(cast.HANDLER,))
        self.send("nothing", "inquire", who=cast.GUARANTOR, papers=("ASSISTANCE_NOTICE",), signers=(cast.HANDLER,))
        s.equal("what the debtor has", self.outcome("inquiry"), "FOUND")
        s.equal("what the guarantor has, searched and not there", self.outcome("nothing"), "NIL")
        s.equal("the balance", [(f["asset"], f["balance"]) for f in self.findings("inquiry")[SONGYUE]], [(cast.ACCOUNT_SONGYUE, "95,000.00")])
        for name, limit, term, case in (("first", "60,000.00", "1y", cast.CASE), ("second", "40,000.00", "2m", cast.CASE), ("third", "10,000.00", "1y", OTHER_CASE)):
            self.send(name, "freeze", "--limit", limit, "--term", term, case=case)
            self.answered(name, 40)
        self.papers_travel()
        self.becomes("two freezes, the second partly funded", [("EFFECTIVE", "60,000.00", "0.00"), ("EFFECTIVE", "35,000.00", "5,000.00")])
        self.becomes("the third waits behind them", [("WAITLISTED", "0.00", "10,000.00")], OTHER_CASE)
        self.bank("credit", cast.ACCOUNT_SONGYUE, "1200000")
        self.becomes("later money fills the second", [("EFFECTIVE", "60,000.00", "0.00"), ("EFFECTIVE", "40,000.00", "0.00")])
        self.becomes("and moves the third up", [("EFFECTIVE", "7,000.00", "3,000.00")], OTHER_CASE)
        ends = self.rows("SELECT ends FROM measures WHERE requested = 4000000")[0][0]
        self.send("longer", "renew", "--measure", self.orders["second"], "--term", "1m")
        s.equal("the second is renewed", self.outcome("longer"), "RENEWED")
        s.check("and ends later", self.rows("SELECT ends FROM measures WHERE requested = 4000000")[0][0] > ends + 27 * 86400)
        ending = self.eagle("case", "measures", "--ending", "120")["rows"]
        s.equal("what ends within 120 days", [(m["freeze_order"], m["controlled"], m["phase"]) for m in ending], [(self.orders["second"], "40,000.00", "EFFECTIVE")])
        self.send("part", "release", "--measure", self.orders["first"], "--amount", "20,000.00", "--ground", "DEBT_PAID")
        s.equal("a part is released", self.outcome("part"), "RELEASED")
        self.becomes("which fills the third", [("EFFECTIVE", "10,000.00", "0.00")], OTHER_CASE)
        s.say("a deduction, and SIGKILL as soon as it is booked")
        self.send("payment", "deduct", "--measure", self.orders["first"], "--amount", "30,000.00", "--to-account", "1", papers=("RULING", "ASSISTANCE_NOTICE", "JUDGMENT_COPY"))
        s.wait("the booking", lambda: self.rows("SELECT * FROM payments"), 60)
        s.kill("songyue")
        self.start_agency(SONGYUE)
        s.equal("it is told after the restart", self.outcome("payment"), "DEDUCTED")
        s.equal("booked once, to the court's account", self.rows("SELECT account, amount FROM payments"), [(cast.ACCOUNT_COURT, 3000000)])
        s.equal("the balance after it", self.rows("SELECT balance FROM accounts"), [(7700000,)])
        self.becomes("what stands", [("EFFECTIVE", "10,000.00", "0.00"), ("EFFECTIVE", "40,000.00", "0.00")])
        sent = self.eagle("order", "freeze-and-deduct", "--case", cast.CASE, "--subject", cast.DEBTOR, "--agency", SONGYUE, *self.papers("RULING", "ASSISTANCE_NOTICE", "JUDGMENT_COPY"),
                          "--limit", "5,000.00", "--to-account", "1", "--sign", cast.HANDLER, "--sign", cast.COSIGNER)
        s.equal("freeze and deduct: both accepted", [row["result"] for row in sent["results"]], ["ACCEPTED", "ACCEPTED"])
        self.orders["pair"] = sent["results"][1]["order_id"]
        s.equal("what was frozen is taken", self.outcome("pair"), "DEDUCTED")
        s.equal("the balance after the pair", self.rows("SELECT balance FROM accounts"), [(7200000,)])
        self.stranger_court()
        with sqlite3.connect(self.database, timeout=30) as db:
            db.execute("UPDATE measures SET ends = 1 WHERE live AND requested = 100000")
        s.wait("a term that is over to be seen by the court", lambda: [phase for phase, _, _ in self.measures(OTHER_CASE)] == ["EFFECTIVE", "LAPSED"])
        s.say("every task is asked for once more")
        s.stop("songyue")
        before = self.rows("SELECT count(*) FROM batches")
        with sqlite3.connect(self.database) as db:
            db.execute("UPDATE batches SET verdict = NULL")
        self.start_agency(SONGYUE)
        s.wait("every receipt to be told again", lambda: self.rows("SELECT count(*) FROM batches WHERE verdict IS NULL") == [(0,)], 40)
        s.equal("the same receipts, known to the gateway", (self.rows("SELECT count(*) FROM batches"), self.rows("SELECT DISTINCT verdict FROM batches")), (before, [(2,)]))
        self.disbelief()
        s.stop_all()
        audit.export(self, "data", "published", "--last-signed", "last_signed", "--payloads")
        public = s.run(["eagle-audit", "--output", "json", "public", "published", "--log-key", audit.log_key(self)])
        s.equal("findings of a stranger's audit", public["audit"]["findings"], 0)
        s.run(["eagle", "--output", "json", "journal", "keys", "--data", "data", "--master-key", "pki/keys/master.key", "--out", "payload.keys"])
        opened = s.run(["eagle-audit", "--output", "json", "opened", "published", "--log-key", audit.log_key(self), "--keys", "payload.keys"])["audit"]
        s.equal("and of what is sealed: findings, signatures unchecked", (opened["findings"], opened["unchecked_signatures"]), (0, 0))

    def papers_travel(self):
        """The bank has the court's papers, byte for byte, and the court the bank's sealed receipt."""
        read = lambda *path: open(os.path.join(self.folder, *path), "rb").read()
        kept = [read("songyue-papers", name) for name in os.listdir(os.path.join(self.folder, "songyue-papers"))]
        self.stage.check("the ruling and the notice were fetched before the work", all(read(world.PAPERS[one]) in kept for one in ("RULING", "ASSISTANCE_NOTICE")))
        shown = self.eagle("findings", self.orders["first"], "--officer", cast.HANDLER)["documents"]
        self.stage.equal("a sealed receipt came back", [(row["category"], row["title"]) for row in shown], [("SEALED_RECEIPT", "协助执行回执")])
        self.eagle("paper", "get", shown[0]["digest"], "--order", self.orders["first"], "--out", "receipt.pdf", "--officer", cast.HANDLER)
        self.stage.check("as the bank made it", read("receipt.pdf") in kept)

    def stranger_court(self):
        """The sample court client: an inquiry and a freeze, proved, and the agencies' receipts verified."""
        key = lambda code: "pki/keys/officer-%s-%s.pem" % (cast.COURT, code)
        with open(os.path.join(self.folder, "stranger.toml"), "w") as file:
            file.write(f"""[gateway]
address = "127.0.0.1:{self.port}"
authority = "pki/tls/ca.pem"
[system]
court = "{cast.COURT}"
certificate = "pki/tls/court-{cast.COURT}.pem"
key = "pki/tls/court-{cast.COURT}.key"
state = "stranger"
legal_basis = "民事诉讼法第253条"
[trust]
environment = "test"
registrars = {self.registrars()}
log_key = "{audit.log_key(self)}"
[officers]
{cast.HANDLER} = "{key(cast.HANDLER)}"
{cast.COSIGNER} = "{key(cast.COSIGNER)}"
""")

        def court(verb, *arguments):
            done = subprocess.run([*SAMPLES.court, verb, "stranger.toml", *arguments], env=self.stage.environment, cwd=self.folder, capture_output=True, text=True, timeout=60)
            return done.stdout + done.stderr

        asked = ["--case", OTHER_CASE, "--subject", cast.DEBTOR, "--agency", SONGYUE]
        # Of its own, and of more than one part: its program has to put it.
        with open(os.path.join(self.folder, "stranger.pdf"), "wb") as file:
            file.write(b"%PDF-1.7 " + os.urandom(300_000))
        notice = "ASSISTANCE_NOTICE=stranger.pdf"
        sent = court("inquire", *asked, "--paper", notice, "--sign", cast.HANDLER)
        self.stage.check(f"a court in {SAMPLES.language} inquires, and proves the acceptance", sent.startswith("accepted "), sent)
        told = court("follow", sent.split()[1], "--sign", cast.HANDLER)
        self.stage.check("and verifies what the bank signed", told.split()[:4] == [SONGYUE, "FINAL", "FOUND", cast.ACCOUNT_SONGYUE], told)
        freeze = [*asked, "--paper", notice, "--paper", "RULING=" + world.PAPERS["RULING"], "--fen", "100000", "--months", "12"]
        alone = court("freeze", *freeze, "--sign", cast.HANDLER)
        self.stage.check("a freeze by one hand is refused", alone.startswith("refused: ") and "SIGNATURES_MISSING" in alone, alone)
        sent = court("freeze", *freeze, "--sign", cast.HANDLER, "--sign", cast.COSIGNER)
        self.stage.check("by two, one of them with SM2, it is accepted", sent.startswith("accepted "), sent)
        told = court("follow", sent.split()[1], "--sign", cast.HANDLER)
        self.stage.check("and controls", told.split()[1:3] == ["FINAL", "CONTROLLED"], told)
        self.killed_court([*SAMPLES.court, "inquire", "stranger.toml", *asked, "--paper", notice, "--sign", cast.HANDLER], court)
        with open(os.path.join(self.folder, "stranger", "checkpoint"), "r+") as file:
            size, root = file.read().split()
            file.seek(0)
            file.write("%s %s" % (size, root[:-1] + ("0" if root[-1] != "0" else "1")))
        sent = court("inquire", *asked, "--paper", notice, "--sign", cast.HANDLER)
        self.stage.check("a log that doesn't continue what it saw is a fork", sent.startswith("LOG_FORKED"), sent)

    def killed_court(self, command, court):
        """SIGKILL as soon as the signed bytes are on disk, sent or not: following sends them."""
        kept = lambda: {name for name in os.listdir(os.path.join(self.folder, "stranger")) if len(name) == 32}
        before = kept()
        process = subprocess.Popen(command, env=self.stage.environment, cwd=self.folder, stdout=subprocess.DEVNULL)
        self.stage.wait("the court's signed bytes", lambda: kept() - before)
        process.kill()
        process.wait()
        told = court("follow", (kept() - before).pop(), "--sign", cast.HANDLER)
        self.stage.check("a court that was killed as soon as it had signed goes on with the same bytes", told.split()[:3] == [SONGYUE, "FINAL", "FOUND"], told)

    def disbelief(self):
        """The sample's own verification, over the bytes that it was really sent."""
        from goldeneagle.v1 import adapter_service_pb2, envelope_pb2
        task, head = self.rows("SELECT task, head FROM tasks WHERE order_id = ?", bytes.fromhex(self.orders["payment"].replace("-", "")))[0]
        registrars = [base64.b64decode(key).hex() for key in json.loads(self.registrars())]
        statements = [{"signed_member": data.hex()} for data, in self.rows("SELECT bytes FROM statements ORDER BY number")]

        def why(change=None, agency=SONGYUE, arrived=None, environment="TEST", keys=registrars):
            t, h = adapter_service_pb2.Task.FromString(task), envelope_pb2.Envelope.FromString(head)
            if change:
                change(t, h)
            member = envelope_pb2.SignedMember(member=t.member, index=t.index, path=t.path, head=h)
            order = {"signed_member": member.SerializeToString().hex(), "agency": agency, "arrived_at": arrived or int(time.time())}
            with open(os.path.join(self.folder, "judged.json"), "w") as file:
                json.dump({"registrars": keys, "registrar_threshold": 2, "environment": environment, "statements": statements, "orders": [order]}, file)
            return subprocess.run([*SAMPLES.judge, "judged.json"], env=self.stage.environment, cwd=self.folder, capture_output=True, text=True, check=True, timeout=60).stdout.strip()

        def forged(t, h):
            t.member = t.member[:-1] + bytes([t.member[-1] ^ 1])

        def readdressed(t, h):
            t.member = t.member.replace(SONGYUE.encode(), cast.BEILING.encode())

        def other_hand(t, h):
            h.signatures[0].sig = h.signatures[1].sig

        def one_hand(t, h):
            del h.signatures[1:]

        expect = self.stage.equal
        expect("the order as it came", why(), "GOOD")
        expect("one bit changed", why(forged), "MEMBER_NOT_IN_ROOT")
        expect("addressed anew on the way", why(readdressed, agency=cast.BEILING), "MEMBER_NOT_IN_ROOT")
        expect("one signature in place of the other", why(other_hand), "SIGNATURES_MISSING")
        expect("one officer alone", why(one_hand), "SIGNATURES_MISSING")
        expect("addressed to another bank", why(agency=cast.BEILING), "AUDIENCE_MISMATCH")
        expect("of the other environment", why(environment="PRODUCTION"), "ENVIRONMENT_MISMATCH")
        expect("after its time", why(arrived=int(time.time()) + 400 * 86400), "ORDER_EXPIRED")
        expect("under registrars whom nobody pinned", why(keys=[registrars[0]] * 3), "SIGNER_UNKNOWN")


def main():
    test = Sample(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]))
    failed = 0
    try:
        test.play_case()
    except Failed as failure:
        print("FAILED  ", failure)
        failed = 1
    finally:
        test.stage.stop_all()
    print("{} passed, {} failed, 0 skipped".format(test.stage.checks - failed, failed))
    return failed


if __name__ == "__main__":
    sys.exit(main())
