import com.google.protobuf.ByteString;
import goldeneagle.v1.AdapterServiceGrpc;
import goldeneagle.v1.AdapterServiceGrpc.AdapterServiceBlockingStub;
import goldeneagle.v1.AdapterServiceOuterClass.DirectoryChange;
import goldeneagle.v1.AdapterServiceOuterClass.HelloRequest;
import goldeneagle.v1.AdapterServiceOuterClass.HelloResponse;
import goldeneagle.v1.AdapterServiceOuterClass.PullTasksRequest;
import goldeneagle.v1.AdapterServiceOuterClass.PullTasksResponse;
import goldeneagle.v1.AdapterServiceOuterClass.ReceiptResult;
import goldeneagle.v1.AdapterServiceOuterClass.ReceiptVerdict;
import goldeneagle.v1.AdapterServiceOuterClass.RenewLeaseRequest;
import goldeneagle.v1.AdapterServiceOuterClass.RenewLeaseResponse;
import goldeneagle.v1.AdapterServiceOuterClass.ReportResultsRequest;
import goldeneagle.v1.AdapterServiceOuterClass.ReportResultsResponse;
import goldeneagle.v1.AdapterServiceOuterClass.ReportStatusRequest;
import goldeneagle.v1.AdapterServiceOuterClass.Task;
import goldeneagle.v1.AdministrationOuterClass.Capability;
import goldeneagle.v1.EnvelopeOuterClass.Envelope;
import goldeneagle.v1.EnvelopeOuterClass.SignedBatch;
import goldeneagle.v1.EnvelopeOuterClass.SignedMember;
import goldeneagle.v1.OrderOuterClass.Action;
import goldeneagle.v1.OrderOuterClass.Order;
import goldeneagle.v1.ReceiptOuterClass.Receipt;
import goldeneagle.v1.ReceiptOuterClass.ReceiptKind;
import goldeneagle.v1.ReceiptOuterClass.ReturnNote;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * An agency's adapter, whole, in Java: {@code java @java.args Adapter CONFIG.toml}. To be read, copied and changed.
 *
 * <p>What server/docs/agency-guide.md asks, section by section: this class has the loop, {@link Orders} and {@link Directory} whom to believe,
 * {@link Inbox} what came and what was answered, {@link Bank} the bank. One thread, one call at a time.
 *
 * <pre>  Hello --> PullTasks --> record --> verify --> do once --> sign --> ReportResults --> ...</pre>
 */
final class Adapter {
    private static final List<Action> ACTIONS = List.of(Action.ACTION_INQUIRE, Action.ACTION_FREEZE, Action.ACTION_RENEW, Action.ACTION_RELEASE,
            Action.ACTION_DEDUCT);
    // A receipt was understood and turned down: the same bytes won't fare better soon.
    private static final Set<Status.Code> TURNED_DOWN =
            Set.of(Status.Code.INVALID_ARGUMENT, Status.Code.ALREADY_EXISTS, Status.Code.PERMISSION_DENIED);

    private final Bank bank;
    private final Inbox inbox;
    private final Directory directory;
    private final AdapterServiceBlockingStub gateway;
    private final String instance = UUID.randomUUID().toString();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Map<ByteString, Double> leases = new HashMap<>(); // order id -> when it ends, as monotonic() counts
    private double leaseSeconds = 60;
    private double statusAt;
    private long lastDelivery;
    private boolean saidHello;

    Adapter(Settings settings) throws IOException {
        bank = new Bank(settings);
        inbox = bank.inbox;
        directory = settings.directory();
        for (Database.Row row : inbox.db.rows("SELECT bytes FROM statements ORDER BY number")) {
            directory.take(Signed.parse(SignedMember.parser(), row.bytes(0)));
        }
        gateway = AdapterServiceGrpc.newBlockingStub(settings.channel());
    }

    private AdapterServiceBlockingStub call() {
        return gateway.withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    /** Seconds of a clock that nobody sets. */
    private static double monotonic() {
        return System.nanoTime() / 1e9;
    }

    static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }

    private static void say(String what) {
        System.out.println(what);
    }

    private static String textOf(Status status) {
        return status.getCode() + " " + status.getDescription();
    }

