#!/usr/bin/python3
"""A court's client, whole, in Python: court.py inquire|freeze|follow CONFIG.toml ...   To be read and copied (server/docs/court-guide.md).

It trusts nobody: the log's key and the registrars' keys are pinned by hand, and nothing is shown before it was proved. Signed bytes are on disk before
they are sent; `follow` begins by sending them once more, so after a crash nothing is signed anew. verify.py is the one of adapters/samples/python.
"""
import argparse
import hashlib
import os
import subprocess
import sys
import time
import tomllib
import uuid

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../adapters/samples/python"))
import grpc
from goldeneagle.v1 import (audit_service_pb2, audit_service_pb2_grpc, blob_service_pb2, blob_service_pb2_grpc, directory_service_pb2, directory_service_pb2_grpc, entry_pb2, envelope_pb2, order_pb2, order_service_pb2,
                            order_service_pb2_grpc, reading_pb2, receipt_pb2, statement_pb2)
from eagle_agency.directory import Directory
from eagle_agency.log import consistent, opened
from eagle_agency.signed import KeyUnusable, Refused, batch_of_one, digest_of, head_over, included, pae, verifies
from eagle_agency.terms import now

LIMIT = 20  # seconds, of every call
OVER = (order_service_pb2.ORDER_STATE_COMPLETED, order_service_pb2.ORDER_STATE_WITHDRAWN, order_service_pb2.ORDER_STATE_ENDED)
PART = 256 * 1024  # bytes of a paper in one call
AGAIN = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.RESOURCE_EXHAUSTED)


