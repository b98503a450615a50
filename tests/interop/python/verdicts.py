"""All of proto/vectors, by the library of the sample adapter: verdicts.py STUBS_FOLDER [judge FILE]

What is good is taken, and what isn't goes back with the reason that the vectors name. So are the ends of terms, month by month, the numbers of a person, and how long the adapters are. Last line: N passed, N failed, 0 skipped.
With judge: the verdicts on the orders of a file like orders.json, one a line.
"""
import base64
import datetime
import json
import os
import sys

sys.dont_write_bytecode = True
TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")
sys.path[:0] = [os.path.join(TOP, "adapters", "samples", "python"), sys.argv[1]]
from eagle_agency import directory as directories, log, orders, signed, terms  # noqa: E402
from goldeneagle.v1 import adapter_service_pb2, envelope_pb2, order_pb2, statement_pb2  # noqa: E402

LESSON = 300
told = []


def check(what, seen, expected):
    told.append(seen == expected)
    if seen != expected:
        print("FAILED  ", what, "\n   expected", expected, "seen", seen)


def read(name):
    with open(os.path.join(TOP, "proto", "vectors", name), encoding="utf-8") as file:
        return json.load(file)


def nodes(path):
    return [bytes.fromhex(one) for one in path]


def directory_of(judged):
    registrars = [base64.b64encode(bytes.fromhex(key)).decode() for key in judged["registrars"]]
    return directories.Directory(registrars, judged["registrar_threshold"], envelope_pb2.Environment.Value("ENVIRONMENT_" + judged["environment"]))


def verdict(directory, one):
    member = envelope_pb2.SignedMember.FromString(bytes.fromhex(one["signed_member"]))
    task = adapter_service_pb2.Task(member=member.member, index=member.index, path=member.path)
    try:
        orders.verify_order(task, member.head, directory, one["agency"], one["arrived_at"])
        return "GOOD"
    except Exception as why:  # pylint: disable=broad-except
        return str(why) if isinstance(why, signed.Refused) else repr(why)


def judge(path):
    with open(path, encoding="utf-8") as file:
        judged = json.load(file)
    directory = directory_of(judged)
    for one in judged["statements"]:
        directory.take(envelope_pb2.SignedMember.FromString(bytes.fromhex(one["signed_member"])))
    for one in judged["orders"]:
        print(verdict(directory, one))
    return 0


def flipped(data, place=-1):
    changed = bytearray(data)
    changed[place] ^= 1
    return bytes(changed)


def batches():
    """The right bytes, then one bit of them changed."""
    published = read("batches.json")
    check("the payload type", signed.PAYLOAD_TYPE, published["payload_type"])
    for batch in published["batches"]:
        name, members, root, head = batch["name"], nodes(batch["members"]), bytes.fromhex(batch["root"]), bytes.fromhex(batch["head"])
        check(name + ": digests", [signed.digest_of(one) for one in members], nodes(batch["digests"]))
        for place, (member, path) in enumerate(zip(members, batch["paths"])):
            check(f"{name}: path {place}", signed.included(signed.digest_of(member), place, len(members), nodes(path)), root)
            check(f"{name}: not of a changed member {place}", signed.included(signed.digest_of(flipped(member)), place, len(members), nodes(path)) == root, False)
        check(name + ": what is signed", signed.pae(head), bytes.fromhex(batch["pae"]))
        for one in batch["signatures"]:
            key = statement_pb2.Statement(algorithm=statement_pb2.KeyAlgorithm.Value("KEY_ALGORITHM_" + one["algorithm"]), key=bytes.fromhex(one["key"]))
            sig = bytes.fromhex(one["sig"])
            check(name + ": a signature", [signed.verifies(key, signed.pae(what), how) for what, how in ((head, sig), (head, flipped(sig, 10)), (flipped(head), sig))], [True, False, False])


def acceptance():
    accepted = read("acceptance.json")
    leaf, root, size = bytes.fromhex(accepted["leaf"]), bytes.fromhex(accepted["root"]), accepted["size"]
    check("acceptance: the order's digest", signed.digest_of(bytes.fromhex(accepted["order"])), bytes.fromhex(accepted["digest"]))
    check("acceptance: the leaf's digest", signed.digest_of(leaf), bytes.fromhex(accepted["leaf_hash"]))
    for at in range(size):
        check(f"acceptance: the proof at {at}", signed.included(signed.digest_of(leaf), at, size, nodes(accepted["proof"])) == root, at == accepted["index"])
    check("acceptance: the checkpoint", log.opened(accepted["checkpoint"], accepted["log_key"]), (size, root))
    check("acceptance: not of another size", log.opened(accepted["checkpoint"].replace("\n%d\n" % size, "\n%d\n" % (size + 1)), accepted["log_key"]), None)


def main():
    batches()
    acceptance()
    for one in read("signatures.json"):
        key = statement_pb2.Statement(algorithm=statement_pb2.KeyAlgorithm.Value("KEY_ALGORITHM_" + one["algorithm"]), key=bytes.fromhex(one["key"]))
        check(f"signature, {one['algorithm']}: {one['name']}", signed.verifies(key, bytes.fromhex(one["message"]), bytes.fromhex(one["sig"])), one["verifies"])
    for one in read("paths.json"):
        root = signed.included(bytes.fromhex(one["leaf_hash"]), one["index"], one["size"], nodes(one["path"]))
        check("path: " + one["name"], root == bytes.fromhex(one["root"]), one["holds"])
    for one in read("checkpoints.json"):
        check("checkpoint: " + one["name"], log.opened(one["note"], one["log_key"]) is not None, one["opens"])

    judged = read("orders.json")
    directory = directory_of(judged)
    for one in judged["statements"]:
        before = dict(directory.digests)
        directory.take(envelope_pb2.SignedMember.FromString(bytes.fromhex(one["signed_member"])))
        check("statement: " + one["name"], directory.digests != before, one["believed"])
    for one in judged["orders"]:
        check("order: " + one["name"], verdict(directory, one), one["verdict"])
    for start, months, end in (("2026-09-28", 12, "2027-09-28"), ("2026-01-31", 1, "2026-03-01"), ("2028-02-29", 12, "2029-03-01"), ("2026-10-31", 1, "2026-12-01"), ("2026-11-30", 3, "2027-03-01"), ("2026-12-31", 12, "2027-12-31"),
                               ("2025-10-31", 14, "2026-12-31")):
        check(f"a term of {months} months from {start}", terms.end_of_term(datetime.date.fromisoformat(start), months).isoformat(), end + "T00:00:00+08:00")
    for number, old in (("990101198503070017", "990101850307001"), ("990101200303070016", None)):  # the card of 15 digits ended with the century
        subject = order_pb2.Identity(id_kind="CITIZEN_ID", id_number=number)
        check(f"the numbers of {number}", orders.numbers_of(subject), [number, old] if old else [number])
    for files in (("python/bank.py", "python/books.py"), ("java/Bank.java", "java/Books.java")):
        lines = sum(open(os.path.join(TOP, "adapters", "samples", one), encoding="utf-8").read().count("\n") for one in files)
        check(f"an adapter is a lesson, {LESSON} lines at most: {files}: {lines}", lines <= LESSON, True)
    print("{} passed, {} failed, 0 skipped".format(told.count(True), told.count(False)))
    return told.count(False)


if __name__ == "__main__":
    sys.exit(judge(sys.argv[3]) if sys.argv[2:3] == ["judge"] else main())
