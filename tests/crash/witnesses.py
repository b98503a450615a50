#!/usr/bin/env python3
"""Three witnesses as processes, two of whom must see a deduction: what waits for how long, and what nobody signs.

witnesses.py BIN_FOLDER WORK_FOLDER

No deduction goes out while fewer than two are there; after ten minutes the alarm is on record and it goes out without them; after four hours the next one
waits, over a restart too. A witness killed and started again goes on from what it kept. The audit of strangers agrees with all of it.
"""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "deploy", "demo"))
import audit  # noqa: E402
import cast  # noqa: E402
import play  # noqa: E402
import witnesses  # noqa: E402
from cast import BEILING  # noqa: E402
from drill import drill  # noqa: E402
from stage import at  # noqa: E402

class Witnesses(play.Demo):
    def adapter_config(self, code, folder, registrars):
        # This bank takes the gateway's word while witnesses are missing.
        return super().adapter_config(code, folder, registrars).replace('log_policy = "log.policy"\n', "")

    def state(self, key):
        return self.tasks(key)[BEILING]["state"]

    def deduction(self, name, amount="1,000.00"):
        self.orders[name] = self.deduct(BEILING, amount)["results"][0]["order_id"]

    def settle(self, name):
        self.stage.wait(f"the {name} deduction to be answered", lambda: self.state(name) == "DONE")

    def missing(self):
        rows = self.eagle("metrics", "--zeros", role=self.first_operator())["rows"]
        values = {row["name"]: float(row["value"]) for row in rows}
        return values["ge_witnesses_missing"], values["ge_deductions_wait_for_witnesses"]

    def run(self):
        s = self.stage
        self.build_the_stage()
        self.clock.move_to(at(9, 28, 9, 0))
        self.eagle("case", "open", "--case", cast.CASE, "--title", cast.TITLE, "--applicant", cast.APPLICANT, "--handler", cast.HANDLER, "--leader", cast.LEADER,
                   "--principal", "50,000.00", "--respondent", cast.DEBTOR + ";JOINT", "--sign", cast.HANDLER, "--sign", cast.LEADER)
        both = ["--sign", cast.HANDLER, "--sign", cast.COSIGNER]
        frozen = self.eagle("order", "freeze", *self.subject(), "--agency", BEILING, "--limit", "50,000.00", *self.papers("RULING", "ASSISTANCE_NOTICE"), *both)
        self.orders["freeze", BEILING] = frozen["results"][0]["order_id"]
        self.answered(("freeze", BEILING))
        self.deduction("first")
        self.settle("first")
        s.check("with three witnesses a deduction is paid at once", witnesses.cosigned(self) > 0)

        for name in ("supervision", "association"):
            s.kill("witness-" + name)
        before = witnesses.cosigned(self)
        self.deduction("second")
        s.wait("the deduction to be on its list", lambda: self.state("second") == "QUEUED")
        self.clock.move_to(at(9, 28, 9, 9))
        s.wait("a moment", lambda: self.missing() == (0, 0))
        s.equal("nine minutes with one witness", self.state("second"), "QUEUED")
        self.clock.move_to(at(9, 28, 9, 11))
        self.settle("second")
        s.equal("ten minutes: the alarm stands and it is paid without them", self.missing(), (1, 0))
        s.equal("nothing was cosigned", witnesses.cosigned(self), before)
        self.clock.move_to(at(9, 28, 13, 30))
        s.wait("four hours to have passed", lambda: self.missing() == (1, 1))
        self.deduction("third")
        s.equal("after four hours the next one waits", self.state("third"), "QUEUED")
        s.kill("gateway")
        self.start_gateway()
        self.present({BEILING})
        s.equal("over a restart too", (self.state("third"), self.missing()), ("QUEUED", (1, 1)))
        witnesses.start(self, "supervision")
        self.settle("third")
        s.wait("the alarm to end", lambda: self.missing() == (0, 0))
        s.check("a witness that was killed goes on from what it kept", witnesses.cosigned(self) > before)

        s.stop_all()
        audit.export(self, "data", "published", "--last-signed", "last_signed")
        public = s.run(["eagle-audit", "--output", "json", "public", "published", "--log-key", audit.log_key(self)])
        s.equal("findings of a stranger's audit", public["audit"]["findings"], 0)
        replay = audit.journal(self, "replay", "data", "--last-signed", "last_signed", "--master-key", "pki/keys/master.key")
        s.equal("replay", replay["replay"]["verdict"], "replay agrees")


def main():
    test = Witnesses(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]))
    return drill(test, test.run, lambda: f"{test.stage.checks} assertions held")


if __name__ == "__main__":
    sys.exit(main())
