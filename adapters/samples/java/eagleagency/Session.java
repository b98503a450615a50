package eagleagency;

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
import goldeneagle.v1.AdapterServiceOuterClass.WitnessedEntry;
import goldeneagle.v1.BlobServiceGrpc;
import goldeneagle.v1.EnvelopeOuterClass.Envelope;
import goldeneagle.v1.EnvelopeOuterClass.SignedBatch;
import goldeneagle.v1.OrderOuterClass.Action;
import goldeneagle.v1.OrderOuterClass.Instrument;
import goldeneagle.v1.OrderOuterClass.Order;
import goldeneagle.v1.ReceiptOuterClass.ItemResult;
import goldeneagle.v1.ReceiptOuterClass.Outcome;
import goldeneagle.v1.ReceiptOuterClass.Receipt;
import goldeneagle.v1.ReceiptOuterClass.ReceiptKind;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The loop that an agency's adapter runs (server/docs/agency-guide.md 2). One thread, one call at a time.
 *
 * <pre>  Hello --> PullTasks --> record --> verify --> papers --> do once --> sign --> ReportResults --> ...</pre>
 *
 * <p>Whatever dies in between, the inbox knows what came and what was answered: an effect and its signed receipt are one transaction. Lines that
 * begin with ALARM are for people.
 */
