package eagleagency;

import com.google.protobuf.ByteString;
import goldeneagle.v1.AdapterServiceOuterClass.DirectoryChange;
import goldeneagle.v1.AdapterServiceOuterClass.Task;
import goldeneagle.v1.EnvelopeOuterClass.Envelope;
import goldeneagle.v1.EnvelopeOuterClass.MemberType;
import goldeneagle.v1.EnvelopeOuterClass.SignedBatch;
import goldeneagle.v1.EnvelopeOuterClass.SignedMember;
import goldeneagle.v1.OrderOuterClass.Order;
import goldeneagle.v1.ReceiptOuterClass.ItemResult;
import goldeneagle.v1.ReceiptOuterClass.MeasureChange;
import goldeneagle.v1.ReceiptOuterClass.MeasureState;
import goldeneagle.v1.ReceiptOuterClass.Outcome;
import goldeneagle.v1.ReceiptOuterClass.Receipt;
import goldeneagle.v1.ReceiptOuterClass.ReceiptKind;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;

/**
 * What came and what was answered, durably: statements, tasks in order of arrival, signed receipts (server/docs/agency-guide.md 4).
 *
 * <p>One SQLite file. Books that lie in it, too ({@link #db}), change in the same transaction as the receipt that tells of it. Receipts are signed
 * once, when they are stored, and sent as these bytes for ever.
 */
public final class Inbox {
    private static final int VERSION = 2; // of the tables
    private static final List<String> TABLES = List.of(
            "CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value)",
            "CREATE TABLE IF NOT EXISTS statements(number INTEGER PRIMARY KEY AUTOINCREMENT, position INTEGER, bytes BLOB UNIQUE)",
            "CREATE TABLE IF NOT EXISTS tasks(arrival INTEGER PRIMARY KEY AUTOINCREMENT, digest BLOB UNIQUE, order_id BLOB, task BLOB, head BLOB, "
                    + "arrived_at INTEGER, believed INTEGER DEFAULT 0, done INTEGER DEFAULT 0)",
            "CREATE INDEX IF NOT EXISTS tasks_by_id ON tasks(order_id)",
            "CREATE TABLE IF NOT EXISTS withdrawn(order_id BLOB PRIMARY KEY)",
            "CREATE TABLE IF NOT EXISTS batches(sequence INTEGER PRIMARY KEY AUTOINCREMENT, arrival INTEGER REFERENCES tasks, kind INTEGER, "
                    + "batch BLOB, verdict INTEGER)",
            "CREATE INDEX IF NOT EXISTS batches_by_task ON batches(arrival)");

    /** A task that is on record and has no last word. */
    record Open(long arrival, ByteString orderId, long arrivedAt, Task task, Envelope head) {}

    /** What became of a task that came: its order's id, and whether it is still to be done. */
    record Recorded(ByteString orderId, boolean isOpen) {}

    public final Database db;
    public final Settings settings;
    final String agency;

    public Inbox(Settings settings) {
        this.settings = settings;
        agency = settings.text("system.agency");
        db = new Database(settings.data());
        long found = db.number("PRAGMA user_version");
        if (found != 0 && found != VERSION || found == 0 && db.number("SELECT count(*) FROM sqlite_master") != 0) {
            throw new IllegalStateException(settings.data() + ": an inbox of another version of this program");
        }
        TABLES.forEach(db::run);
        db.run("PRAGMA user_version = " + VERSION);
        byte[] id = new byte[16]; // of this database, for ever
        new SecureRandom().nextBytes(id);
        db.run("INSERT OR IGNORE INTO meta VALUES('inbox', ?)", ByteString.copyFrom(id));
    }

    // --- small facts

    /** Null when it was never put. */
    Database.Row meta(String name) {
        return db.row("SELECT value FROM meta WHERE name = ?", name);
    }

    void putMeta(String name, Object value) {
        db.run("INSERT INTO meta VALUES(?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value", name, value);
    }

    // --- the directory stream

