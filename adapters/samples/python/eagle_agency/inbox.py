"""What came and what was answered, durably: statements, tasks in order of arrival, signed receipts (server/docs/agency-guide.md 4).

One SQLite file. Books that lie in it, too (`inbox.db`), change in the same transaction as the receipt that tells of it.
"""
import contextlib
import os
import sqlite3
import sys
import time
from typing import NamedTuple

from goldeneagle.v1 import adapter_service_pb2, envelope_pb2, order_pb2, receipt_pb2

from .directory import next_digest
from .orders import folded, same_matter
from .signed import batch_of_one, digest_of, insist, parse
from .terms import now

VERSION = 2  # of the tables
LARGEST = 2**63 - 1  # that a column takes; a number of the gateway's may be larger
TABLES = """
CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value);
CREATE TABLE IF NOT EXISTS statements(number INTEGER PRIMARY KEY AUTOINCREMENT, position INTEGER, bytes BLOB UNIQUE);
CREATE TABLE IF NOT EXISTS tasks(arrival INTEGER PRIMARY KEY AUTOINCREMENT, digest BLOB UNIQUE, order_id BLOB, task BLOB, head BLOB,
                                 arrived_at INTEGER, believed INTEGER DEFAULT 0, done INTEGER DEFAULT 0);
CREATE INDEX IF NOT EXISTS tasks_by_id ON tasks(order_id);
CREATE TABLE IF NOT EXISTS withdrawn(order_id BLOB PRIMARY KEY);
CREATE TABLE IF NOT EXISTS batches(sequence INTEGER PRIMARY KEY AUTOINCREMENT, arrival INTEGER REFERENCES tasks, kind INTEGER, batch BLOB, verdict INTEGER);
CREATE INDEX IF NOT EXISTS batches_by_task ON batches(arrival);
"""


class Open(NamedTuple):
    """A task that is on record and has no last word."""
    arrival: int
    order_id: bytes
    arrived_at: int
    task: object
    head: object


