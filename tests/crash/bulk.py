#!/usr/bin/env python3
"""A list of orders, with real processes that die: bulk.py BIN_FOLDER WORK_FOLDER [--figures N]

A court submits 2,000 inquiries and a few freezes from one file. Its program is killed while they go, again and again, and the gateway in between; the
same command goes on each time. In the end every line has one result, the gateway has every order once, and the bank did each freeze once. Then the
counter's measures are taken over by a list, and the freezes that end soon are renewed by one. With
--figures nothing dies, and N inquiries are timed.
"""
import csv
import os
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "deploy", "demo"))
import cast  # noqa: E402
import play  # noqa: E402
import world  # noqa: E402
from cast import BEILING, CASE, FOLDERS  # noqa: E402
from drill import drill  # noqa: E402
from stage import at  # noqa: E402

INQUIRIES, FREEZES = 2000, 12
FILE = "orders.csv"


class Bulk(play.Demo):
    def write_list(self, inquiries, freezes):
        notice = "ASSISTANCE_NOTICE=" + world.PAPERS["ASSISTANCE_NOTICE"]
        with open(os.path.join(self.folder, FILE), "w", newline="", encoding="utf-8-sig") as file:
            rows = csv.writer(file)
            rows.writerow(["act", "case", "subject", "agency", "paper", "paper", "limit", "account", "term"])
            for number in range(inquiries):
                rows.writerow(["inquire", CASE, cast.DEBTOR, BEILING, notice, "", "", "", ""])
                if number < freezes * (inquiries // max(freezes, 1)) and number % (inquiries // max(freezes, 1)) == 0:
                    rows.writerow(["freeze", CASE, cast.DEBTOR, BEILING, notice, "RULING=" + world.PAPERS["RULING"], "100.00", cast.ACCOUNT_BEILING, "6m"])

    def arguments(self):
        return ["--config", f"pki/config/court-{cast.COURT}.toml", "--yes", "--output", "json", "order", "submit", "--file", FILE, "--sign", cast.HANDLER, "--sign", cast.COSIGNER]

    def begin(self):
        return subprocess.Popen([os.path.join(self.stage.binaries, "eagle")] + self.arguments(), env=self.stage.environment, cwd=self.folder,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def path(self, name):
        return os.path.join(self.folder, FILE + ".drafts", name)

    def results(self):
        """Whole lines only: the last may be being written."""
        if not os.path.exists(self.path("results.csv")):
            return []
        with open(self.path("results.csv"), "rb") as file:
            text = file.read()
        return list(csv.DictReader(text[:text.rfind(b"\n") + 1].decode().splitlines()))

    def members(self):
        """SHA-256 of every draft's members: what is sent under a list never changes."""
        names = sorted(name for name in os.listdir(self.path("")) if name.endswith(".draft"))
        return [self.eagle("order", "show", self.path(name))["draft"]["digest"] for name in names]

    def open_the_case(self):
        self.clock.move_to(at(9, 28, 9, 0))
        self.eagle("case", "open", "--case", CASE, "--title", cast.TITLE, "--applicant", cast.APPLICANT, "--handler", cast.HANDLER, "--leader", cast.LEADER,
                   "--principal", "100,000.00", "--respondent", cast.DEBTOR + ";JOINT", "--sign", cast.HANDLER, "--sign", cast.LEADER)

    def listed(self):
        """Every order of the case at the gateway, by id."""
        return [row["order_id"] for row in self.eagle("order", "list", "--case", CASE, "--limit", "20000")["rows"]]

    def run(self):
        s = self.stage
        self.build_the_stage()
        self.open_the_case()
        self.write_list(INQUIRIES, FREEZES)
        all_orders = INQUIRIES + FREEZES
        # Killed before the list is whole: nothing of it was sent.
        process = self.begin()
        s.wait("the first drafts", lambda: os.path.exists(self.path("0002.draft")))
        process.send_signal(signal.SIGKILL)
        process.wait()
        s.check("killed while the drafts were made", not self.results() and (not os.path.exists(self.path("list")) or self.members()))
        cuts, digests = 0, None
        while True:
            before = len(self.results())
            process = self.begin()
            while process.poll() is None and len(self.results()) <= before:
                time.sleep(0.002)
            if process.poll() is not None:
                break
            cuts += 1
            if cuts == 3:
                s.kill("gateway")  # a batch may be on its way
            process.send_signal(signal.SIGKILL)
            process.wait()
            if cuts == 3:
                self.start_gateway()
                self.present({BEILING})
            digests = digests or self.members()
        s.equal("the last run ended well", process.returncode, 0)
        s.check(f"killed {cuts} times while it was sending", cuts >= 4, cuts)
        s.check("the drafts are those of the first run", self.members() == digests)
        rows = self.results()
        s.equal("lines with a result", len({row["line"] for row in rows}), all_orders)
        s.equal("results", len(rows), all_orders)
        s.equal("what became of them", {row["result"] for row in rows}, {"ACCEPTED"})
        listed = self.listed()
        s.equal("orders at the gateway", len(listed), all_orders)
        s.check("the same ids as in the results", set(listed) == {row["order_id"] for row in rows})
        s.equal("numbers in the log, each once", len({row["order_seq"] for row in rows}), all_orders)
        freezes = [row["order_id"] for row in rows if int(row["line"]) > 1 and self.is_freeze(int(row["line"]))]
        s.equal("freezes in the list", len(freezes), FREEZES)
        s.wait("the bank's last word on each freeze", lambda: self.standing() == FREEZES, 60)
        s.check("measures at the bank, each once", sorted(row["freeze_order"] for row in self.case()["measures"]) == sorted(freezes))
        self.refused_changes()
        self.counters()
        self.renewals(freezes)

    def is_freeze(self, line):
        with open(os.path.join(self.folder, FILE), encoding="utf-8-sig") as file:
            return file.read().splitlines()[line - 1].startswith("freeze")

    def standing(self):
        return sum(row["phase"] == "EFFECTIVE" for row in self.case()["measures"])

    def refused_changes(self):
        """The same list with another line is another list."""
        with open(os.path.join(self.folder, FILE), "a", newline="", encoding="utf-8") as file:
            csv.writer(file).writerow(["inquire", CASE, cast.DEBTOR, BEILING, "", "", "", "", ""])
        told = self.stage.run(["eagle"] + self.arguments(), 2)
        self.stage.check("a changed file under the same results is refused", "DIGEST_MISMATCH" in told["talk"], told)

    def counters(self):
        """What was served on paper at the bank's counter is taken over by a list, once however often the list is given."""
        s = self.stage
        references = []
        for number in (1, 2):
            made = self.counter(BEILING, "freeze", "--account", cast.ACCOUNT_BEILING, "--court", cast.COURT, "--document", f"{CASE}之{number}", "--amount", f"{number}00.00",
                                "--months", "12", "--request", f"paper-{number}")
            references.append(made["measures"][0]["measure"])

        def listed(name, amounts, expect=0, *more):
            with open(os.path.join(self.folder, name), "w", newline="", encoding="utf-8") as file:
                rows = csv.writer(file)
                rows.writerow(["act", "case", "subject", "agency", "counter-reference", "document", "counter-kind", "limit", "paper", "paper"])
                for number, (reference, amount) in enumerate(zip(references, amounts), 1):
                    rows.writerow(["freeze", CASE, cast.DEBTOR, BEILING, reference, f"{CASE}之{number}", "DEPOSIT", amount] + self.papers("RULING", "ASSISTANCE_NOTICE")[1::2])
            return self.eagle("order", "submit", "--file", name, "--sign", cast.HANDLER, "--sign", cast.COSIGNER, *more, expect=expect)

        standing = self.standing()
        s.equal("two from the counter are new", [row["result"] for row in listed("paper.csv", ["100.00", "200.00"], 0, "--dry-run")["lines"]], ["WOULD_BE_ACCEPTED"] * 2)
        s.equal("and are ordered", listed("paper.csv", ["100.00", "200.00"])["list"]["accepted"], 2)
        s.wait("the bank to hand them over", lambda: self.standing() == standing + 2, 60)
        again = listed("again.csv", ["100.00", "200.00"])
        s.equal("another list of the same: known, nothing goes", [row["result"] for row in again["lines"]], ["KNOWN"] * 2)
        differs = listed("differs.csv", ["100.00", "300.00"], 3)
        s.equal("with another amount it is for people", [(row["line"], row["column"]) for row in differs["rows"]], [(3, "limit")])

    def renewals(self, freezes):
        """What ends soon is written as a list, shortened by hand, and renewed with one signing act; what was taken out is listed again."""
        s = self.stage
        ends = {row["freeze_order"]: row["effective_to"] for row in self.case()["measures"]}
        self.clock.move_to(at(3, 8, 9, 0, year=2027))
        self.present({BEILING})

        def ending(name):
            listed = self.eagle("order", "renew", "--ending", "30", "--into", name, "--term", "6m", "--urgent", "TERM_ENDING", *self.papers("RULING", "ASSISTANCE_NOTICE"))
            return {row["measure"]: row["left_out"] for row in listed["rows"]}

        seen = ending("renewals.csv")
        s.check("within 30 days end the freezes of six months and not the counter's of a year, and each can be renewed",
                sorted(seen) == sorted(freezes) and not any(seen.values()), seen)
        with open(os.path.join(self.folder, "renewals.csv"), newline="", encoding="utf-8") as file:
            header, *lines = csv.reader(file)
        kept = lines.pop()[header.index("measure")]
        with open(os.path.join(self.folder, "renewals.csv"), "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header] + lines)
        sent = self.eagle("order", "submit", "--file", "renewals.csv", "--sign", cast.HANDLER, "--sign", cast.COSIGNER)
        s.equal("renewals accepted, of one signing act", sent["list"]["accepted"], FREEZES - 1)

        def moved():
            now = {row["freeze_order"]: row["effective_to"] for row in self.case()["measures"]}
            return {order for order in now if now[order] != ends[order]} == set(freezes) - {kept} and now
        now = s.wait("the bank's word on each renewal", moved, 60)
        s.equal("from one end to the next", {(ends[order][:10], now[order][:10]) for order in freezes if order != kept}, {("2027-03-28", "2027-09-28")})
        s.equal("the one that was taken out is listed again, alone", ending("again-renewals.csv"), {kept: None})

    def figures(self, count):
        s = self.stage
        self.build_the_stage()
        self.open_the_case()
        s.stop(FOLDERS[BEILING])  # the bank would share the processor
        self.write_list(count, 0)
        for what, more in (("tried", ["--dry-run"]), ("tried, signed by two, sent and proved", [])):
            began = time.monotonic()
            subprocess.run([os.path.join(s.binaries, "eagle")] + self.arguments() + more, env=s.environment, cwd=self.folder, check=True, stdout=subprocess.DEVNULL)
            took = time.monotonic() - began
            s.say(f"{count} inquiries {what} in {took:.2f} s, {count / took:.0f} a second")
        s.equal("orders at the gateway", len(self.listed()), count)


def main():
    test = Bulk(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]))
    run = (lambda: test.figures(int(sys.argv[4]))) if "--figures" in sys.argv else test.run
    return drill(test, run, lambda: f"{test.stage.checks} assertions held")


if __name__ == "__main__":
    sys.exit(main())