    /** As they came; believed or not. */
    List<SignedMember> statements() {
        return db.rows("SELECT bytes FROM statements ORDER BY number").stream().map(row -> Signed.parse(SignedMember.parser(), row.bytes(0))).toList();
    }

    /** A number of the gateway's may be larger than a column takes. */
    private static long bounded(long unsigned) {
        return unsigned < 0 ? Long.MAX_VALUE : unsigned;
    }

    void takeStatement(DirectoryChange change) {
        db.run("INSERT INTO statements(position, bytes) VALUES(?, ?) ON CONFLICT(bytes) DO UPDATE SET position = excluded.position",
                bounded(change.getPosition()), change.getStatement().toByteString());
        putMeta("position", Math.max(bounded(change.getPosition()), position()));
    }

    /** A number that was put; 0 when it never was. */
    long number(String name) {
        Database.Row row = meta(name);
        return row == null ? 0 : row.number(0);
    }

    /** Journal index of the last statement received; 0 = none. */
    long position() {
        return number("position");
    }

    /** The log knows nothing at and past this index any more, or is asked anew. The statements stay. */
    void forgetPositions(long index) {
        db.run("UPDATE statements SET position = NULL WHERE position >= ?", bounded(index));
        putMeta("position", Math.min(position(), bounded(index)));
    }

    /** d(n) of the statements up to {@link #position}. */
    ByteString streamDigest() {
        ByteString digest = ByteString.copyFrom(new byte[32]);
        for (Database.Row row : db.rows("SELECT bytes FROM statements WHERE position IS NOT NULL ORDER BY position, number")) {
            digest = Directory.nextDigest(digest, Signed.parse(SignedMember.parser(), row.bytes(0)).getMember());
        }
        return digest;
    }

    long statementCount() {
        return db.number("SELECT count(*) FROM statements WHERE position IS NOT NULL");
    }

    // --- tasks

    /** Takes a task as it came. One that was answered is answered again, byte for byte. */
    Recorded record(Task task, List<Envelope> heads) {
        Refused.insist(Integer.compareUnsigned(task.getHead(), heads.size()) < 0, "ENVELOPE_MALFORMED");
        ByteString orderId = Signed.parse(Order.parser(), task.getMember()).getOrderId(); // a name only; nothing is believed yet
        Refused.insist(orderId.size() == 16, "FIELD_INVALID");
        ByteString digest = Signed.digestOf(task.getMember());
        db.run("INSERT OR IGNORE INTO tasks(digest, order_id, arrived_at) VALUES(?, ?, ?)", digest, orderId, Terms.now());
        Database.Row known = db.row("SELECT arrival, done FROM tasks WHERE digest = ?", digest);
        boolean done = known.number(1) != 0;
        if (done) {
            db.run("UPDATE batches SET verdict = NULL WHERE arrival = ?", known.number(0));
        } else { // the head may have been signed anew
            db.run("UPDATE tasks SET task = ?, head = ? WHERE arrival = ?", task.toByteString(), heads.get(task.getHead()).toByteString(), known.number(0));
        }
        return new Recorded(orderId, !done);
    }

    List<Open> openTasks() {
        return db.rows("SELECT arrival, order_id, arrived_at, task, head FROM tasks WHERE NOT done ORDER BY arrival").stream()
                .map(row -> new Open(row.number(0), row.bytes(1), row.number(2), Signed.parse(Task.parser(), row.bytes(3)),
                        Signed.parse(Envelope.parser(), row.bytes(4)))).toList();
    }

    /** The order was verified; but under one id only the first such order is ever acted on. */
    void believe(long arrival) {
        Database.Row other = db.row("SELECT 1 FROM tasks a JOIN tasks b USING(order_id) "
                + "WHERE a.arrival = ? AND b.arrival <> a.arrival AND b.believed", arrival);
        Refused.insist(other == null, "ORDER_ID_REUSED");
        db.run("UPDATE tasks SET believed = 1 WHERE arrival = ?", arrival);
    }

