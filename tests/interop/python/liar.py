"""A sample adapter before a gateway that is broken, or broken into: liar.py STUBS_FOLDER [java OUT]   (samples.py)

A small gateway of this test's own hands out what no honest one would, and the adapter's process must neither act on it nor stop. Courts, officers and
registrars are made here with the openssl program. Last line: N passed, N failed, 0 skipped.
"""
import datetime
import os
import shutil
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), sys.argv[1]]
import grpc  # noqa: E402
from goldeneagle.v1 import adapter_service_pb2 as api, envelope_pb2, order_pb2, receipt_pb2, statement_pb2  # noqa: E402
from liar_world import ACCOUNT, COURT, DEBTOR, OTHER, PDF, RULING, TYPE, World, check, checks, digest_of, equal, named  # noqa: E402


def unreadable(w):
    p, liar = w.people, w.liar
    good = p.inquiry()
    _, head = p.task(good)
    broken_head = envelope_pb2.Envelope(payload=b"\xff\xff", payload_type=TYPE.decode())
    liar.hand((b"\xff\xff", head), (good.SerializeToString(), broken_head))
    poll = api.PullTasksResponse(directory_complete=True, tasks=[api.Task(fence=9, head=7, member=good.SerializeToString())])
    poll.directory.add(position=50, statement=envelope_pb2.SignedMember(member=b"\xff", head=broken_head))
    liar.polls.put(poll)
    after = p.inquiry()
    liar.hand(p.task(after))
    equal("after bytes that nobody can read it still works", w.answers(after), ["FOUND"])
    equal("an order under a head that can't be read goes back", w.answers(good), ["ENVELOPE_MALFORMED"])


def repeated(w):
    p, liar = w.people, w.liar
    order = p.freeze(6000000)
    for _ in range(3):
        liar.hand(p.task(order), p.task(order))
    equal("a freeze handed out six times: one answer, again and again", set(w.answers(order, 2)), {"CONTROLLED"})
    w.wait(liar.polls.empty)
    check("and told each time", w.wait(lambda: len(liar.receipts(order)) >= 3), len(liar.receipts(order)))
    with liar.lock:
        batches = {batch.SerializeToString() for batch in liar.batches if receipt_pb2.Receipt.FromString(batch.members[0]).order_id == order.order_id}
    equal("always the same bytes: different batches", len(batches), 1)
    equal("frozen once", w.controlled(), 6000000)
    measure = liar.receipts(order)[0].items[0].measure
    china = datetime.timezone(datetime.timedelta(hours=8))
    ends = datetime.datetime.fromtimestamp(measure.effective_to.seconds, china)
    equal("its term ends at midnight in China, wherever the machine stands", (ends.hour, ends.minute, ends.second), (0, 0, 0))
    check("when it took effect is said", liar.receipts(order)[0].effect_at.seconds > 0)
    return order


def ids(w, freeze):
    p, liar = w.people, w.liar
    other = p.freeze(100, order_id=freeze.order_id)
    liar.hand(p.task(other))
    equal("another order under a known id", w.answers(other), ["ORDER_ID_REUSED"])
    honest = p.freeze(200)
    member, head = p.task(honest)
    junk = p.order(order_pb2.ACTION_INQUIRE, order_id=honest.order_id, inquire=order_pb2.Inquire(asset_kinds=["LAND"]))
    liar.hand((junk.SerializeToString(), head))
    equal("a forged order under the id of one that is still to come", w.answers(junk), ["MEMBER_NOT_IN_ROOT"])
    liar.hand((member, head))
    equal("which is then done all the same", w.answers(honest), ["CONTROLLED"])


def strangers(w, freeze):
    p, liar = w.people, w.liar
    before = w.controlled()
    for what, order in (("another court", p.release(freeze, court=OTHER)), ("another case", p.release(freeze, case="（2026）辽9901执1025号")), ("another person", p.release(freeze, subject=("苏晴", "CITIZEN_ID", "990101198503070025"))),
                        ("an order that made none", p.release(p.inquiry()))):
        liar.hand(p.task(order))
        equal(f"a release of the measure for {what}", w.answers(order), ["MEASURE_UNKNOWN"])
    equal("nothing was released", w.controlled(), before)


