"""What the network itself asks of its agencies in `demo --full`: the daily statement 每日对账 of what each holds for courts, and an adapter that was examined 一致性检验 before it works."""
import base64
import json
import os
import shutil

import acts
import cast
import things
from cast import FUND, OFFICES, SONGYUE
from stage import at, free_port
from world import ROOT

EXAMINER = "北陵市协助执行检测组"
CASES = ("hello", "inquire-found", "inquire-nil", "forged-signature", "one-signature", "re-addressed", "order-id-reused", "freeze-release", "crash")  # of the kit; the whole has 70


# --- the daily statement


def core_of(demo, bank, name="core.db"):
    return os.path.join(demo.folder, OFFICES[bank].folder, name)


def keep_a_copy(demo):
    """The evening's copy of a bank's core, made as its people would: stopped, copied, started."""
    demo.clock.move_to(at(10, 7, 20, 0))
    demo.stage.stop(OFFICES[SONGYUE].folder)
    shutil.copy(core_of(demo, SONGYUE), core_of(demo, SONGYUE, "core.7-october"))
    demo.start_agency(SONGYUE)


def incidents(demo, role, *arguments, show=False):
    return demo.eagle("incident", "list", *arguments, "--agency", SONGYUE, role=role, show=show).get("rows", [])


def stated_until(demo):
    rows = demo.eagle("agency", "positions", role=demo.first_operator())["rows"]
    return next(row["stated_until"] for row in rows if row["code"] == SONGYUE)


def forgotten(demo):
    """A bank comes back with an old copy of its core: it doesn't know the freeze any more, and its own daily statement says so."""
    s = demo.stage
    court = "court-" + cast.COURT
    demo.clock.move_to(at(11, 17, 9, 0))
    s.scene("A bank forgets a freeze, and its own daily statement says so", "银行漏记冻结，每日对账自行揭示")
    s.wait("the statement of the day before", lambda: stated_until(demo) == "2026-11-16")
    s.equal("松月农商行 has stated what it holds for courts, day by day, to 16 November; it agrees with the log, open incidents", incidents(demo, court, "--open"), [])
    demo.clock.move_to(at(11, 17, 22, 0))
    demo.stage.stop(OFFICES[SONGYUE].folder)
    os.rename(core_of(demo, SONGYUE), core_of(demo, SONGYUE, "core.right"))
    shutil.copy(core_of(demo, SONGYUE, "core.7-october"), core_of(demo, SONGYUE))
    demo.clock.move_to(at(11, 18, 1, 30))
    demo.start_agency(SONGYUE)
    s.say("in the night its core is put back from a copy of 7 October; nobody notices")
    s.equal("at its counter the money looks free", acts.account(demo, SONGYUE, cast.ACCOUNT_SONGYUE), {"balance": "35,000.00", "available": "35,000.00"})
    row = s.wait("an incident", lambda: incidents(demo, court, "--open"))[0]
    s.equal("18 November 01:30, its statement doesn't name the freeze; the court sees an incident 单位缺记", (row["kind"], row["day"], row["stated"], row["recorded"]), ("MEASURE_MISSING", "2026-11-17", None, "30,000.00"))
    s.equal("of the freeze in this case", row["order_id"], demo.orders["preserve", SONGYUE])
    s.equal("three civil days to put it right, until", row["due"], "2026-11-22T00:00:00+08:00")
    blind = incidents(demo, demo.first_operator(), "--open", show=True)[0]
    s.equal("the operator of the gateway sees the incident, and no amount", (blind["incident"], blind["stated"], blind["recorded"]), (row["incident"], None, None))
    demo.clock.move_to(at(11, 18, 9, 0))
    demo.stage.stop(OFFICES[SONGYUE].folder)
    os.rename(core_of(demo, SONGYUE, "core.right"), core_of(demo, SONGYUE))
    demo.start_agency(SONGYUE)
    s.say("they telephone; the bank finds the right core and puts it back")
    s.equal("the freeze is there again, at its rank", acts.account(demo, SONGYUE, cast.ACCOUNT_SONGYUE), {"balance": "35,000.00", "available": "5,000.00"})
    demo.clock.move_to(at(11, 19, 1, 30))
    s.wait("the next statement", lambda: stated_until(demo) == "2026-11-18")
    s.equal("19 November, the next statement agrees; open incidents", incidents(demo, court, "--open"), [])
    gone = [each for each in incidents(demo, court) if each["incident"] == row["incident"]][0]
    s.equal("the incident is cleared by it, and stays on record", gone["cleared"][:10], "2026-11-19")
    things.stands(demo, SONGYUE, phase="EFFECTIVE", controlled="30,000.00", unfunded="0.00")


