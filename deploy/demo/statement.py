"""The daily statement 每日对账 in `demo --full`: what each agency holds for courts, told by itself, is held against the log."""
import os
import shutil

import acts
import cast
import things
from cast import OFFICES, SONGYUE
from stage import at


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