def hands(w):
    """Officer 003 may sign as handler and as co-signer, but is one person."""
    p, liar = w.people, w.liar
    before = w.controlled()
    for names in (["both"], ["both", "both"]):
        order = p.freeze(500, officers=["003"])
        liar.hand(p.task(order, names))
        equal(f"one officer who holds both roles, alone ({len(names)} signatures)", w.answers(order), ["SIGNATURES_MISSING"])
    equal("nothing was frozen", w.controlled(), before)
    for names in (["both", "001"], ["002", "both"]):
        order = p.freeze(600, officers=["003"])
        liar.hand(p.task(order, names))
        equal("with another beside him: " + " ".join(names), w.answers(order), ["CONTROLLED"])


def statements(w):
    """An order is handed out before the statement about its officer: it waits for the whole directory."""
    p, liar = w.people, w.liar
    order = p.inquiry(officers=["004"])
    member, head = p.task(order, ["late"])
    first, second = api.PullTasksResponse(heads=[head], tasks=[api.Task(fence=liar.fence + 1, member=member)]), api.PullTasksResponse(directory_complete=True)
    liar.fence += 1
    second.directory.add(position=51, statement=p.officer(COURT, "court", "004", "late", 1))
    liar.polls.put(first)
    liar.polls.put(second)
    equal("while statements are missing nothing is judged", w.answers(order), ["FOUND"])
    subject = "court/%s/officer/002" % COURT
    kept, p.chain[subject] = p.chain[subject], (1, bytes(32))  # another one before it than there was
    poll = api.PullTasksResponse(directory_complete=True)
    poll.directory.add(position=52, statement=p.officer(COURT, "court", "002", "002", 3))
    p.chain[subject] = kept
    liar.polls.put(poll)
    order = p.freeze(800)
    liar.hand(p.task(order))
    equal("a statement that doesn't continue the one before changes nothing", w.answers(order), ["CONTROLLED"])
    check("it says which statements it has, believed or not", w.stream_is_told(), liar.seen("PullTasks")[-1].directory_digest.hex())
    liar.polls.put("DIRECTORY_DIFFERS")
    check("told that they are not the log's it takes them anew", w.wait(lambda: liar.seen("PullTasks")[-1].directory_position == 0))
    poll = api.PullTasksResponse(directory_complete=True)
    for position, statement in sorted(liar.told.items(), key=lambda one: one[0]):
        poll.directory.add(position=position, statement=statement)
    liar.polls.put(poll)
    check("and then says the same of them", w.stream_is_told(), liar.seen("PullTasks")[-1].directory_digest.hex())


def later_acts(w):
    """What came into the contract after this bank was written, or isn't a bank's: sent back, never done."""
    p, liar = w.people, w.liar
    before, term = w.controlled(), order_pb2.Term(months=12)
    measure = os.urandom(16)
    for what, order in (
            ("a transfer of title", p.order(order_pb2.ACTION_TRANSFER_TITLE, transfer_title=order_pb2.TransferTitle(freeze_order_id=measure, ground="AUCTION"))),
            ("a search for a thing", p.order(order_pb2.ACTION_LOCATE, locate=order_pb2.Locate(freeze_order_id=measure, term=term))),
            ("income to be taken", p.order(order_pb2.ACTION_EXTRACT_INCOME, extract_income=order_pb2.ExtractIncome(account_number=ACCOUNT, currency="CNY", limit_minor_units=100, term=term)))):
        liar.hand(p.task(order))
        equal(what, w.answers(order), ["ACTION_NOT_SUPPORTED"])
    targets = (("a product", {"product": order_pb2.ProductTarget(product_number="L1")}), ("a thing", {"asset": order_pb2.AssetTarget(asset_kind="LAND", unit_number="1", share_numerator=1, share_denominator=1)}),
               ("single acts", {"person_at_agency": order_pb2.PersonAtAgency(), "blocked_acts": ["TRANSFER"]}))
    orders = [(what, p.order(order_pb2.ACTION_FREEZE, freeze=order_pb2.Freeze(currency="CNY", limit_minor_units=100, inflow=1, term=term, **target))) for what, target in targets]
    orders.append(("what the counter froze", p.order(order_pb2.ACTION_FREEZE, freeze=order_pb2.Freeze(counter=order_pb2.CounterMeasure(unit_reference="G1", document_number="1", asset_kind="DEPOSIT")))))
    for what, order in orders:
        liar.hand(p.task(order))
        equal("a freeze of " + what, w.answers(order), ["TARGET_NOT_SUPPORTED"])
    equal("nothing was frozen", w.controlled(), before)