def uuid7():
    data = bytearray((time.time_ns() // 1_000_000).to_bytes(6, "big") + os.urandom(10))
    data[6], data[8] = data[6] & 0x0F | 0x70, data[8] & 0x3F | 0x80
    return bytes(data)


class Court:
    def __init__(self, path):
        with open(path, "rb") as file:
            self.config = tomllib.load(file)
        self.folder = os.path.dirname(os.path.abspath(path))  # what paths in the file are relative to
        read = lambda name: open(os.path.join(self.folder, name), "rb").read()
        system, gateway, self.trust = self.config["system"], self.config["gateway"], self.config["trust"]
        self.code, self.state, self.certificate = system["court"], os.path.join(self.folder, system["state"]), os.path.join(self.folder, system["certificate"])
        os.makedirs(self.state, mode=0o700, exist_ok=True)
        credentials = grpc.ssl_channel_credentials(read(gateway["authority"]), read(system["key"]), read(system["certificate"]))
        channel = grpc.secure_channel(gateway["address"], credentials, options=[("grpc.enable_http_proxy", 0)])
        self.orders, self.audit = order_service_pb2_grpc.OrderServiceStub(channel), audit_service_pb2_grpc.AuditServiceStub(channel)
        self.blobs = blob_service_pb2_grpc.BlobServiceStub(channel)
        self.environment = envelope_pb2.Environment.Value("ENVIRONMENT_" + self.trust["environment"].upper())
        self.directory = Directory(self.trust["registrars"], self.trust.get("registrar_threshold", 2), self.environment)
        statements, position, complete = directory_service_pb2_grpc.DirectoryServiceStub(channel), 0, False
        while not complete:
            page = statements.ListStatements(directory_service_pb2.ListStatementsRequest(position=position), timeout=LIMIT)
            for change in page.statements:
                self.directory.take(change.statement)
                position = change.position
            complete = page.complete

    # --- signing

    def sign(self, member_type, member, officers):
        """A batch of one under these officers' hands. Its number is the time: unique, rising, and nothing to lose."""
        keys = [os.path.join(self.folder, self.config["officers"][code]) for code in officers]
        try:
            return batch_of_one(member_type, self.environment, self.code, time.time_ns() // 1000, member, keys)
        except KeyUnusable as why:
            sys.exit(str(why))

    def officer(self, code):
        return self.directory.officers(self.code, now()).get(code) or sys.exit("OFFICER_NOT_VALID: no officer %s is stated and valid now" % code)

    def order(self, action, asked):
        name, kind, number = asked.subject.split(";")
        order = order_pb2.Order(order_id=uuid7(), court=self.code, case_number=asked.case, action=action, urgency=order_pb2.URGENCY_NORMAL, agencies=asked.agency, purpose="EXECUTION",
                                subject=order_pb2.Identity(name=name, id_kind=kind, id_number=number), legal_basis=self.config["system"]["legal_basis"])
        order.issued_at.seconds, order.not_after.seconds = now(), now() + 30 * 86400
        for code in asked.sign:
            details = self.officer(code).officer
            order.officers.add(officer=code, work_id_no=details.work_id_no, duty_card_no=details.duty_card_no)
        for category, path in (paper.split("=", 1) for paper in asked.paper):
            content = open(path, "rb").read()
            order.instruments.add(category=category, digest=hashlib.sha256(content).digest(), size_bytes=len(content), media_type="application/pdf")
        return order

    # --- sending, and believing the answer

    def keep(self, name, content):
        """Durable, whole or not at all."""
        path = os.path.join(self.state, name)
        with open(path + ".new", "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(path + ".new", path)
        folder = os.open(self.state, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    def put(self, case_number, papers):
        """The papers before the order that names them: what is there already is not sent again, so one that was cut goes on."""
        for path in (paper.split("=", 1)[1] for paper in papers):
            content = open(path, "rb").read()
            asked = blob_service_pb2.PutBlobPartRequest(case_number=case_number, digest=hashlib.sha256(content).digest(), size_bytes=len(content), media_type="application/pdf")
            now_there = self.blobs.PutBlobPart(asked, timeout=LIMIT)
            while not now_there.complete:
                asked.part = now_there.parts_missing[0]
                asked.content = content[asked.part * PART:(asked.part + 1) * PART]
                now_there = self.blobs.PutBlobPart(asked, timeout=LIMIT)

    def send(self, batch):
        """The same bytes until there is an answer: an order takes effect once."""
        while True:
            try:
                answer = self.orders.SubmitOrders(order_service_pb2.SubmitOrdersRequest(batch=batch), timeout=LIMIT)
                break
            except grpc.RpcError as error:
                if error.code() not in AGAIN:
                    raise
                time.sleep(1)
        result = answer.results[0]
        if result.HasField("refusal"):
            sys.exit("refused: %s %s" % (result.refusal.reason, [(one.field, one.reason) for one in result.refusal.problems]))
        self.believe(batch.members[0], result.acceptance, answer.checkpoint)
        return result.acceptance

    def head(self, note):
        """Size and root of a checkpoint that the pinned key signed, and that continues the last one seen."""
        new, path = opened(note, self.trust["log_key"]), os.path.join(self.state, "checkpoint")
        if new is None:
            sys.exit("NOTE_UNTRUSTED: not signed by the log's pinned key")
        newest = new
        if os.path.exists(path):
            size, root = open(path, encoding="utf-8").read().split()
            old, newest = sorted([(int(size), bytes.fromhex(root)), new])
            proof = [] if old[0] == newest[0] else self.audit.GetConsistencyProof(audit_service_pb2.GetConsistencyProofRequest(old_size=old[0], size=newest[0]), timeout=LIMIT).hashes
            if not consistent(*old, *newest, proof):
                sys.exit("LOG_FORKED: it doesn't continue what was seen; keep both notes, tell your auditors")
        self.keep("checkpoint", b"%d %s\n" % (newest[0], newest[1].hex().encode()))
        return new

    def believe(self, member, acceptance, note):
        (size, root), leaf, proof = self.head(note), acceptance.leaf, acceptance.proof
        accepted = entry_pb2.OrderAccepted.FromString(leaf[88:])
        fits = int.from_bytes(leaf[1:3], "big") == entry_pb2.ENTRY_TYPE_ORDER_ACCEPTED and accepted.digest == digest_of(member)
        if not fits or included(digest_of(leaf), proof.index, size, proof.hashes) != root or not proof.index == acceptance.order_seq == int.from_bytes(leaf[3:11], "big"):
            sys.exit("ACCEPTANCE_MISMATCH: the log doesn't hold this order")

    # --- following, and what the agencies signed

    def follow(self, order_id, officer):
        batch = envelope_pb2.SignedBatch.FromString(open(os.path.join(self.state, order_id.hex()), "rb").read())
        self.send(batch)
        order = order_pb2.Order.FromString(batch.members[0])
        while self.orders.GetOrder(order_service_pb2.GetOrderRequest(order_id=order_id), timeout=LIMIT).order.state not in OVER:
            time.sleep(0.5)
        der = subprocess.run(["openssl", "x509", "-in", self.certificate, "-outform", "DER"], capture_output=True, check=True).stdout
        token = None
        while token != "":
            ticket = reading_pb2.OfficerTicket(officer="court/%s/officer/%s" % (self.code, officer), court=self.code, case_number=order.case_number, purpose="EXECUTION", certificate_sha256=hashlib.sha256(der).digest())
            ticket.issued_at.seconds, ticket.expires_at.seconds = now(), now() + 300
            signed = self.sign(envelope_pb2.MEMBER_TYPE_TICKET, ticket.SerializeToString(), [officer])
            page = self.orders.ListFindings(order_service_pb2.ListFindingsRequest(order_id=order_id, page_token=token or "", officer_ticket=envelope_pb2.SignedMember(member=signed.members[0], head=signed.head)), timeout=LIMIT)
            for found in page.findings:
                self.show(found, digest_of(batch.members[0]))
            token = page.next_page_token

    def show(self, found, digest):
        member = found.receipt
        head = head_over(member.member, member.index, member.path, member.head, envelope_pb2.MEMBER_TYPE_RECEIPT, self.environment)
        key = self.directory.holds("agency/" + found.agency, statement_pb2.STATEMENT_KIND_KEY, now())
        receipt = receipt_pb2.Receipt.FromString(member.member)
        own = key is not None and any(verifies(key, pae(member.head.payload), one.sig) for one in member.head.signatures)
        if not own or head.signer != found.agency or receipt.agency != found.agency or receipt.order_digest != digest:
            sys.exit("the receipt of %s is not its own" % found.agency)
        if receipt.kind == receipt_pb2.RECEIPT_KIND_RETURNED:
            print(found.agency, "RETURNED", receipt.returned.reason, receipt.returned.contact_name, receipt.returned.contact_phone, flush=True)
        for item in receipt.items:
            print(found.agency, receipt_pb2.ReceiptKind.Name(receipt.kind)[13:], receipt_pb2.Outcome.Name(item.outcome)[8:], item.finding.asset_number or item.reason,
                  item.measure.controlled_minor_units, item.measure.unfunded_minor_units, flush=True)


def main():
    parser = argparse.ArgumentParser(description="A court's orders, signed, sent and proved.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb in ("inquire", "freeze", "follow"):
        one = verbs.add_parser(verb)
        one.add_argument("config")
        one.add_argument("--sign", action="append", required=True, help="officer's code, the handler first; its key file is in [officers]")
        if verb == "follow":
            one.add_argument("order", type=uuid.UUID)
            continue
        one.add_argument("--case", required=True)
        one.add_argument("--subject", required=True, help="NAME;ID_KIND;ID_NUMBER")
        one.add_argument("--agency", action="append", required=True)
        one.add_argument("--paper", action="append", default=[], help="CATEGORY=FILE.pdf")
        if verb == "freeze":
            one.add_argument("--fen", type=int, required=True)
            one.add_argument("--months", type=int, required=True)
    asked = parser.parse_args()
    court = Court(asked.config)
    if asked.verb == "follow":
        return court.follow(asked.order.bytes, asked.sign[0])
    order = court.order(order_pb2.ACTION_FREEZE if asked.verb == "freeze" else order_pb2.ACTION_INQUIRE, asked)
    if asked.verb == "freeze":
        order.freeze.person_at_agency.SetInParent()
        order.freeze.currency, order.freeze.limit_minor_units, order.freeze.inflow, order.freeze.term.months = "CNY", asked.fen, order_pb2.INFLOW_CAPTURE, asked.months
    else:
        order.inquire.SetInParent()
    court.put(asked.case, asked.paper)
    batch = court.sign(envelope_pb2.MEMBER_TYPE_ORDER, order.SerializeToString(), asked.sign)
    court.keep(order.order_id.hex(), batch.SerializeToString())
    acceptance = court.send(batch)
    print("accepted", uuid.UUID(bytes=order.order_id), "at", acceptance.order_seq, "due", acceptance.deadline.due_at.ToDatetime(), flush=True)


if __name__ == "__main__":
    try:
        main()
    except Refused as why:
        sys.exit(str(why))