    /** After it every lease has ended, and what is open is handed out again. */
    private void hello() {
        HelloRequest.Builder request = HelloRequest.newBuilder().addContractVersions(1).setAdapter("org.example.java-bank").setVersion("1")
                .setInstance(instance).setInbox(inbox.meta("inbox").bytes(0)).setMostInFlight(100);
        for (Action action : ACTIONS) {
            request.addCapabilities(Capability.newBuilder().setAssetKind("DEPOSIT").setAction(action).addCurrencies("CNY").setPartialRelease(true)
                    .setCapturesInflow(true).setKeepsWaitlist(true));
        }
        HelloResponse answer = call().hello(request.build());
        if (!answer.getAgency().equals(inbox.agency) || answer.getEnvironment() != directory.environment) {
            throw new IllegalStateException("the gateway takes us for " + answer.getAgency() + ": not ours");
        }
        inbox.db.transaction(() -> {
            Database.Row origin = inbox.meta("origin");
            if (answer.getRecoveredAt() != 0 && origin != null && !origin.text(0).equals(answer.getOrigin())) {
                inbox.db.run("UPDATE batches SET verdict = NULL"); // its log went on from an older backup: everything is told again
                inbox.putMeta("position", Math.min(inbox.position(), answer.getRecoveredAt()));
            }
            inbox.putMeta("origin", answer.getOrigin());
        });
        leaseSeconds = answer.getLeaseSeconds() == 0 ? 60 : answer.getLeaseSeconds();
        leases.clear();
        lastDelivery = 0;
        saidHello = true;
    }

    /** Asks for work, and puts on record what came, all of it or nothing, before anything is done. */
    private void pull() throws InterruptedException {
        double sent = monotonic();
        PullTasksResponse poll = call().pullTasks(PullTasksRequest.newBuilder().setInstance(instance).setMostTasks(64).setWaitSeconds(5)
                .setLastDelivery(lastDelivery).setDirectoryPosition(inbox.position()).build());
        inbox.db.transaction(() -> {
            for (DirectoryChange change : poll.getDirectoryList()) {
                inbox.db.run("INSERT OR IGNORE INTO statements(bytes) VALUES(?)", change.getStatement().toByteString());
                inbox.putMeta("position", Math.max(change.getPosition(), inbox.position()));
            }
            inbox.withdraw(poll.getWithdrawnList());
            poll.getTasksList().forEach(task -> record(task, poll.getHeadsList(), sent + leaseSeconds));
        });
        for (Task task : poll.getTasksList()) lastDelivery = Math.max(lastDelivery, task.getFence());
        for (DirectoryChange change : poll.getDirectoryList()) directory.take(change.getStatement());
        if (poll.getDirectoryComplete()) work();
        if (poll.getDraining()) stopping.await(1, TimeUnit.SECONDS);
    }

    private void record(Task task, List<Envelope> heads, double leaseEnds) {
        try {
            Refused.insist(Integer.compareUnsigned(task.getHead(), heads.size()) < 0, "ENVELOPE_MALFORMED");
            ByteString orderId = Signed.parse(Order.parser(), task.getMember()).getOrderId(); // a name only; nothing is believed yet
            Refused.insist(orderId.size() == 16, "FIELD_INVALID");
            if (inbox.record(orderId, task, heads.get(task.getHead()))) leases.put(orderId, leaseEnds);
        } catch (Refused why) {
            say("ALARM: a task that can't be answered: " + why.getMessage());
        }
    }

    private void renew() {
        double asked = monotonic();
        RenewLeaseResponse answer = call().renewLease(RenewLeaseRequest.newBuilder().setInstance(instance).build());
        answer.getLostList().forEach(leases::remove);
        leases.replaceAll((orderId, ends) -> asked + leaseSeconds);
        inbox.withdraw(answer.getWithdrawnList());
    }

    /** Does what is on record and not done, in order of arrival, while the lease holds; begins nothing else. */
    private void work() {
        for (Database.Row row : inbox.db.rows("SELECT arrival, order_id, arrived_at, task, head FROM tasks WHERE NOT done ORDER BY arrival")) {
            ByteString orderId = row.bytes(1);
            if (leases.containsKey(orderId) && leases.get(orderId) - monotonic() < leaseSeconds / 2) renew();
            boolean held = leases.getOrDefault(orderId, Double.NEGATIVE_INFINITY) > monotonic();
            if (!held || inbox.isWithdrawn(orderId) || stopping.getCount() == 0) continue;
            inbox.db.transaction(() -> {
                long arrival = row.number(0);
                Task task = Signed.parse(Task.parser(), row.bytes(3));
                Envelope head = Signed.parse(Envelope.parser(), row.bytes(4));
                inbox.sign(arrival, answer(arrival, task, head, row.number(2)));
                inbox.db.run("UPDATE tasks SET done = 1 WHERE arrival = ?", arrival);
            });
            leases.remove(orderId);
        }
    }