def broken_books(w):
    """The bank's own failure says nothing about anybody's assets, and holds up nobody for ever."""
    p, liar = w.people, w.liar
    before = w.controlled()
    w.rows("ALTER TABLE accounts RENAME TO away")
    inquiry, control = p.inquiry(), p.freeze(370)
    liar.hand(p.task(inquiry), p.task(control))
    equal("books that can't be read: an inquiry is answered, but not with NIL", w.answers(inquiry, 2), ["ACKNOWLEDGED", "ERROR"])
    equal("a freeze, too", w.answers(control, 2), ["ACKNOWLEDGED", "ERROR"])
    w.rows("ALTER TABLE away RENAME TO accounts")
    w.rows("ALTER TABLE measures RENAME TO away")  # what happens by itself fails, too
    w.polling()
    w.rows("ALTER TABLE away RENAME TO measures")
    after = p.inquiry()
    liar.hand(p.task(after))
    equal("once they can it works on; nothing was frozen", (w.answers(after), w.controlled()), (["FOUND"], before))


def papers(w):
    p, liar, here = w.people, w.liar, os.path.join(w.folder, "papers")
    pulled = lambda content: [request.part for request in liar.seen("PullBlobPart") if request.digest == named(content).digest]
    large, missing, forged, longer, late = (b"%PDF-1.7 " + os.urandom(size) for size in (600_000, 100, 100, 100, 100))
    w.papers.there(named(large).digest, large)
    w.papers.cut = {2}
    order = p.freeze(310, papers=(RULING, large))
    liar.hand(p.task(order))
    w.wait(lambda: not w.papers.cut)
    liar.hand(p.task(order))  # the connection broke: after Hello it is handed out again
    equal("a connection that breaks in a paper of three parts", w.answers(order), ["CONTROLLED"])
    equal("each part that came is kept: parts asked for", pulled(large), [0, 1, 2, 2])
    with open(os.path.join(here, named(large).digest.hex() + ".pdf"), "rb") as file:
        check("the paper lies in its folder, whole", file.read() == large)
    order = p.freeze(320, papers=(large,))
    liar.hand(p.task(order))
    equal("another order with the same paper", (w.answers(order), len(pulled(large))), (["CONTROLLED"], 4))
    order = p.freeze(330, papers=())
    liar.hand(p.task(order))
    equal("a freeze that names no paper goes back", w.answers(order), ["DOCUMENT_MISSING"])
    order = p.freeze(340, papers=(late,))
    liar.hand(p.task(order))
    equal("a paper that isn't there: the court learns that the order came", w.answers(order), ["ACKNOWLEDGED"])
    w.papers.there(named(late).digest, late)
    equal("then it comes, and the order is done", w.answers(order, 2), ["ACKNOWLEDGED", "CONTROLLED"])
    bad = (("never comes", missing, None), ("isn't the one that was signed", forged, forged[:-1] + b"!"), ("is longer than was signed", longer, longer + b"!"))
    orders = []
    for place, (what, wanted, content) in enumerate(bad):
        if content:
            w.papers.there(named(wanted).digest, content)
        orders.append(p.freeze(350, papers=(wanted,), subject=("苏晴", "CITIZEN_ID", "9901011990050500%02d" % place)))
    liar.hand(*(p.task(order) for order in orders))
    for (what, wanted, _), order in zip(bad, orders):
        equal("a paper that " + what, w.answers(order, 2), ["ACKNOWLEDGED", "DOCUMENT_MISSING"])
    equal("nothing of them is in the folder", [name for name in os.listdir(here) if any(named(one).digest.hex() in name for one in (forged, longer))], [])
    strange = p.freeze(360, papers=(b"%PDF-1.7 never asked for",))
    liar.hand(p.task(strange, ["001", "001"]))
    equal("of an order that isn't believed", (w.answers(strange), pulled(b"%PDF-1.7 never asked for")), (["SIGNATURES_MISSING"], []))


