"""The log's witnesses in the demo case: the supervising court, the banks' association, and the auditor's system; two of the three must have seen a deduction."""
import json
import os
import re
import time

WITNESSES = {"supervision": "witness-supervision", "association": "witness-association", "audit": "auditor-audit"}  # name -> configuration
QUORUM = 2


def make_keys(demo):
    """A key for each, and the policy that a bank pins: the log's key, the witnesses', and how many of them."""
    demo.witness_keys = {}
    for name in WITNESSES:
        made = demo.stage.run(["eagle", "--output", "json", "pki", "witness", f"witness.test/{name}", "--out", f"witness-{name}.key"])
        demo.witness_keys[name] = made["witness_key"]["pin"]
    with open(os.path.join(demo.folder, "pki/keys/log.pub")) as file:
        lines = ["log " + file.read().strip()]
    lines += [f"witness {name} {key}" for name, key in demo.witness_keys.items()]
    lines += [f"group witnesses {QUORUM} " + " ".join(WITNESSES), "quorum witnesses"]
    with open(os.path.join(demo.folder, "log.policy"), "w") as file:
        file.write("\n".join(lines) + "\n")


def register(demo):
    path = os.path.join(demo.folder, "witnesses.json")
    with open(path, "w") as file:
        json.dump({"quorum": QUORUM, "witnesses": [{"name": f"witness.test/{name}", "verifierKey": key} for name, key in demo.witness_keys.items()]}, file)
    demo.adopt("witnesses", path, "outside witnesses: three, two of whom must see a deduction")


def start(demo, name, *arguments):
    demo.stage.start("witness-" + name, ["eagle", "--config", f"pki/config/{WITNESSES[name]}.toml", "witness", "run", "--key", f"witness-{name}.key", "--state", "seen-" + name] + list(arguments))


def stop(demo, name):
    demo.stage.stop("witness-" + name)


def signed(demo, name):
    """Entries under the newest checkpoint that this witness has signed, with or without the others; 0: none."""
    with open(os.path.join(demo.folder, f"witness-{name}.log")) as file:
        return max((int(size) for size in re.findall(r"cosigned (\d+) entries", file.read())), default=0)


def cosigned(demo):
    """Entries under the newest cosigned checkpoint; 0: none."""
    rows = demo.eagle("metrics", "--zeros", role=demo.first_operator())["rows"]
    return int(float(next(row["value"] for row in rows if row["name"] == "ge_cosigned_size")))


def look_of_the_hour(demo, before):
    """Lets what is due by the clock be cosigned first: a checkpoint that finds no quorum any more stands in the way of the next for ten seconds. Nothing may be due: goes on after three."""
    end = time.monotonic() + 3
    while cosigned(demo) <= before and time.monotonic() < end:
        time.sleep(0.05)