public final class Session {
    // A receipt was understood and turned down: the same bytes won't fare better soon.
    private static final Set<Status.Code> TURNED_DOWN =
            Set.of(Status.Code.INVALID_ARGUMENT, Status.Code.ALREADY_EXISTS, Status.Code.PERMISSION_DENIED);
    private static final Metadata.Key<byte[]> DETAILS = Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);
    private static final int TRIES_MOST = 5; // of one order, when its papers can't be had or the office fails
    private static final double PAUSE_MOST = 60; // seconds between two

    /** How often an order failed, and before which time it isn't tried again. */
    private record Tries(int times, double notBefore) {}

    /** A file of a receipt that the gateway had no room for. */
    private record Upload(ByteString orderId, Instrument file) {}

    private final String name;
    private final String version;
    private final Office office;
    private final Inbox inbox;
    private final Settings settings;
    private final Directory directory;
    private final Papers papers;
    private final AdapterServiceBlockingStub gateway;
    private final String paperRule;
    private final String instance = UUID.randomUUID().toString();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Map<ByteString, Double> leases = new HashMap<>(); // order id -> when it ends, as monotonic() counts
    private final Map<Long, Tries> tries = new HashMap<>(); // by arrival
    private final List<Upload> uploads = new ArrayList<>(); // to be put once more
    private final Set<Long> uploaded = new HashSet<>(); // batches whose files were
    private ByteString stream; // digest of the statements received
    private long head; // newest DIRECTORY_HEAD that fits what we received: its index, and when it was written
    private long headAt;
    private boolean stale; // an order waits for a newer one
    private double leaseSeconds = 60;
    private double statusAt;
    private long lastDelivery;
    private boolean saidHello;

    public Session(String name, String version, Office office, Inbox inbox) throws IOException {
        this.name = name;
        this.version = version;
        this.office = office;
        this.inbox = inbox;
        settings = inbox.settings;
        directory = settings.directory();
        inbox.statements().forEach(directory::take);
        stream = inbox.streamDigest();
        head = inbox.number("head");
        headAt = inbox.number("head_at");
        Channel channel = settings.channel();
        gateway = AdapterServiceGrpc.newBlockingStub(channel);
        papers = new Papers(settings.folder.resolve(settings.text("papers.folder", "papers")), BlobServiceGrpc.newBlockingStub(channel));
        paperRule = settings.text("papers.rule", "ignore");
    }

    private AdapterServiceBlockingStub call() {
        return gateway.withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    /** Seconds of a clock that nobody sets. */
    private static double monotonic() {
        return System.nanoTime() / 1e9;
    }

    private static void say(String what) {
        System.out.println(what);
    }

    private static void alarm(String what) {
        say("ALARM: " + what);
    }

    /** Whether the gateway's refusal has this reason: google.rpc.ErrorInfo has it as plain text. */
    private static boolean says(StatusRuntimeException error, String reason) {
        byte[] details = error.getTrailers() == null ? null : error.getTrailers().get(DETAILS);
        return details != null && new String(details, StandardCharsets.ISO_8859_1).contains(reason);
    }

    private static String textOf(Status status) {
        return status.getCode() + " " + status.getDescription();
    }

    // --- what came

    /** After it every lease has ended, and what is open is handed out again. */
    private void hello() {
        HelloRequest.Builder request = HelloRequest.newBuilder().addContractVersions(1).setAdapter(name).setVersion(version)
                .setInstance(instance).setInbox(inbox.meta("inbox").bytes(0)).setMostInFlight(100).addAllCapabilities(office.capabilities());
        HelloResponse answer = call().hello(request.build());
        if (!answer.getAgency().equals(inbox.agency) || answer.getEnvironment() != settings.environment()) {
            throw new IllegalStateException("the gateway takes us for " + answer.getAgency() + ": not ours");
        }
        inbox.db.transaction(() -> {
            Database.Row origin = inbox.meta("origin");
            if (answer.getRecoveredAt() != 0 && origin != null && !origin.text(0).equals(answer.getOrigin())) {
                inbox.tellAllAgain(); // its log went on from an older backup
                inbox.forgetPositions(answer.getRecoveredAt());
                keepHead(0, 0);
            }
            inbox.putMeta("origin", answer.getOrigin());
        });
        stream = inbox.streamDigest();
        leaseSeconds = answer.getLeaseSeconds() == 0 ? 60 : answer.getLeaseSeconds();
        leases.clear();
        lastDelivery = 0;
        saidHello = true;
    }

    /** Asks for work, and puts on record what came, all of it or nothing, before anything is done. */
    private void pull() throws InterruptedException {
        double sent = monotonic();
        long position = inbox.position();
        PullTasksResponse poll = poll(position);
        inbox.db.transaction(() -> {
            poll.getDirectoryList().forEach(inbox::takeStatement);
            inbox.withdraw(poll.getWithdrawnList());
            poll.getTasksList().forEach(task -> record(task, poll.getHeadsList(), sent + leaseSeconds));
        });
        for (Task task : poll.getTasksList()) lastDelivery = Math.max(lastDelivery, task.getFence());
        boolean again = false;
        for (DirectoryChange change : poll.getDirectoryList()) {
            directory.take(change.getStatement());
            stream = Directory.nextDigest(stream, change.getStatement().getMember());
            again |= change.getPosition() <= position;
        }
        if (again) stream = inbox.streamDigest(); // told twice
        if (poll.hasDirectoryHead()) takeHead(poll.getDirectoryHead());
        if (poll.getDirectoryComplete()) work();
        if (poll.getDraining()) stopping.await(1, TimeUnit.SECONDS);
    }

    private PullTasksResponse poll(long position) {
        PullTasksRequest.Builder asked = PullTasksRequest.newBuilder().setInstance(instance).setMostTasks(64).setWaitSeconds(5)
                .setLastDelivery(lastDelivery).setDirectoryPosition(position).setDirectoryHead(head);
        if (position != 0) asked.setDirectoryDigest(stream);
        try {
            return call().pullTasks(asked.build());
        } catch (StatusRuntimeException why) {
            if (says(why, "DIRECTORY_DIFFERS")) {
                alarm("our statements are not the log's: they are taken anew; tell the auditors");
                inbox.db.transaction(() -> inbox.forgetPositions(0));
            }
            throw why;
        }
    }

    /** What the log says of its statements: how old ours may be at most, and whether one was kept from us. Without the log's key: nothing. */
    private void takeHead(WitnessedEntry entry) {
        if (!settings.has("trust.log_key")) {
            head = entry.getProof().getIndex(); // it needn't be sent again
            return;
        }
        Log.ProvedHead proved = Log.directoryHead(entry, settings.text("trust.log_key"));
        if (proved != null && (proved.index() <= head || proved.body().getPosition() != inbox.position())) return;
        if (proved == null || !proved.body().getDigest().equals(stream) || proved.body().getStatements() != inbox.statementCount()) {
            alarm("a head of the directory that doesn't fit what we received: another log, or a statement was kept from us");
            return;
        }
        keepHead(proved.index(), proved.at());
    }

    private void keepHead(long index, long at) {
        head = index;
        headAt = at;
        inbox.putMeta("head", index);
        inbox.putMeta("head_at", at);
    }

    /** Whether the directory is recent enough to begin. */
    private boolean isRecent(boolean isControl) {
        int minutes = isControl ? settings.number("limits.directory_minutes_control", 120) : settings.number("limits.directory_minutes_inquire", 1440);
        boolean recent = !settings.has("trust.log_key") || Terms.now() - headAt <= 60L * minutes;
        stale |= !recent;
        return recent;
    }

    private void record(Task task, List<Envelope> heads, double leaseEnds) {
        try {
            Inbox.Recorded recorded = inbox.record(task, heads);
            if (recorded.isOpen()) leases.put(recorded.orderId(), leaseEnds);
        } catch (Refused why) {
            alarm("a task that can't be answered: " + why.getMessage());
        }
    }

    private void renew() {
        double asked = monotonic();
        RenewLeaseResponse answer = call().renewLease(RenewLeaseRequest.newBuilder().setInstance(instance).build());
        answer.getLostList().forEach(leases::remove);
        leases.replaceAll((orderId, ends) -> asked + leaseSeconds);
        inbox.withdraw(answer.getWithdrawnList());
    }

    /** Whether its lease holds and nobody called it back; with less than half of the lease left the gateway is asked first. */
    private boolean mayBegin(ByteString orderId) {
        if (leases.containsKey(orderId) && leases.get(orderId) - monotonic() < leaseSeconds / 2) renew();
        boolean held = leases.getOrDefault(orderId, Double.NEGATIVE_INFINITY) > monotonic();
        return held && !inbox.isWithdrawn(orderId) && stopping.getCount() > 0;
    }

    // --- the work

    /** Does what is on record and not done, in order of arrival. A control that must wait holds up those behind it on the same person. */
    private void work() {
        Set<String> waiting = new HashSet<>();
        stale = false;
        for (Inbox.Open task : inbox.openTasks()) {
            if (!mayBegin(task.orderId())) continue;
            Order order;
            try {
                order = Orders.verify(task.task(), task.head(), directory, inbox.agency, task.arrivedAt());
            } catch (Refused why) {
                sendBack(task, why);
                continue;
            }
            String person = Orders.folded(order.getSubject().getIdNumber());
            boolean isControl = order.getAction() != Action.ACTION_INQUIRE;
            if (isControl && waiting.contains(person) || !isRecent(isControl)) continue;
            if (!attempt(task, order) && isControl) waiting.add(person);
        }
    }

    /** Whether the order has its last word now. */
    private boolean attempt(Inbox.Open task, Order order) {
        Tries before = tries.getOrDefault(task.arrival(), new Tries(0, Double.NEGATIVE_INFINITY));
        if (monotonic() < before.notBefore()) return false;
        boolean last = before.times() + 1 >= settings.number("limits.attempts_max", TRIES_MOST);
        try {
            inbox.db.transaction(() -> inbox.believe(task.arrival()));
            Work.insistOnSupport(office, order);
            List<Work.Paper> found = papersOf(task, order);
            if (found == null || !mayBegin(task.orderId())) return false; // papers take their time
            perform(task, order, found);
        } catch (Refused why) {
            sendBack(task, why);
        } catch (Papers.Missing why) {
            boolean gaveUp = paperRule.equals("return") && before.times() + 1 >= settings.number("papers.attempts_max", TRIES_MOST);
            if (!gaveUp) return tryLater(task, before.times() + 1);
            sendBack(task, new Refused("DOCUMENT_MISSING", why.getMessage()));
        } catch (StatusRuntimeException | KeyUnusable why) {
            throw why;
        } catch (RuntimeException why) { // the office's own failure: nothing was done, whatever it was
            alarm("an order failed: " + why);
            why.printStackTrace(System.out);
            if (!last) return tryLater(task, before.times() + 1);
            giveUp(task);
        }
        tries.remove(task.arrival());
        return true;
    }

    private boolean tryLater(Inbox.Open task, int times) {
        tries.put(task.arrival(), new Tries(times, monotonic() + Math.min(Math.pow(2, times - 1), PAUSE_MOST)));
        inbox.db.transaction(() -> inbox.acknowledge(task.arrival()));
        return false;
    }

    /** The order's papers, here and hashed; null when its lease ended meanwhile. What one order fetched serves all. */
    private List<Work.Paper> papersOf(Inbox.Open task, Order order) throws Papers.Missing {
        List<Work.Paper> found = new ArrayList<>();
        if (paperRule.equals("ignore")) return found;
        boolean named = order.getInstrumentsCount() > 0 || order.getAction() == Action.ACTION_INQUIRE;
        if (!named) throw new Refused("DOCUMENT_MISSING", "the order names no paper");
        for (Instrument one : order.getInstrumentsList()) {
            boolean here = papers.find(one.getDigest(), one.getMediaType()) != null;
            if (!here && !papers.fetch(task.orderId(), one, () -> mayBegin(task.orderId()))) return null;
            found.add(new Work.Paper(one.getCategory(), one.getTitle(), papers.find(one.getDigest(), one.getMediaType())));
        }
        return found;
    }

    /** The effect, the answer and its signature are one transaction; an order that the office sends back changed nothing. */
    private void perform(Inbox.Open task, Order order, List<Work.Paper> found) {
        inbox.db.transaction(() -> {
            Work work = new Work(inbox, papers, task.arrival(), order, found);
            inbox.db.run("SAVEPOINT office");
            try {
                work.perform(office);
                if (!work.wrong().isEmpty()) throw new IllegalStateException("the office's answer can't be signed: " + work.wrong());
                if (settings.has("papers.seal") && work.receipt.hasEffectAt()) work.seal(settings.text("papers.seal"));
            } catch (Refused why) {
                inbox.db.run("ROLLBACK TO office");
                Work.returned(work.receipt, why, settings);
            }
            inbox.db.run("RELEASE office");
            close(task, work.receipt);
        });
        leases.remove(task.orderId());
    }

    private void close(Inbox.Open task, Receipt.Builder receipt) {
        inbox.sign(task.arrival(), receipt.build());
        inbox.finish(task.arrival());
    }

    /** RETURNED 回退: undone. */
    private void sendBack(Inbox.Open task, Refused why) {
        inbox.db.transaction(() -> close(task, Work.returned(inbox.receipt(task.arrival(), ReceiptKind.RECEIPT_KIND_RETURNED), why, settings)));
        leases.remove(task.orderId());
    }

    /** FINAL with ERROR: certainly not done, and says nothing about assets. Never NIL. */
    private void giveUp(Inbox.Open task) {
        ItemResult.Builder failed = ItemResult.newBuilder().setOutcome(Outcome.OUTCOME_ERROR).setReason("PROCESSING_FAILED");
        inbox.db.transaction(() -> close(task, inbox.receipt(task.arrival(), ReceiptKind.RECEIPT_KIND_FINAL).addItems(failed)));
        leases.remove(task.orderId());
    }

    // --- what is told

    /** Each receipt until the gateway has it, those of one order in their order; its files first. */
    private void report() {
        uploads.removeIf(this::put);
        Set<Long> waiting = new HashSet<>(); // tasks with a receipt that was turned down
        for (Database.Row row : inbox.db.rows("SELECT sequence, arrival, kind, batch FROM batches WHERE verdict IS NULL ORDER BY sequence")) {
            long sequence = row.number(0);
            if (waiting.contains(row.number(1))) continue;
            try {
                SignedBatch batch = Signed.parse(SignedBatch.parser(), row.bytes(3));
                putFiles(sequence, batch);
                ReceiptResult result = send(row.number(2), batch);
                boolean alarm = result.getVerdict() == ReceiptVerdict.RECEIPT_VERDICT_CONFLICT
                        || result.getVerdict() == ReceiptVerdict.RECEIPT_VERDICT_REFUSED;
                say((alarm ? "ALARM: receipt " : "receipt ") + sequence + " " + result.getVerdict() + " " + result.getReason());
                inbox.putVerdict(sequence, result.getVerdictValue());
            } catch (StatusRuntimeException why) {
                if (!TURNED_DOWN.contains(why.getStatus().getCode())) throw why;
                alarm("receipt " + sequence + " was turned down: " + textOf(why.getStatus()));
                waiting.add(row.number(1));
                turnedDown(sequence, why.getStatus().getCode());
            }
        }
    }

    /** A receipt is a fact: it goes out whether the gateway takes its files or not. */
    private void putFiles(long sequence, SignedBatch batch) {
        Receipt receipt = Signed.parse(Receipt.parser(), batch.getMembers(0));
        if (receipt.getDocumentsCount() == 0 || uploaded.contains(sequence)) return;
        for (Instrument file : receipt.getDocumentsList()) {
            Upload upload = new Upload(receipt.getOrderId(), file);
            if (!put(upload)) uploads.add(upload);
        }
        uploaded.add(sequence);
    }

    /** False: to be tried once more. */
    private boolean put(Upload upload) {
        try {
            papers.send(upload.orderId(), upload.file());
        } catch (Papers.Missing why) {
            return false;
        } catch (IllegalArgumentException why) {
            alarm("a receipt's file was not taken: " + why.getMessage());
        }
        return true;
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
        if (code == Status.Code.INVALID_ARGUMENT) inbox.putVerdict(sequence, -1);
    }

    private void status() {
        if (monotonic() < statusAt) return;
        call().reportStatus(ReportStatusRequest.newBuilder().setInstance(instance).setBackEndReachable(true).setInFlight(leases.size())
                .setDirectoryStale(stale).build());
        statusAt = monotonic() + 30;
    }

    // --- the loop

    private void byItself() {
        try {
            inbox.db.transaction(office::byItself);
        } catch (KeyUnusable why) {
            throw why;
        } catch (RuntimeException why) { // nothing happened; it is called again
            alarm("what happens by itself failed: " + why);
            why.printStackTrace(System.out);
        }
    }

    /** Until SIGTERM, what has begun is finished, and the process ends with 0; with 1 when something must be looked at first. */
    public void run() throws InterruptedException {
        Thread loop = Thread.currentThread();
        int[] code = {1};
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stopping.countDown();
            try {
                loop.join();
            } catch (InterruptedException why) {
                code[0] = 1;
            }
            Runtime.getRuntime().halt(code[0]);
        }));
        double pause = 0.2;
        statusAt = monotonic();
        while (stopping.getCount() > 0) {
            try {
                if (!saidHello) hello();
                status();
                byItself();
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
        code[0] = 0;
    }
}