def sealed(w):
    """What the bank's seal makes of an answer goes before it; and the answer goes all the same when the file doesn't."""
    p, liar = w.people, w.liar
    content = b"%PDF-1.7 " + os.urandom(300_000)
    with open(os.path.join(w.folder, "sealed.pdf"), "wb") as file:
        file.write(content)
    order = p.freeze(410)
    liar.hand(p.task(order))
    equal("a freeze with a sealed receipt", w.answers(order), ["CONTROLLED"])
    receipt, digest = liar.receipts(order)[0], named(content).digest
    equal("which names the file", [(one.category, one.digest, one.size_bytes, one.media_type) for one in receipt.documents], [("SEALED_RECEIPT", digest, len(content), PDF)])
    check("the file is the gateway's, part by part", b"".join(part for _, part in sorted(w.papers.put.get(digest, {}).items())) == content)
    with liar.lock:
        told = [place for place, (name, request) in enumerate(liar.calls) if name == "ReportResults" and receipt_pb2.Receipt.FromString(request.batch.members[0]).order_id == order.order_id]
        put = [place for place, (name, request) in enumerate(liar.calls) if name == "PutBlobPart" and request.order_id == order.order_id]
    check("before the receipt is told", put and max(put) < min(told), (put, told))
    with open(os.path.join(w.folder, "answer.json"), encoding="utf-8") as file:
        check("the seal saw what was answered", "OUTCOME_CONTROLLED" in file.read())
    with open(os.path.join(w.folder, "sealed.pdf"), "wb") as file:
        file.write(content + b"2")
    for what, code in (("that the gateway won't have", grpc.StatusCode.INVALID_ARGUMENT), ("for which it has no room now", grpc.StatusCode.RESOURCE_EXHAUSTED)):
        w.papers.refused = code
        order = p.freeze(420)
        liar.hand(p.task(order))
        equal("an answer with a file " + what, w.answers(order), ["CONTROLLED"])
    w.papers.refused = None
    check("and is sent once there is", w.wait(lambda: b"".join(part for _, part in sorted(w.papers.put.get(named(content + b"2").digest, {}).items())) == content + b"2"))
    os.remove(os.path.join(w.folder, "sealed.pdf"))


def stale(w):
    """How old the directory is says the log, under its own key; what doesn't fit says nothing."""
    p, liar = w.people, w.liar

    def head(said):
        poll = api.PullTasksResponse(directory_complete=True)
        poll.directory_head.CopyFrom(said)
        liar.polls.put(poll)

    head(p.directory_head(liar.told, hours_old=3))
    control, inquiry = p.freeze(900), p.inquiry()
    liar.hand(p.task(control), p.task(inquiry))
    equal("statements that may be three hours old: good enough to inquire", w.answers(inquiry), ["FOUND"])
    equal("not to freeze", w.answers(control, 1, 0.5), [])
    fewer = {position: liar.told[position] for position in liar.told if position < 51}
    fewer[max(liar.told)] = liar.told[max(liar.told)]
    head(p.directory_head(liar.told, signer="court"))
    head(p.directory_head(fewer))
    equal("nor by a head that another key signed, or one that doesn't fit what came", w.answers(control, 1, 1), [])
    check("it asks past the newest that it believes", w.wait(lambda: liar.seen("PullTasks")[-1].directory_head == 2), liar.seen("PullTasks")[-1].directory_head)
    head(p.directory_head(liar.told))
    equal("but by a new one", w.answers(control), ["CONTROLLED"])