# --- the examined adapter


def kit(demo, *arguments, expect=0, show=False):
    return demo.stage.run(["eagle-conformance", *arguments], expect, show)


def examine(demo):
    """The fund's people point the kit at their adapter with a register for tests, not the one that goes into service."""
    s = demo.stage
    kit(demo, "init", "kit", "--agency", FUND, "--address", f"127.0.0.1:{free_port()}")
    s.run(["eagle-fund", "import", "--data", "kit/data", "--csv", demo.csv_of(FUND)])
    with open(os.path.join(demo.folder, "kit", "adapter.toml"), "a") as file:
        file.write("[fund]\nreply_delay = 0\n")
    with open(os.path.join(demo.folder, "kit", "fixtures.toml"), "w") as file:
        file.write('asset_kind = "HOUSING_FUND"\n[person]\nname = "何以宁"\nid_number = "990101198305210066"\nasset = "990070000505"\nbalance = "20,466.12"\n')
    only = [word for case in CASES for word in ("--only", case)]
    played = kit(demo, "run", "kit", "--adapter", f"{os.path.join(demo.stage.binaries, 'eagle-fund')} run --config kit/adapter.toml", "--fixtures", "kit/fixtures.toml", *only, "--report", "report.json")
    s.check(f"the kit gives it forged and re-addressed orders, kills it between effect and receipt: {played['text'].splitlines()[-1]}", played["text"].endswith(f"{len(CASES)} passed, 0 failed, 0 skipped"), played)


def install_row(demo):
    """The policy's next version: whose reports count. The shipped table has no such row."""
    s = demo.stage
    with open(os.path.join(ROOT, "deploy/policy/cn-2026.txtpb")) as file:
        table = file.read()
    with open(os.path.join(demo.folder, "kit", "examiner.pub")) as file:
        key = "".join(f"\\{byte:03o}" for byte in base64.b64decode(file.read()))
    row = (f'adapters {{ examiners {{ name: "{EXAMINER}" algorithm: KEY_ALGORITHM_ED25519 key: "{key}" }} cases: "forged-signature" cases: "re-addressed" cases: "crash" valid_days: 365\n'
           '  source { en: "Operating rule of this network" zh: "本网络运行规则" } }\n')
    with open(os.path.join(demo.folder, "next.txtpb"), "w") as file:
        file.write(table.replace("version: 4", "version: 5", 1) + row)
    demo.adopt("policy", "next.txtpb", "examined adapters 一致性检验")
    s.say(f"the policy's version 5 names the examiner, {EXAMINER}, and three cases that must have passed")


def approve(demo, report, expect=0, show=False):
    return demo.eagle("admin", "approve-adapter", "--report", report, "--ground", "eagle-fund 0.1.0 一致性检验", "--key", "pki/keys/administrator-one.pem", role=demo.first_operator(), expect=expect, show=show)


def examined(demo):
    """The fund's adapter is examined before the fund is connected."""
    s = demo.stage
    demo.clock.move_to(at(8, 2, 9, 0, year=2027))
    s.scene("An adapter is examined before it works", "适配程序：先检验，后接入")
    examine(demo)
    install_row(demo)
    with open(os.path.join(demo.folder, "report.json")) as file:
        report = json.load(file)
    said = json.loads(base64.b64decode(report["payload"]))
    report["payload"] = base64.b64encode(json.dumps(dict(said, adapter_version="9.9"), ensure_ascii=False).encode()).decode()
    with open(os.path.join(demo.folder, "other.json"), "w") as file:
        json.dump(report, file)
    refused = approve(demo, "other.json", expect=3)
    s.check("a report that was changed to another version counts for nothing", "REPORT_INVALID" in json.dumps(refused), refused)
    proposed = approve(demo, "report.json", show=True)
    approved = demo.eagle("admin", "approve", str(proposed["results"][0]["proposal"]), "--key", "pki/keys/administrator-two.pem", role=demo.first_operator())
    s.equal("two administrators let this version work", [row["result"] for row in approved["results"]], ["IN_EFFECT"])
    demo.join(FUND)
    demo.present({FUND})
    rows = {row["code"]: row["examined_until"] for row in demo.eagle("agency", "list")["rows"]}
    s.equal("the housing fund is connected, examined until", rows[FUND][:10], "2028-08-02")
    s.equal("the others were not examined yet: the day on which it is demanded is still to come", {until for code, until in rows.items() if code != FUND}, {None})
