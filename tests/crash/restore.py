#!/usr/bin/env python3
"""The drill: a gateway that loses its data goes on from an older backup, with real processes.

restore.py BIN_FOLDER WORK_FOLDER [FIGURES]

Load, a backup while loaded, more orders with effects, death, the data lost, the backup put back. Then: the start is refused and says why; one
approval is too few; two recover it; the courts believe the new origin only on proof and send again what is lost; the agencies report again. At the end every
order that was ever accepted is there, nothing was done twice in a register, the ledger equals the banks' books, replay agrees, and a stranger's
audit verifies the log and names the range that is lost.

FIGURES: write the latency of accepting orders with and without a backup under way there, as one line of JSON.
"""
import glob
import json
import os
import shutil
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "deploy", "demo"))
import audit  # noqa: E402
import cast  # noqa: E402
import play  # noqa: E402
import witnesses  # noqa: E402
from cast import BEILING, COURT, LAND, SONGYUE  # noqa: E402
from drill import drill  # noqa: E402
from stage import Failed, at  # noqa: E402

ORIGIN = "demo.golden-eagle.test/log2"
KEPT = ["--last-signed", "last_signed", "--master-key", "pki/keys/master.key"]
AUDITOR = "auditor-audit"


class Restore(play.Demo):
    def local(self, *arguments, expect=0):
        return self.stage.run(["eagle", "--output", "json", "--yes", *arguments], expect)

    def freeze(self, agency, limit):
        sent = self.eagle("order", "freeze", *self.subject(), "--agency", agency, "--limit", limit, *self.papers("RULING", "ASSISTANCE_NOTICE"), "--sign", cast.HANDLER, "--sign", cast.COSIGNER)
        return self.accepted(sent)

    def deduct(self, measure, amount):
        sent = self.eagle("order", "deduct", *self.subject(), "--agency", BEILING, "--measure", measure, "--amount", amount, "--to-account", "1",
                          *self.papers("RULING", "ASSISTANCE_NOTICE", "JUDGMENT_COPY"), "--sign", cast.HANDLER, "--sign", cast.COSIGNER)
        return self.accepted(sent)

    def release(self, agency, measure):
        sent = self.eagle("order", "release", *self.subject(), "--agency", agency, "--measure", measure, "--ground", "OTHER", *self.papers("RULING", "ASSISTANCE_NOTICE"), "--sign", cast.HANDLER, "--sign", cast.COSIGNER)
        return self.accepted(sent)

    def inquire(self):
        sent = self.eagle("order", "inquire", *self.subject(), "--agency", BEILING, "--agency", SONGYUE, *self.papers("ASSISTANCE_NOTICE"), "--officer", cast.HANDLER, "--sign", cast.HANDLER)
        return self.accepted(sent)

    def accepted(self, sent):
        row = sent["results"][0]
        if row["result"] != "ACCEPTED":
            raise Failed(f"not accepted: {sent}")
        self.orders[row["order_id"]] = row["order_id"]
        return row["order_id"]

    def all_answered(self):
        """Those of 松月农商行 go to its clerk."""
        try:
            self.counter(SONGYUE, "confirm", "--all")
        except Failed:
            pass  # nothing to confirm
        return not self.eagle("order", "list", "--case", cast.CASE, "--open").get("rows")

    def settled(self, what):
        self.stage.wait(what, self.all_answered, 60)

    def case_opened(self):
        self.build_the_stage()
        self.clock.move_to(at(9, 28, 9, 0))
        self.eagle("case", "open", "--case", cast.CASE, "--title", cast.TITLE, "--applicant", cast.APPLICANT, "--handler", cast.HANDLER, "--leader", cast.LEADER,
                   "--principal", "100,000.00", "--respondent", cast.DEBTOR + ";JOINT", "--sign", cast.HANDLER, "--sign", cast.LEADER)

    def books(self):
        """What the registers did: operations, each once, and what each measure controls."""
        out = {}
        for agency in (BEILING, SONGYUE):
            operations = [row["operation"] for row in self.counter(agency, "operations")["operations"]]
            if len(operations) != len(set(operations)):
                raise Failed(f"an operation was done twice at {agency}")
            books = self.counter(agency, "check")
            if not books.get("agree", True):
                raise Failed(f"the books of {agency} don't agree: {books}")
            measures = {row["measure"]: row["controlled"] for row in self.counter(agency, "measures")["measures"]}
            out[agency] = (sorted(operations), measures)
        return out

    # --- the story

    def before(self):
        """What lies in the backup: orders, answers, a measure."""
        s = self.stage
        self.case_opened()
        self.eagle("journal", "head")
        self.eagle("journal", "head", role=AUDITOR)
        self.kept_freeze = self.freeze(BEILING, "1,000.00")
        self.inquire()
        self.settled("every order before the backup to be answered")
        s.say("a case, a freeze and an inquiry, answered")

    def backup_under_load(self):
        """Orders go on while the copy is made; how long each took to be accepted, beside the same without a backup."""
        alone = [self.timed() for _ in range(4)]
        made = {}

        def make():
            made.update(self.eagle("backup", "make", role=self.first_operator())["backup"])

        thread = threading.Thread(target=make)
        thread.start()
        during = [self.timed()]
        while thread.is_alive():
            during.append(self.timed())
        thread.join()
        self.stage.check("a backup was made while orders were accepted", made.get("size", 0) > 0 and os.path.isdir(os.path.join(self.folder, made["folder"])), made)
        self.figures = {"alone_ms": alone, "during_backup_ms": during, "backup_seconds": made["seconds"], "backup_bytes": made["bytes"]}
        shutil.copytree(os.path.join(self.folder, made["folder"]), os.path.join(self.folder, "safe"))  # another disk
        made["folder"] = "safe"
        self.backup = made
        verified = self.local("backup", "verify", made["folder"], "--log-key", audit.log_key(self))
        self.stage.check("it verifies offline, every leaf against its signed head", verified["backup"]["verdict"] == "verified" and verified["backup"]["size"] == made["size"] and verified["backup"]["papers"] > 0, verified)
        paper = next(os.path.join(root, name) for root, _, names in os.walk(os.path.join(self.folder, made["folder"], "blobs")) for name in names)
        whole = self.content(paper)
        with open(paper, "r+b") as file:
            file.seek(80)
            byte = file.read(1)
            file.seek(80)
            file.write(bytes([byte[0] ^ 1]))
        told = self.local("backup", "verify", made["folder"], "--log-key", audit.log_key(self), expect=5)
        self.stage.check("one bit of a paper changed: found out, without any key", "BACKUP_INVALID" in told["talk"], told)
        with open(paper, "r+b") as file:
            file.seek(80)
            file.write(byte)
        self.stage.check("and as it was before", self.content(paper) == whole)
        secrets = [name for name in glob.glob(os.path.join(self.folder, made["folder"], "**"), recursive=True) if os.path.isfile(name)
                   for secret in ("pki/keys/log.key", "pki/keys/master.key") if self.content(secret) in self.content(name)]
        self.stage.equal("files of it that hold the log's key or the master key", secrets, [])

    def content(self, name):
        with open(os.path.join(self.folder, name), "rb") as file:
            return file.read().strip()

    def timed(self):
        began = time.monotonic()
        self.inquire()
        return round((time.monotonic() - began) * 1000, 1)

    def after(self):
        """What the backup doesn't have: effects in the registers, known to the court."""
        s = self.stage
        self.lost_freeze = self.freeze(BEILING, "2,000.00")
        self.other_freeze = self.freeze(SONGYUE, "500.00")
        self.settled("the freezes past the backup to be answered")
        self.lost_deduction = self.deduct(self.lost_freeze, "300.00")
        self.released = self.release(BEILING, self.kept_freeze)
        self.settled("deduction and release to be answered")
        self.eagle("journal", "head")
        self.eagle("journal", "head", role=AUDITOR)
        self.done = self.books()
        self.ledger_before = self.case()["ledger"]
        s.say("past the backup: two freezes, a deduction of money, a release; all of it answered")

    def lose(self):
        s = self.stage
        s.kill("gateway")
        folder = os.path.join(self.folder, "data")
        shutil.rmtree(folder)
        os.mkdir(folder, mode=0o700)
        for name in ("journal.db", "keys.db", "checkpoint"):
            shutil.copy(os.path.join(self.folder, self.backup["folder"], name), folder)
        shutil.copytree(os.path.join(self.folder, self.backup["folder"], "blobs"), os.path.join(folder, "blobs"))
        s.say("killed, the data lost, the backup put back")

    def refused_start(self, why):
        done = subprocess.run([os.path.join(self.stage.binaries, "golden-eagle"), "--config", "gateway.toml"], capture_output=True, text=True, env=self.stage.environment, cwd=self.folder, timeout=60)
        self.stage.check(f"the gateway doesn't start: {why}", done.returncode == 1 and why in done.stderr, done.stderr)

    def recover(self):
        s = self.stage
        proposed = self.local("recover", "propose", "--data", "data", "--last-signed", "last_signed", "--origin", ORIGIN, "--log-key", "pki/keys/log2.key", "--ground", "DRILL", "--out", "recovery.doc")["recovery"]
        self.lost = (proposed["restored_size"], proposed["last_signed_size"])
        s.check(f"proposed: entries {self.lost[0]} to {self.lost[1] - 1} are lost", proposed["restored_size"] == self.backup["size"] and proposed["entries_lost"] > 0, proposed)
        apply = ["recover", "apply", "recovery.doc", "--data", "data", "--last-signed", "last_signed", "--log-key", "pki/keys/log2.key", "--master-key", "pki/keys/master.key"]
        self.local("recover", "approve", "recovery.doc", "--key", "pki/keys/administrator-one.pem")
        early = self.local(*apply, expect=2)
        s.check("one administrator is too few", "RECOVERY_NOT_APPROVED" in early["talk"], early)
        again = self.local("recover", "approve", "recovery.doc", "--key", "pki/keys/administrator-one.pem", expect=2)
        s.check("and can't sign twice", "signed the document already" in again["talk"], again)
        self.refused_start("JOURNAL_OLDER")
        self.local("recover", "approve", "recovery.doc", "--key", "pki/keys/administrator-two.pem")
        applied = self.killed_and_repeated(apply)
        s.equal("applied: the new origin's first entry is", applied["recovered"]["index"], self.lost[0])
        once_more = self.local(*apply)
        s.check("applied once more: nothing happens", once_more["recovered"] == applied["recovered"], once_more)
        kept = glob.glob(os.path.join(self.folder, "last_signed.*.note"))
        s.equal("what the old origin signed last is kept beside the store: files", len(kept), 1)
        with open(os.path.join(self.folder, "gateway.toml")) as file:
            text = file.read()
        with open(os.path.join(self.folder, "gateway.toml"), "w") as file:
            file.write(text.replace("pki/keys/log.key", "pki/keys/log2.key"))
        self.new_key = applied["recovered"]["log_key"]

    def killed_and_repeated(self, apply):
        """SIGKILL at some moments of it: before or after, never between."""
        for delay in (0.001, 0.004, 0.008, 0.012, 0.016, 0.02, 0.03):
            process = subprocess.Popen([os.path.join(self.stage.binaries, "eagle"), "--output", "json", "--yes", *apply], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self.stage.environment, cwd=self.folder)
            time.sleep(delay)
            process.kill()
            process.wait()
        return self.local(*apply)

    def believed(self):
        """The old clients: not without proof."""
        s = self.stage
        self.start_gateway()
        self.present({BEILING, SONGYUE, LAND})
        head = self.eagle("journal", "head", expect=5)
        s.check("the court that saw the old log doesn't take the new one for it", "LOG_OTHER_ORIGIN" in head["talk"], head)
        for role in ("court-" + COURT, AUDITOR, self.first_operator()):
            accepted = self.eagle("journal", "accept-recovery", role=role)
            recovery = accepted["recoveries"][0]
            s.equal(f"{role} believes it on proof, and is told what is lost", (recovery["index"], recovery["lost_before"], recovery["new_origin"], recovery["administrators"]), (*self.lost, ORIGIN, 2))
            self.eagle("journal", "head", role=role)
        for name in witnesses.WITNESSES:
            s.stop("witness-" + name)  # its pinned key never signed what comes now
        for name in witnesses.WITNESSES:
            witnesses.start(self, name, "--log-key", self.new_key)
        lost = self.eagle("order", "resend", "--dry-run")
        s.check("the court knows which of its batches are lost", len(lost["rows"]) >= 4, lost)

    def sent_again(self):
        s = self.stage
        resent = self.eagle("order", "resend", "--wait", "60")["rows"]
        s.equal("all of them were sent again", {row["result"] for row in resent}, {"ANSWERED"})
        self.settled("every order to have its answer again")
        s.equal("nothing is lost any more", self.eagle("order", "resend", "--dry-run").get("rows", []), [])

    def judge(self):
        s = self.stage
        there = {row["order_id"] for row in self.eagle("order", "list", "--case", cast.CASE)["rows"]}
        s.check(f"each of the {len(self.orders)} orders that were ever accepted is there", set(self.orders) <= there, set(self.orders) - there)
        s.equal("what the registers did, each once", self.books() == self.done, True)
        self.stage.wait("the ledger to be as it was", lambda: self.case()["ledger"] == self.ledger_before, 30)
        s.check("the ledger is as it was", True)
        for measure in self.case()["measures"]:
            held = self.done[measure["agency_code"]][1]
            if measure["phase"] == "EFFECTIVE" and held.get(measure["unit_reference"]) != measure["controlled"]:
                raise Failed(f"the ledger says {measure}, the bank {held}")
        self.eagle("journal", "verify", role=AUDITOR)
        second = self.freeze(BEILING, "10.00")
        self.settled("a new order under the new origin")
        s.check("and the gateway serves on", second in {row["order_id"] for row in self.eagle("order", "list", "--case", cast.CASE)["rows"]})
        evidence = os.path.join(self.folder, "lost.evidence")
        self.eagle("evidence", self.lost_deduction, "--officer", "001", "--out", evidence)
        s.stop_all()
        replay = audit.journal(self, "replay", "data", *KEPT)
        s.equal("replay", replay["replay"]["verdict"], "replay agrees")
        verified = audit.journal(self, "verify", "data", *KEPT)
        s.equal("the stopped folder", (verified["journal"]["verdict"], verified["journal"]["origin"], [row["lost_before"] for row in verified["recoveries"]]), ("verified", ORIGIN, [self.lost[1]]))
        self.local("journal", "export", "published", "--data", "data", "--log-key", self.new_key, "--last-signed", "last_signed")
        public = s.run(["eagle-audit", "--output", "json", "public", "published", "--log-key", self.new_key])
        row = public["recoveries"][0]
        s.equal("a stranger's audit: findings, and the range that is lost", (public["audit"]["findings"], row["lost_from"], row["lost_before"]), (0, *self.lost))

    def run(self):
        self.stage.scene("Before the backup", "备份之前")
        self.before()
        self.stage.scene("A backup while loaded", "备份")
        self.backup_under_load()
        self.stage.scene("After it, and the end of the data", "丢失")
        self.after()
        self.lose()
        self.refused_start("JOURNAL_OLDER")
        self.stage.scene("Two administrators recover the log", "恢复")
        self.recover()
        self.stage.scene("Old clients, and what is sent again", "重发")
        self.believed()
        self.sent_again()
        self.judge()


def main():
    binaries, folder = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    test = Restore(binaries, folder)
    code = drill(test, test.run, lambda: f"{test.stage.checks} assertions held")
    if code == 0 and len(sys.argv) > 3:
        with open(sys.argv[3], "w") as file:
            file.write(json.dumps(test.figures) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