def names(w):
    p, liar = w.people, w.liar
    for what, subject, expected in (("the x of the number small", (DEBTOR[0], DEBTOR[1], DEBTOR[2].lower()), "FOUND"), ("the number in full width", (DEBTOR[0], DEBTOR[1], DEBTOR[2].replace("9", "\uff19")), "FOUND"),
                                    ("the number under another name", ("苏晴",) + DEBTOR[1:], "AMBIGUOUS"), ("a stranger", ("苏晴", DEBTOR[1], "990101198503070025"), "NIL"),
                                    ("an account that was opened with 15 digits", ("周敏", "CITIZEN_ID", "990101196001010012"), "FOUND")):
        order = p.inquiry(subject=subject)
        liar.hand(p.task(order))
        equal(what, w.answers(order), [expected])


def leases(w):
    p, liar = w.people, w.liar
    before = w.rows("SELECT count(*) FROM measures")
    late, dropped = p.freeze(300), p.freeze(400)
    liar.lease = 2
    liar.polls.put("HELLO_FIRST")
    hellos = len(liar.seen("Hello"))
    check("after HELLO_FIRST it says Hello again", w.wait(lambda: len(liar.seen("Hello")) > hellos))
    w.polling()
    with liar.lock:
        at = max(place for place, (name, _) in enumerate(liar.calls) if name == "Hello")
        first = next(request for name, request in liar.calls[at:] if name == "PullTasks")
    equal("and its first poll names no delivery", first.last_delivery, 0)

    liar.late, liar.renewal = 2.5, api.RenewLeaseResponse(lost=[late.order_id])
    asked = len(liar.seen("RenewLease"))
    liar.hand(p.task(late))
    check("an answer comes later than the lease is long: it asks before it begins", w.wait(lambda: len(liar.seen("RenewLease")) > asked))
    liar.late, liar.renewal = 1.5, api.RenewLeaseResponse(withdrawn=[dropped.order_id])
    asked = len(liar.seen("RenewLease"))
    liar.hand(p.task(dropped))
    check("half of the next lease is over on arrival: it asks", w.wait(lambda: len(liar.seen("RenewLease")) > asked))
    liar.late, liar.renewal = 0, api.RenewLeaseResponse()
    probe = p.inquiry()
    liar.hand(p.task(probe))
    equal("then it works on", w.answers(probe), ["FOUND"])
    equal("but began neither what was lost nor what was withdrawn", (w.answers(late, 1, 0.5), w.answers(dropped, 1, 0.5), w.rows("SELECT count(*) FROM measures")), ([], [], before))
    liar.hand(p.task(late), p.task(dropped))
    equal("the lost one is done when it is handed out again", w.answers(late), ["CONTROLLED"])
    equal("the withdrawn one never", w.answers(dropped, 1, 1), [])
    liar.lease = 60


def reports(w):
    p, liar = w.people, w.liar
    first, second = p.inquiry(), p.inquiry()
    # A batch whose number the gateway knows: an old copy of the inbox. The next one must not wait behind it for ever.
    reused = []

    def turn_down(batch):
        receipt, sequence = receipt_pb2.Receipt.FromString(batch.members[0]), envelope_pb2.Head.FromString(batch.head.payload).sequence
        if receipt.order_id == first.order_id and not reused:
            reused.append((sequence, batch.members[0]))
        if receipt.order_id == first.order_id and sequence == reused[0][0]:
            return grpc.StatusCode.ALREADY_EXISTS
        return grpc.StatusCode.INVALID_ARGUMENT if receipt.order_id == second.order_id else None

    liar.turn_down = turn_down
    liar.hand(p.task(first), p.task(second))
    third = p.inquiry()
    liar.hand(p.task(third))
    equal("a receipt that is turned down holds up no other", w.answers(third), ["FOUND"])
    equal("under a number that was used it is signed anew", w.answers(first), ["FOUND"])
    with liar.lock:
        members = [batch.members[0] for batch in liar.batches if receipt_pb2.Receipt.FromString(batch.members[0]).order_id == first.order_id]
    check("the same receipt", members == [reused[0][1]], members)
    w.wait(liar.polls.empty)
    time.sleep(1)
    tries = len([1 for request in liar.seen("ReportResults") if receipt_pb2.Receipt.FromString(request.batch.members[0]).order_id == second.order_id])
    equal("one that the gateway can't take isn't sent again and again", tries, 1)
    liar.turn_down = None
    fourth = p.inquiry()
    liar.mute.add(fourth.order_id)
    liar.hand(p.task(fourth))
    equal("no verdict is no receipt: it is sent again", w.answers(fourth), ["FOUND"])


