#!/usr/bin/env python3
"""An agency's adapter, whole, in Python: adapter.py CONFIG.toml   To be read, copied and changed.

What server/docs/agency-guide.md asks, section by section: this file has the loop, verify.py who may be believed, books.py the bank.
"""
import signal
import sys
import threading
import time
import uuid

import grpc
from goldeneagle.v1 import adapter_service_pb2 as api, envelope_pb2, order_pb2, receipt_pb2
from goldeneagle.v1.adapter_service_pb2_grpc import AdapterServiceStub

from books import Bank
from verify import Directory, Refused, digest_of, now, verify_order

ACTIONS = {order_pb2.ACTION_INQUIRE: Bank.inquire, order_pb2.ACTION_FREEZE: Bank.freeze, order_pb2.ACTION_RELEASE: Bank.release, order_pb2.ACTION_DEDUCT: Bank.deduct}


class Adapter:
    """The loop: Hello, PullTasks, record, verify, do once, sign, report."""

    def __init__(self, bank):
        self.bank, self.config, self.instance, self.hello = bank, bank.config, uuid.uuid4().hex, False
        self.stopping = threading.Event()
        read = lambda path: open(path, "rb").read()
        gateway, system, trust = self.config["gateway"], self.config["system"], self.config["trust"]
        credentials = grpc.ssl_channel_credentials(read(gateway["authority"]), read(system["key"]), read(system["certificate"]))
        self.stub = AdapterServiceStub(grpc.secure_channel(gateway["address"], credentials, options=[("grpc.enable_http_proxy", 0)]))
        self.directory = Directory(trust["registrars"], trust.get("registrar_threshold", 2), envelope_pb2.Environment.Value("ENVIRONMENT_" + trust["environment"].upper()))
        for data, in bank.db.execute("SELECT bytes FROM statements ORDER BY position"):
            self.directory.take(envelope_pb2.SignedMember.FromString(data))

    def say_hello(self):
        request = api.HelloRequest(contract_versions=[1], adapter="org.example.python-bank", version="1", instance=self.instance, inbox=self.bank.meta("inbox"), most_in_flight=100)
        for action in ACTIONS:
            request.capabilities.add(asset_kind="DEPOSIT", action=action, currencies=["CNY"], partial_release=True, captures_inflow=True, keeps_waitlist=True)
        answer = self.stub.Hello(request, timeout=20)
        if answer.agency != self.bank.agency or answer.environment != self.directory.environment:
            sys.exit("the gateway takes us for %s: not ours" % answer.agency)
        if answer.recovered_at and answer.origin != self.bank.meta("origin", answer.origin):
            with self.bank.transaction():  # its log went on from an older backup: everything is told again
                self.bank.db.execute("UPDATE batches SET verdict = NULL")
                self.bank.put_meta("position", min(self.bank.meta("position", 0), answer.recovered_at))
                self.bank.put_meta("fence", min(self.bank.meta("fence", 0), answer.recovered_at))
        self.bank.put_meta("origin", answer.origin)
        self.hello = True

    def pull(self):
        bank = self.bank
        sent = time.monotonic()
        poll = self.stub.PullTasks(api.PullTasksRequest(instance=self.instance, most_tasks=64, wait_seconds=5, last_delivery=bank.meta("fence", 0), directory_position=bank.meta("position", 0)), timeout=20)
        with bank.transaction():  # all of it, or none
            for change in poll.directory:
                bank.db.execute("INSERT OR IGNORE INTO statements VALUES(?, ?)", (change.position, change.statement.SerializeToString()))
                bank.put_meta("position", max(change.position, bank.meta("position", 0)))
            for order_id in poll.withdrawn:
                bank.db.execute("INSERT OR IGNORE INTO withdrawn VALUES(?)", (order_id,))
            for task in poll.tasks:
                order_id = order_pb2.Order.FromString(task.member).order_id  # a name only; nothing is believed yet
                row = (order_id, digest_of(task.member), task.SerializeToString(), poll.heads[task.head].SerializeToString(), task.fence, now())
                bank.db.execute("INSERT OR IGNORE INTO tasks(order_id, digest, task, head, fence, arrived_at) VALUES(?, ?, ?, ?, ?, ?)", row)
                if bank.db.execute("SELECT digest FROM tasks WHERE order_id = ?", (order_id,)).fetchone()[0] != row[1]:
                    print("ALARM: order id", order_id.hex(), "came with other bytes", flush=True)  # never acted on
                bank.db.execute("UPDATE tasks SET fence = ?, head = ?, task = ? WHERE order_id = ? AND digest = ? AND NOT done", (task.fence, row[3], row[2], order_id, row[1]))
                bank.db.execute("UPDATE batches SET verdict = NULL WHERE order_id = ?", (order_id,))  # asked again: told again
                bank.put_meta("fence", max(task.fence, bank.meta("fence", 0)))
        for change in poll.directory:
            self.directory.take(change.statement)
        if poll.directory_complete:
            self.work(sent + 60)

    def work(self, lease_ends):
        """Does what is on record and not done, in order of arrival, while the lease holds."""
        bank = self.bank
        for arrival, order_id, arrived_at, data, head in bank.db.execute("SELECT arrival, order_id, arrived_at, task, head FROM tasks WHERE NOT done ORDER BY arrival").fetchall():
            if time.monotonic() > lease_ends - 30:
                asked, kept = time.monotonic(), self.stub.RenewLease(api.RenewLeaseRequest(instance=self.instance), timeout=20)
                lease_ends = asked + 60 if order_id not in kept.lost else 0
            if time.monotonic() > lease_ends or bank.db.execute("SELECT 1 FROM withdrawn WHERE order_id = ?", (order_id,)).fetchone():
                continue  # begin nothing; what is still ours to do comes again
            with bank.transaction():
                receipt = bank.receipt(order_id, receipt_pb2.RECEIPT_KIND_FINAL)
                try:
                    order = verify_order(api.Task.FromString(data), envelope_pb2.Envelope.FromString(head), self.directory, bank.agency, arrived_at)
                    ACTIONS[order.action](bank, order, receipt, arrival)
                except Refused as why:
                    receipt.kind, receipt.returned.reason = receipt_pb2.RECEIPT_KIND_RETURNED, str(why)
                    receipt.returned.contact_name, receipt.returned.contact_phone = self.config["contact"]["name"], self.config["contact"]["phone"]
                bank.sign(order_id, receipt)
                bank.db.execute("UPDATE tasks SET done = 1 WHERE order_id = ?", (order_id,))

    def report(self):
        for sequence, kind, data in self.bank.db.execute("SELECT sequence, kind, batch FROM batches WHERE verdict IS NULL ORDER BY sequence").fetchall():
            call = self.stub.ReportEvents if kind == receipt_pb2.RECEIPT_KIND_EVENT else self.stub.ReportResults
            result = call(api.ReportResultsRequest(instance=self.instance, batch=envelope_pb2.SignedBatch.FromString(data)), timeout=20).results[0]
            print("receipt", sequence, api.ReceiptVerdict.Name(result.verdict), result.reason, flush=True)
            self.bank.db.execute("UPDATE batches SET verdict = ? WHERE sequence = ?", (result.verdict, sequence))

    def run(self):
        pause = 0.2
        while not self.stopping.is_set():
            try:
                if not self.hello:
                    self.say_hello()
                self.bank.lapse()
                self.report()
                self.pull()
                self.report()
                pause = 0.2
            except grpc.RpcError as error:  # repeat unchanged: whatever the gateway took, it knows again
                self.hello = False
                print(error.code(), error.details(), flush=True)
                self.stopping.wait(pause)
                pause = min(pause * 2, 10)


if __name__ == "__main__":
    adapter = Adapter(Bank(sys.argv[1]))
    signal.signal(signal.SIGTERM, lambda *_: adapter.stopping.set())
    adapter.run()