class Inbox:
    def __init__(self, settings):
        self.settings = settings
        self.db = sqlite3.connect(settings.data(), isolation_level=None, check_same_thread=False, timeout=30)
        self.db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
        found, = self.db.execute("PRAGMA user_version").fetchone()
        if found not in (0, VERSION) or found == 0 and self.db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            sys.exit("%s: an inbox of another version of this program" % settings.data())
        self.db.executescript(TABLES + "PRAGMA user_version = %d;" % VERSION)
        self.db.create_function("folded", 1, folded, deterministic=True)
        self.db.execute("INSERT OR IGNORE INTO meta VALUES('inbox', ?)", (os.urandom(16),))  # the id of this database, for ever

    @contextlib.contextmanager
    def transaction(self):
        """All of it or, when something is raised, nothing."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def meta(self, name, otherwise=None):
        row = self.db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return otherwise if row is None else row[0]

    def put_meta(self, name, value):
        self.db.execute("INSERT INTO meta VALUES(?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value", (name, value))

    # --- the directory stream

    def statements(self):
        """As they came; believed or not."""
        return [envelope_pb2.SignedMember.FromString(data) for data, in self.db.execute("SELECT bytes FROM statements ORDER BY number")]

    def take_statement(self, change):
        self.db.execute("INSERT INTO statements(position, bytes) VALUES(?, ?) ON CONFLICT(bytes) DO UPDATE SET position = excluded.position",
                        (min(change.position, LARGEST), change.statement.SerializeToString()))
        self.put_meta("position", max(min(change.position, LARGEST), self.position()))

    def position(self):
        """Journal index of the last statement received; 0 = none."""
        return self.meta("position", 0)

    def forget_positions(self, index):
        """The log knows nothing at and past this index any more, or is asked anew. The statements stay."""
        self.db.execute("UPDATE statements SET position = NULL WHERE position >= ?", (min(index, LARGEST),))
        self.put_meta("position", min(self.position(), index))

    def stream_digest(self):
        """d(n) of the statements up to position()."""
        digest = bytes(32)
        for data, in self.db.execute("SELECT bytes FROM statements WHERE position IS NOT NULL ORDER BY position, number"):
            digest = next_digest(digest, envelope_pb2.SignedMember.FromString(data).member)
        return digest

    def statement_count(self):
        return self.db.execute("SELECT count(*) FROM statements WHERE position IS NOT NULL").fetchone()[0]

    # --- tasks

    def record(self, task, heads):
        """A task as it came; its order's id, and whether it is still to be done. One that was answered is answered again, byte for byte."""
        insist(task.head < len(heads), "ENVELOPE_MALFORMED")
        order_id = parse(order_pb2.Order, task.member).order_id  # a name only; nothing is believed yet
        insist(len(order_id) == 16, "FIELD_INVALID")
        digest = digest_of(task.member)
        self.db.execute("INSERT OR IGNORE INTO tasks(digest, order_id, arrived_at) VALUES(?, ?, ?)", (digest, order_id, now()))
        arrival, done = self.db.execute("SELECT arrival, done FROM tasks WHERE digest = ?", (digest,)).fetchone()
        if done:
            self.db.execute("UPDATE batches SET verdict = NULL WHERE arrival = ?", (arrival,))
        else:  # the head may have been signed anew
            self.db.execute("UPDATE tasks SET task = ?, head = ? WHERE arrival = ?", (task.SerializeToString(), heads[task.head].SerializeToString(), arrival))
        return order_id, not done

    def open_tasks(self):
        rows = self.db.execute("SELECT arrival, order_id, arrived_at, task, head FROM tasks WHERE NOT done ORDER BY arrival").fetchall()
        return [Open(*row[:3], adapter_service_pb2.Task.FromString(row[3]), envelope_pb2.Envelope.FromString(row[4])) for row in rows]

    def believe(self, arrival):
        """Verified; but under one id only the first such order is ever acted on."""
        others = self.db.execute("SELECT 1 FROM tasks a JOIN tasks b USING(order_id) WHERE a.arrival = ? AND b.arrival <> a.arrival AND b.believed", (arrival,))
        insist(others.fetchone() is None, "ORDER_ID_REUSED")
        self.db.execute("UPDATE tasks SET believed = 1 WHERE arrival = ?", (arrival,))

    def finish(self, arrival):
        self.db.execute("UPDATE tasks SET done = 1 WHERE arrival = ?", (arrival,))

    def freeze_of(self, order, freeze_order_id):
        """Arrival of the freeze that an order speaks of. Another court's, case's or person's is unknown to it."""
        row = self.db.execute("SELECT arrival, task FROM tasks WHERE order_id = ? AND believed AND done", (freeze_order_id,)).fetchone()
        freeze = row and order_pb2.Order.FromString(adapter_service_pb2.Task.FromString(row[1]).member)
        insist(freeze and freeze.HasField("freeze") and same_matter(freeze, order), "MEASURE_UNKNOWN")
        return row[0]

    def withdraw(self, order_ids):
        self.db.executemany("INSERT OR IGNORE INTO withdrawn VALUES(?)", [(one,) for one in order_ids])

    def is_withdrawn(self, order_id):
        return self.db.execute("SELECT 1 FROM withdrawn WHERE order_id = ?", (order_id,)).fetchone() is not None

    # --- receipts

    def receipt(self, arrival, kind):
        order_id, digest, arrived_at = self.db.execute("SELECT order_id, digest, arrived_at FROM tasks WHERE arrival = ?", (arrival,)).fetchone()
        before, = self.db.execute("SELECT count(*) FROM batches JOIN tasks USING(arrival) WHERE order_id = ?", (order_id,)).fetchone()
        receipt = receipt_pb2.Receipt(order_digest=digest, order_id=order_id, agency=self.settings.agency, sequence=before + 1, kind=kind)
        receipt.arrived_at.seconds, receipt.answered_at.seconds = arrived_at, now()
        return receipt

    def sign(self, arrival, receipt):
        """A batch of one, stored with the effect that it tells of: from here on it is sent until the gateway has it, always these bytes."""
        sequence = self.db.execute("INSERT INTO batches(arrival, kind) VALUES(?, ?)", (arrival, receipt.kind)).lastrowid
        self.put_batch(sequence, sequence, receipt.SerializeToString())

    def sign_again(self, sequence):
        """The same receipt under a head with a number that was never used: the time, in case this file is an old copy."""
        data, = self.db.execute("SELECT batch FROM batches WHERE sequence = ?", (sequence,)).fetchone()
        self.put_batch(sequence, time.time_ns(), envelope_pb2.SignedBatch.FromString(data).members[0])

    def put_batch(self, sequence, number, member):
        key = self.settings.path("system", "receipt_key")
        batch = batch_of_one(envelope_pb2.MEMBER_TYPE_RECEIPT, self.settings.environment, self.settings.agency, number, member, [key])
        self.db.execute("UPDATE batches SET batch = ? WHERE sequence = ?", (batch.SerializeToString(), sequence))

    def acknowledge(self, arrival):
        """It arrived, and waits; said once."""
        if self.db.execute("SELECT 1 FROM batches WHERE arrival = ?", (arrival,)).fetchone() is None:
            self.sign(arrival, self.receipt(arrival, receipt_pb2.RECEIPT_KIND_ACKNOWLEDGED))

    def tell(self, arrival, change, outcome, fill):
        """An EVENT: what happened by itself to the measure that this freeze made. `fill` writes its state. In the transaction of what happened."""
        receipt = self.receipt(arrival, receipt_pb2.RECEIPT_KIND_EVENT)
        receipt.change, receipt.effect_at.seconds = receipt_pb2.MeasureChange.Value("MEASURE_CHANGE_" + change), now()
        fill(receipt.items.add(outcome=receipt_pb2.Outcome.Value("OUTCOME_" + outcome)).measure)
        self.sign(arrival, receipt)

    def unreported(self):
        """Sequence, arrival, kind, batch of each receipt without a verdict, in order."""
        return self.db.execute("SELECT sequence, arrival, kind, batch FROM batches WHERE verdict IS NULL ORDER BY sequence").fetchall()

    def put_verdict(self, sequence, verdict):
        self.db.execute("UPDATE batches SET verdict = ? WHERE sequence = ?", (verdict, sequence))

    def tell_all_again(self):
        self.db.execute("UPDATE batches SET verdict = NULL")