def recovery(w):
    """The log goes on from an older backup: positions past it name other statements, and everything is told again."""
    p, liar = w.people, w.liar
    told = {digest_of(batch.members[0]) for batch in liar.batches}
    with liar.lock:
        liar.batches.clear()
    liar.origin, liar.recovered_at = "log2", 3
    liar.told = {position: statement for position, statement in liar.told.items() if position < 3}
    liar.polls.put("HELLO_FIRST")
    check("every receipt is told again", w.wait(lambda: told <= {digest_of(batch.members[0]) for batch in liar.batches}), len(liar.batches))
    check("statements are asked for from there", w.wait(lambda: liar.seen("PullTasks")[-1].directory_position == 3), liar.seen("PullTasks")[-1].directory_position)
    new = p.officer(OTHER, "other", "003", "other-002", statement_pb2.OFFICER_ROLE_LEADER)
    poll = api.PullTasksResponse(directory_complete=True)
    poll.directory.add(position=4, statement=new)  # a place that another statement had in the old log
    poll.directory_head.CopyFrom(p.directory_head({**liar.told, 4: new}))
    liar.polls.put(poll)
    w.wait(lambda: liar.seen("PullTasks")[-1].directory_position == 4)
    kept = {row[0] for row in w.rows("SELECT bytes FROM statements")}
    check("a statement at a place that another had is kept", new.SerializeToString() in kept)
    equal("beside the old ones: statements", len(kept), 11)
    check("it says which of them the new log has", w.stream_is_told(), liar.seen("PullTasks")[-1].directory_digest.hex())


def stolen(w):
    """Two officers with one key, which is then revoked; and the key of a whole court."""
    p, liar = w.people, w.liar
    before = w.controlled()

    def told(position, *statements):
        poll = api.PullTasksResponse(directory_complete=True)
        for place, statement in enumerate(statements):
            poll.directory.add(position=position + place, statement=statement)
        liar.polls.put(poll)

    def answered(what, names, expected, **more):
        order = p.freeze(700, **more)
        liar.hand(p.task(order, names))
        equal(what, w.answers(order), [expected])

    told(60, p.officer(COURT, "court", "006", "shared", 1), p.officer(COURT, "court", "007", "shared", 2))
    answered("two officers with one key are one hand", ["shared"], "SIGNATURES_MISSING", officers=["006"])
    told(62, p.revoked("court/%s/officer/006" % COURT, COURT, "court"))
    answered("a key that was revoked of one officer is nobody's", ["001", "shared"], "KEY_REVOKED", officers=["001"])
    told(63, p.revoked("court/" + OTHER, "registrar", "one", "two"), p.court(OTHER, "other-new"))
    answered("officers under a court's stolen key don't hold under its new one", ("001", "002"), "SIGNER_UNKNOWN", court=OTHER)
    equal("nothing was frozen", w.controlled(), before)
    told(65, *(p.officer(OTHER, "other-new", code, "other-" + code, role) for code, role in (("001", 1), ("002", 2))))
    answered("but once they are stated anew", ("001", "002"), "CONTROLLED", court=OTHER)