    void finish(long arrival) {
        db.run("UPDATE tasks SET done = 1 WHERE arrival = ?", arrival);
    }

    /** Arrival of the freeze that an order speaks of. Another court's, case's or person's is unknown to it. */
    long freezeOf(Order order, ByteString freezeOrderId) {
        Database.Row row = db.row("SELECT arrival, task FROM tasks WHERE order_id = ? AND believed AND done", freezeOrderId);
        Refused.insist(row != null, "MEASURE_UNKNOWN");
        Order freeze = Signed.parse(Order.parser(), Signed.parse(Task.parser(), row.bytes(1)).getMember());
        Refused.insist(freeze.hasFreeze() && Orders.sameMatter(freeze, order), "MEASURE_UNKNOWN");
        return row.number(0);
    }

    void withdraw(List<ByteString> orderIds) {
        orderIds.forEach(one -> db.run("INSERT OR IGNORE INTO withdrawn VALUES(?)", one));
    }

    boolean isWithdrawn(ByteString orderId) {
        return db.row("SELECT 1 FROM withdrawn WHERE order_id = ?", orderId) != null;
    }

    // --- receipts

    Receipt.Builder receipt(long arrival, ReceiptKind kind) {
        Database.Row task = db.row("SELECT order_id, digest, arrived_at FROM tasks WHERE arrival = ?", arrival);
        long before = db.number("SELECT count(*) FROM batches JOIN tasks USING(arrival) WHERE order_id = ?", task.bytes(0));
        return Receipt.newBuilder().setOrderId(task.bytes(0)).setOrderDigest(task.bytes(1)).setAgency(agency).setSequence(before + 1).setKind(kind)
                .setArrivedAt(Terms.at(task.number(2))).setAnsweredAt(Terms.at(Terms.now()));
    }

    /** A batch of one, stored with the effect that it tells of: from here on it is sent until the gateway has it. */
    void sign(long arrival, Receipt receipt) {
        db.run("INSERT INTO batches(arrival, kind) VALUES(?, ?)", arrival, receipt.getKindValue());
        long sequence = db.number("SELECT last_insert_rowid()");
        putBatch(sequence, sequence, receipt.toByteString());
    }

    /** The same receipt under a head with a number that was never used: the time, in case this file is an old copy. */
    void signAgain(long sequence) {
        ByteString stored = db.row("SELECT batch FROM batches WHERE sequence = ?", sequence).bytes(0);
        Instant now = Instant.now();
        putBatch(sequence, now.getEpochSecond() * 1_000_000_000L + now.getNano(), Signed.parse(SignedBatch.parser(), stored).getMembers(0));
    }

    private void putBatch(long sequence, long number, ByteString member) {
        SignedBatch batch = Signed.batchOf(MemberType.MEMBER_TYPE_RECEIPT, settings.environment(), agency, number, member,
                List.of(settings.path("system.receipt_key")));
        db.run("UPDATE batches SET batch = ? WHERE sequence = ?", batch.toByteString(), sequence);
    }

    /** It arrived, and waits; said once. */
    void acknowledge(long arrival) {
        if (db.row("SELECT 1 FROM batches WHERE arrival = ?", arrival) != null) return;
        sign(arrival, receipt(arrival, ReceiptKind.RECEIPT_KIND_ACKNOWLEDGED).build());
    }

    /** An EVENT: what happened by itself to the measure that this freeze made. In the transaction of what happened. */
    public void tell(long arrival, MeasureChange change, Outcome outcome, MeasureState.Builder measure) {
        sign(arrival, receipt(arrival, ReceiptKind.RECEIPT_KIND_EVENT).setChange(change).setEffectAt(Terms.at(Terms.now()))
                .addItems(ItemResult.newBuilder().setOutcome(outcome).setMeasure(measure)).build());
    }

    void putVerdict(long sequence, int verdict) {
        db.run("UPDATE batches SET verdict = ? WHERE sequence = ?", verdict, sequence);
    }

    void tellAllAgain() {
        db.run("UPDATE batches SET verdict = NULL");
    }
}
