import com.google.protobuf.ByteString;
import eagleagency.*;
import goldeneagle.v1.OrderOuterClass.CourtAccount;
import java.util.*;
import java.util.function.BiConsumer;

/**
 * A small bank's books 账簿: accounts, measures in order of arrival, payments. It stands for what a bank has already; amounts are fen.
 * A measure 措施 asks for a sum on some accounts of one person. What it has of it on each is its share; the rest is unfunded and waits for later
 * money. {@code changed} is called when a measure changes by itself: PROMOTED, INFLOW, LAPSED.
 */
record Books(Database db, BiConsumer<Long, String> changed) {
    private static final List<String> TABLES = List.of(
            "accounts(number TEXT PRIMARY KEY, name TEXT, id_kind TEXT, id_number TEXT, balance INTEGER CHECK(balance >= 0))",
            "measures(arrival INTEGER PRIMARY KEY, order_id BLOB UNIQUE, requested INTEGER, capture INTEGER, months INTEGER, live INTEGER, "
                    + "starts INTEGER, ends INTEGER, revision INTEGER)",
            "shares(arrival INTEGER, account TEXT, controlled INTEGER CHECK(controlled >= 0), place INTEGER, PRIMARY KEY(arrival, account))",
            "payments(order_id BLOB PRIMARY KEY, account TEXT, name TEXT, amount INTEGER, booked_at INTEGER)");

    Books {
        TABLES.forEach(table -> db.run("CREATE TABLE IF NOT EXISTS " + table));
    }

    // --- who stands where on which account, and for how much

    /** What no measure controls. */
    long free(String account) {
        return Math.max(0, db.number("SELECT balance - (SELECT coalesce(sum(controlled), 0) FROM shares WHERE account = number) "
                + "FROM accounts WHERE number = ?", account));
    }

    long controlled(long arrival) { return db.number("SELECT coalesce(sum(controlled), 0) FROM shares WHERE arrival = ?", arrival); }

    long unfunded(long arrival) { return db.number("SELECT requested FROM measures WHERE arrival = ?", arrival) - controlled(arrival); }

    List<String> scope(long arrival) { return db.texts("SELECT account FROM shares WHERE arrival = ? ORDER BY place", arrival); }

    /** How many live measures came earlier on one of its accounts. */
    long standsBefore(long arrival) {
        return db.number("SELECT count(*) FROM measures m WHERE live AND arrival < ? AND EXISTS "
                + "(SELECT 1 FROM shares a JOIN shares b USING(account) WHERE a.arrival = m.arrival AND b.arrival = ?)", arrival, arrival);
    }

    // --- what is done to a measure

    /** A new measure, last in rank: takes what is free, account by account. It waits 轮候 when that is nothing and others stand before it. */
    void place(long arrival, ByteString orderId, long limit, boolean capture, long months, List<String> accounts) {
        db.run("INSERT INTO measures VALUES(?, ?, ?, ?, ?, 1, NULL, NULL, 1)", arrival, orderId, limit, capture, months);
        for (int place = 0; place < accounts.size(); ++place) {
            long take = Math.min(free(accounts.get(place)), unfunded(arrival));
            db.run("INSERT INTO shares VALUES(?, ?, ?, ?)", arrival, accounts.get(place), take, place);
        }
        if (controlled(arrival) > 0 || standsBefore(arrival) == 0) begin(arrival);
    }

    private void begin(long arrival) {
        long months = db.number("SELECT months FROM measures WHERE arrival = ?", arrival);
        db.run("UPDATE measures SET starts = ?, ends = ? WHERE arrival = ?", Terms.now(), Terms.termAfter(Terms.now(), months), arrival);
    }

    /** Counted from the end that runs. */
    void prolong(long arrival, long months) {
        long ends = db.number("SELECT ends FROM measures WHERE arrival = ?", arrival);
        db.run("UPDATE measures SET ends = ?, revision = revision + 1 WHERE arrival = ?", Terms.termAfter(ends, months), arrival);
    }

    /** It asks for so much less; at nothing it ends. What it controls the caller has taken away. */
    void reduce(long arrival, long amount) {
        db.run("UPDATE measures SET requested = requested - ?, revision = revision + 1 WHERE arrival = ?", amount, arrival);
        db.run("UPDATE measures SET live = 0 WHERE arrival = ? AND requested = 0", arrival);
    }

    void end(long arrival) {
        giveUp(arrival, controlled(arrival));
        reduce(arrival, unfunded(arrival));
    }

    /** Takes {@code amount} of what it controls, account by account; what was taken of each. */
    Map<String, Long> giveUp(long arrival, long amount) {
        Map<String, Long> taken = new LinkedHashMap<>();
        for (Database.Row share : db.rows("SELECT account, controlled FROM shares WHERE arrival = ? ORDER BY place", arrival)) {
            long part = Math.min(amount, share.number(1));
            db.run("UPDATE shares SET controlled = controlled - ? WHERE arrival = ? AND account = ?", part, arrival, share.text(0));
            taken.put(share.text(0), part);
            amount -= part;
        }
        return taken;
    }

    /** Controlled money goes to the court's account 扣划. */
    void pay(long arrival, long amount, ByteString orderId, CourtAccount to) {
        giveUp(arrival, amount).forEach((account, part) -> db.run("UPDATE accounts SET balance = balance - ? WHERE number = ?", part, account));
        reduce(arrival, amount);
        db.run("INSERT INTO payments VALUES(?, ?, ?, ?, ?)", orderId, to.getAccountNumber(), to.getAccountName(), amount, Terms.now());
    }

    // --- what happens by itself

    /** Free money goes to those who wait, in order of arrival: inflow to those that capture it, what an earlier one gave up to all. */
    void settle(List<String> accounts, boolean gaveUp) {
        for (Database.Row measure : db.rows("SELECT arrival, capture, starts FROM measures WHERE live ORDER BY arrival")) {
            long arrival = measure.number(0);
            List<String> mine = scope(arrival);
            if (mine.stream().noneMatch(accounts::contains)) continue;
            long before = unfunded(arrival);
            for (String account : measure.number(1) != 0 || gaveUp ? mine : List.<String>of()) {
                long more = Math.min(unfunded(arrival), free(account));
                db.run("UPDATE shares SET controlled = controlled + ? WHERE arrival = ? AND account = ?", more, arrival, account);
            }
            boolean filled = unfunded(arrival) < before;
            boolean promoted = !measure.isSet(2) && (filled || standsBefore(arrival) == 0);
            if (promoted) begin(arrival);
            if (promoted || filled) happened(arrival, promoted ? "PROMOTED" : "INFLOW");
        }
    }

    /** Ends the measures whose term is over. */
    void lapse() {
        for (Database.Row row : db.rows("SELECT arrival FROM measures WHERE live AND ends <= ?", Terms.now())) {
            end(row.number(0));
            happened(row.number(0), "LAPSED");
            settle(scope(row.number(0)), true);
        }
    }

    private void happened(long arrival, String change) {
        db.run("UPDATE measures SET revision = revision + 1 WHERE arrival = ?", arrival);
        changed.accept(arrival, change);
    }

    /** Money comes in. */
    void credit(String account, long amount) {
        if (db.run("UPDATE accounts SET balance = balance + ? WHERE number = ?", amount, account) != 1) throw new IllegalArgumentException("no such account");
        settle(List.of(account), false);
    }
}