def restart(w, freeze):
    p, liar = w.people, w.liar
    w.polling()
    equal("it ends on SIGTERM with", w.stop(), 0)
    os.rename(p.pem("receipts"), p.pem("away"))
    order = p.release(freeze)
    liar.hand(p.task(order))
    w.start()
    w.wait(lambda: not w.lives())
    check("without its receipt key it stops rather than act unsigned", not w.lives())
    w.stop()
    equal("nothing was released", w.rows("SELECT live FROM measures WHERE order_id = ?", freeze.order_id), [(1,)])
    os.rename(p.pem("away"), p.pem("receipts"))
    w.start()
    w.polling()
    equal("after a start it begins nothing that wasn't handed out again", w.answers(order, 1, 0.5), [])
    liar.hand(p.task(order))
    equal("then it does", w.answers(order), ["RELEASED"])
    liar.origin, liar.recovered_at = "log3", 2**64 - 1
    liar.polls.put("HELLO_FIRST")
    poll = api.PullTasksResponse(directory_complete=True)
    poll.directory.add(position=2**64 - 1, statement=p.officer(OTHER, "other-new", "009", "late", 1))
    liar.polls.put(poll)
    w.wait(liar.polls.empty)
    w.polling()
    check("nor do numbers that no log has stop it", w.lives() and liar.seen("PullTasks")[-1].directory_position == 2**63 - 1, liar.seen("PullTasks")[-1].directory_position)


def kills(w):
    """SIGKILL a little later each time, while ten freezes are handed out again after every start."""
    p, liar = w.people, w.liar
    before, orders = w.controlled(), [p.freeze(100 + place) for place in range(10)]
    tasks = [p.task(order) for order in orders]
    for place in range(8):
        w.adapter.kill()
        w.adapter.wait()
        w.start()
        liar.hand(*tasks)
        w.wait(liar.polls.empty)
        time.sleep(0.02 + 0.04 * place)
    liar.hand(*tasks)
    w.wait(lambda: all(liar.receipts(order) for order in orders))
    with liar.lock:
        batches = {batch.SerializeToString() for batch in liar.batches}
    members = [receipt_pb2.Receipt.FromString(envelope_pb2.SignedBatch.FromString(batch).members[0]) for batch in batches]
    finals = [len([one for one in members if one.order_id == order.order_id]) for order in orders]
    equal("killed eight times amid ten freezes: answers to each", finals, [1] * 10)
    equal("and the money frozen once", w.controlled() - before, sum(order.freeze.limit_minor_units for order in orders))


def main():
    folder = tempfile.mkdtemp(prefix="eagle-liar-")
    w = World(folder)
    try:
        p = w.people
        told = [p.court(COURT, "court"), p.officer(COURT, "court", "001", "001", 1), p.officer(COURT, "court", "002", "002", 2), p.officer(COURT, "court", "003", "both", 1, 2),
                p.court(OTHER, "other"), p.officer(OTHER, "other", "001", "other-001", 1), p.officer(OTHER, "other", "002", "other-002", 2)]
        w.books("open-account", "9900020000000004044", "周敏", "CITIZEN_ID", "990101600101001", "100")
        w.books("credit", "9900020000000009999", "100", expect=1)
        poll = api.PullTasksResponse(directory_complete=True)
        for place, statement in enumerate(told):
            poll.directory.add(position=place + 1, statement=statement)
        poll.directory_head.CopyFrom(p.directory_head({change.position: change.statement for change in poll.directory}, hours_old=1))
        w.liar.polls.put(poll)
        w.start()
        unreadable(w)
        freeze = repeated(w)
        ids(w, freeze)
        strangers(w, freeze)
        hands(w)
        statements(w)
        stale(w)
        names(w)
        later_acts(w)
        broken_books(w)
        papers(w)
        sealed(w)
        leases(w)
        reports(w)
        recovery(w)
        stolen(w)
        kills(w)
        restart(w, freeze)
        check("and says how it is", len(w.liar.seen("ReportStatus")) > 0)
        equal("the money is all there", w.rows("SELECT balance FROM accounts WHERE number = ?", ACCOUNT), [(9500000,)])
    except Exception as failure:  # pylint: disable=broad-except
        check("the script ends", False, repr(failure))
    finally:
        if w.adapter is not None:
            w.stop()
        w.server.stop(1).wait()
    if not all(checks):
        print(open(os.path.join(folder, "adapter.log"), encoding="utf-8").read()[-3000:])
    shutil.rmtree(folder)
    print("{} passed, {} failed, 0 skipped".format(checks.count(True), checks.count(False)))
    return checks.count(False)


if __name__ == "__main__":
    sys.exit(main())
