import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import goldeneagle.v1.AdapterServiceOuterClass.Task;
import goldeneagle.v1.EnvelopeOuterClass.Envelope;
import goldeneagle.v1.EnvelopeOuterClass.MemberType;
import goldeneagle.v1.EnvelopeOuterClass.SignedBatch;
import goldeneagle.v1.ReceiptOuterClass.Receipt;
import goldeneagle.v1.ReceiptOuterClass.ReceiptKind;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;

/**
 * What came and what was answered, durably: tasks in order of arrival, statements, signed receipts (server/docs/agency-guide.md 4).
 *
 * <p>It lies in one SQLite file with the books, so that one transaction takes an effect and its signed receipt together. Receipts are signed
 * once, when they are stored, and sent as these bytes for ever.
 */
final class Inbox {
    private static final List<String> TABLES = List.of(
            "CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value)",
            "CREATE TABLE IF NOT EXISTS statements(number INTEGER PRIMARY KEY AUTOINCREMENT, bytes BLOB UNIQUE)",
            "CREATE TABLE IF NOT EXISTS tasks(arrival INTEGER PRIMARY KEY AUTOINCREMENT, digest BLOB UNIQUE, order_id BLOB, task BLOB, head BLOB, "
                    + "arrived_at INTEGER, believed INTEGER DEFAULT 0, done INTEGER DEFAULT 0)",
            "CREATE INDEX IF NOT EXISTS tasks_by_id ON tasks(order_id)",
            "CREATE TABLE IF NOT EXISTS withdrawn(order_id BLOB PRIMARY KEY)",
            "CREATE TABLE IF NOT EXISTS batches(sequence INTEGER PRIMARY KEY AUTOINCREMENT, arrival INTEGER REFERENCES tasks, kind INTEGER, "
                    + "batch BLOB, verdict INTEGER)",
            "CREATE INDEX IF NOT EXISTS batches_by_task ON batches(arrival)");

    final Database db;
    final Settings settings;
    final String agency;

    Inbox(Settings settings) {
        this.settings = settings;
        agency = settings.text("system.agency");
        db = new Database(settings.path("system.data"));
        TABLES.forEach(db::run);
        byte[] id = new byte[16]; // of this database, for ever
        new SecureRandom().nextBytes(id);
        db.run("INSERT OR IGNORE INTO meta VALUES('inbox', ?)", ByteString.copyFrom(id));
    }

    static long seconds() {
        return Instant.now().getEpochSecond();
    }

    static Timestamp at(long seconds) {
        return Timestamp.newBuilder().setSeconds(seconds).build();
    }

    // --- small facts

    /** Null when it was never put. */
    Database.Row meta(String name) {
        return db.row("SELECT value FROM meta WHERE name = ?", name);
    }

    void putMeta(String name, Object value) {
        db.run("INSERT INTO meta VALUES(?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value", name, value);
    }

    /** Journal index of the last statement received; 0 = none. */
    long position() {
        Database.Row row = meta("position");
        return row == null ? 0 : row.number(0);
    }

    // --- tasks

    /** Takes a task as it came; whether it is still to be done. One that was answered is answered again, byte for byte. */
    boolean record(ByteString orderId, Task task, Envelope head) {
        ByteString digest = Signed.digestOf(task.getMember());
        db.run("INSERT OR IGNORE INTO tasks(digest, order_id, arrived_at) VALUES(?, ?, ?)", digest, orderId, seconds());
        Database.Row known = db.row("SELECT arrival, done FROM tasks WHERE digest = ?", digest);
        boolean done = known.number(1) != 0;
        if (done) {
            db.run("UPDATE batches SET verdict = NULL WHERE arrival = ?", known.number(0));
        } else { // the head may have been signed anew
            db.run("UPDATE tasks SET task = ?, head = ? WHERE arrival = ?", task.toByteString(), head.toByteString(), known.number(0));
        }
        return !done;
    }

    /** The order was verified; but under one id only the first such order is ever acted on. */
    void believe(long arrival) {
        Database.Row other = db.row("SELECT 1 FROM tasks a JOIN tasks b USING(order_id) "
                + "WHERE a.arrival = ? AND b.arrival <> a.arrival AND b.believed", arrival);
        Refused.insist(other == null, "ORDER_ID_REUSED");
        db.run("UPDATE tasks SET believed = 1 WHERE arrival = ?", arrival);
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
                .setArrivedAt(at(task.number(2))).setAnsweredAt(at(seconds()));
    }

    /** A batch of one, stored with the effect that it tells of: from here on it is sent until the gateway has it. */
    void sign(long arrival, Receipt receipt) {
        db.run("INSERT INTO batches(arrival, kind) VALUES(?, ?)", arrival, receipt.getKindValue());
        long sequence = db.number("SELECT last_insert_rowid()");
        db.run("UPDATE batches SET batch = ? WHERE sequence = ?", batch(sequence, receipt.toByteString()), sequence);
    }

    /** The same receipt under a head with a number that was never used: the time, in case this file is an old copy. */
    void signAgain(long sequence) {
        ByteString stored = db.row("SELECT batch FROM batches WHERE sequence = ?", sequence).bytes(0);
        ByteString member = Signed.parse(SignedBatch.parser(), stored).getMembers(0);
        Instant now = Instant.now();
        db.run("UPDATE batches SET batch = ? WHERE sequence = ?", batch(now.getEpochSecond() * 1_000_000_000L + now.getNano(), member), sequence);
    }

    private ByteString batch(long sequence, ByteString member) {
        return Signed.batchOf(MemberType.MEMBER_TYPE_RECEIPT, settings.environment(), agency, sequence, member,
                List.of(settings.path("system.receipt_key"))).toByteString();
    }
}