    /** Verifies an order and does it, or sends it back. Pre: in a transaction, so that its effect and its receipt are one. */
    private Receipt answer(long arrival, Task task, Envelope head, long arrivedAt) {
        Receipt.Builder receipt = inbox.receipt(arrival, ReceiptKind.RECEIPT_KIND_FINAL);
        try {
            Order order = Orders.verify(task, head, directory, inbox.agency, arrivedAt);
            inbox.believe(arrival);
            switch (order.getAction()) {
                case ACTION_INQUIRE -> bank.inquire(order, receipt);
                case ACTION_FREEZE -> bank.freeze(order, receipt, arrival);
                case ACTION_RENEW -> bank.renew(order, receipt);
                case ACTION_RELEASE -> bank.release(order, receipt);
                case ACTION_DEDUCT -> bank.deduct(order, receipt, arrival);
                default -> throw new Refused("ACTION_NOT_SUPPORTED");
            }
        } catch (Refused why) {
            receipt.setKind(ReceiptKind.RECEIPT_KIND_RETURNED).setReturned(ReturnNote.newBuilder().setReason(why.getMessage())
                    .setContactName(inbox.settings.text("contact.name")).setContactPhone(inbox.settings.text("contact.phone")));
        }
        return receipt.build();
    }

    /** Each receipt until the gateway has it, those of one order in their order. */
    private void report() {
        Set<Long> waiting = new HashSet<>(); // tasks with a receipt that was turned down
        for (Database.Row row : inbox.db.rows("SELECT sequence, arrival, kind, batch FROM batches WHERE verdict IS NULL ORDER BY sequence")) {
            long sequence = row.number(0);
            if (waiting.contains(row.number(1))) continue;
            try {
                ReceiptResult result = send(row.number(2), Signed.parse(SignedBatch.parser(), row.bytes(3)));
                boolean alarm = result.getVerdict() == ReceiptVerdict.RECEIPT_VERDICT_CONFLICT
                        || result.getVerdict() == ReceiptVerdict.RECEIPT_VERDICT_REFUSED;
                say((alarm ? "ALARM: receipt " : "receipt ") + sequence + " " + result.getVerdict() + " " + result.getReason());
                inbox.db.run("UPDATE batches SET verdict = ? WHERE sequence = ?", result.getVerdictValue(), sequence);
            } catch (StatusRuntimeException why) {
                if (!TURNED_DOWN.contains(why.getStatus().getCode())) throw why;
                say("ALARM: receipt " + sequence + " was turned down: " + textOf(why.getStatus()));
                waiting.add(row.number(1));
                turnedDown(sequence, why.getStatus().getCode());
            }
        }
    }

    private ReceiptResult send(long kind, SignedBatch batch) {
        ReportResultsRequest request = ReportResultsRequest.newBuilder().setInstance(instance).setBatch(batch).build();
        ReportResultsResponse answer = kind == ReceiptKind.RECEIPT_KIND_EVENT_VALUE ? call().reportEvents(request) : call().reportResults(request);
        if (answer.getResultsCount() != 1) throw Status.UNAVAILABLE.withDescription("no verdict on a receipt").asRuntimeException();
        return answer.getResults(0);
    }

    private void turnedDown(long sequence, Status.Code code) {
        if (code == Status.Code.ALREADY_EXISTS) inbox.signAgain(sequence); // our count of heads went back
        // This program is wrong: kept, and sent again when somebody says so.
        if (code == Status.Code.INVALID_ARGUMENT) inbox.db.run("UPDATE batches SET verdict = -1 WHERE sequence = ?", sequence);
    }

    private void status() {
        if (monotonic() < statusAt) return;
        call().reportStatus(ReportStatusRequest.newBuilder().setInstance(instance).setBackEndReachable(true).setInFlight(leases.size()).build());
        statusAt = monotonic() + 30;
    }

    private void run() throws InterruptedException {
        double pause = 0.2;
        statusAt = monotonic();
        while (stopping.getCount() > 0) {
            try {
                if (!saidHello) hello();
                status();
                bank.lapse();
                report();
                pull();
                report();
                pause = 0.2;
            } catch (StatusRuntimeException why) { // repeat unchanged: whatever the gateway took, it knows again
                saidHello = false;
                say(textOf(why.getStatus()));
                stopping.await((long) (1000 * pause * (0.5 + Math.random() / 2)), TimeUnit.MILLISECONDS);
                pause = Math.min(pause * 2, 10);
            }
        }
    }

    /** Until SIGTERM, then 0; 1 when something must be looked at first. */
    public static void main(String[] arguments) throws Exception {
        Adapter adapter = new Adapter(Settings.read(Path.of(arguments[0])));
        Thread loop = Thread.currentThread();
        int[] code = {1};
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            adapter.stopping.countDown();
            try {
                loop.join(); // what has begun is finished
            } catch (InterruptedException why) {
                code[0] = 1;
            }
            Runtime.getRuntime().halt(code[0]);
        }));
        adapter.run();
        code[0] = 0;
    }
}
