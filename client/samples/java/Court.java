import static goldeneagle.v1.EnvelopeOuterClass.MemberType.MEMBER_TYPE_ORDER;
import static goldeneagle.v1.EnvelopeOuterClass.MemberType.MEMBER_TYPE_RECEIPT;
import static goldeneagle.v1.EnvelopeOuterClass.MemberType.MEMBER_TYPE_TICKET;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import eagleagency.Directory;
import eagleagency.Log;
import eagleagency.Refused;
import eagleagency.Settings;
import eagleagency.Signed;
import goldeneagle.v1.AdapterServiceOuterClass.DirectoryChange;
import goldeneagle.v1.AuditServiceGrpc;
import goldeneagle.v1.AuditServiceOuterClass.GetConsistencyProofRequest;
import goldeneagle.v1.BlobServiceGrpc;
import goldeneagle.v1.BlobServiceOuterClass.PutBlobPartRequest;
import goldeneagle.v1.BlobServiceOuterClass.PutBlobPartResponse;
import goldeneagle.v1.DirectoryServiceGrpc;
import goldeneagle.v1.DirectoryServiceOuterClass.ListStatementsRequest;
import goldeneagle.v1.DirectoryServiceOuterClass.ListStatementsResponse;
import goldeneagle.v1.EnvelopeOuterClass.Head;
import goldeneagle.v1.EnvelopeOuterClass.MemberType;
import goldeneagle.v1.EnvelopeOuterClass.SignedBatch;
import goldeneagle.v1.EnvelopeOuterClass.SignedMember;
import goldeneagle.v1.Entry.EntryType;
import goldeneagle.v1.Entry.OrderAccepted;
import goldeneagle.v1.OrderOuterClass.Action;
import goldeneagle.v1.OrderOuterClass.Freeze;
import goldeneagle.v1.OrderOuterClass.Identity;
import goldeneagle.v1.OrderOuterClass.Inflow;
import goldeneagle.v1.OrderOuterClass.Inquire;
import goldeneagle.v1.OrderOuterClass.Instrument;
import goldeneagle.v1.OrderOuterClass.OfficerRef;
import goldeneagle.v1.OrderOuterClass.Order;
import goldeneagle.v1.OrderOuterClass.PersonAtAgency;
import goldeneagle.v1.OrderOuterClass.Term;
import goldeneagle.v1.OrderOuterClass.Urgency;
import goldeneagle.v1.OrderServiceGrpc;
import goldeneagle.v1.OrderServiceOuterClass.Acceptance;
import goldeneagle.v1.OrderServiceOuterClass.FindingsOfAgency;
import goldeneagle.v1.OrderServiceOuterClass.GetOrderRequest;
import goldeneagle.v1.OrderServiceOuterClass.ListFindingsRequest;
import goldeneagle.v1.OrderServiceOuterClass.ListFindingsResponse;
import goldeneagle.v1.OrderServiceOuterClass.OrderResult;
import goldeneagle.v1.OrderServiceOuterClass.OrderState;
import goldeneagle.v1.OrderServiceOuterClass.SubmitOrdersRequest;
import goldeneagle.v1.OrderServiceOuterClass.SubmitOrdersResponse;
import goldeneagle.v1.Reading.OfficerTicket;
import goldeneagle.v1.ReceiptOuterClass.ItemResult;
import goldeneagle.v1.ReceiptOuterClass.Receipt;
import goldeneagle.v1.ReceiptOuterClass.ReceiptKind;
import goldeneagle.v1.ReceiptOuterClass.ReturnNote;
import goldeneagle.v1.StatementOuterClass.OfficerDetails;
import goldeneagle.v1.StatementOuterClass.Statement;
import goldeneagle.v1.StatementOuterClass.StatementKind;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractBlockingStub;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * A court's client, whole, in Java: {@code java @java.args Court inquire|freeze|follow CONFIG.toml ...}. To be read and copied
 * (server/docs/court-guide.md).
 *
 * <p>It trusts nobody: the log's key and the registrars' keys are pinned by hand, and nothing is shown before it was proved. Signed bytes are
 * on disk before they are sent; {@code follow} begins by sending them once more, so after a crash nothing is signed anew. The package eagleagency is
 * that of adapters/samples/java.
 */
final class Court {
    private static final Set<Status.Code> AGAIN = Set.of(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED, Status.Code.RESOURCE_EXHAUSTED);
    private static final int LEAF_HEAD = 88; // bytes of a leaf before its body (server/docs/formats.md)

    /** The program ends with this word, on stderr. */
    private static final class Ended extends RuntimeException {
        Ended(String why) {
            super(why);
        }
    }

    private final Settings settings;
    private final Path state;
    private final String code;
    private final Directory directory;
    private final OrderServiceGrpc.OrderServiceBlockingStub orders;
    private final AuditServiceGrpc.AuditServiceBlockingStub audit;
    private final BlobServiceGrpc.BlobServiceBlockingStub blobs;

    Court(Settings settings) throws IOException {
        this.settings = settings;
        code = settings.text("system.court");
        state = Files.createDirectories(settings.path("system.state"));
        directory = settings.directory();
        Channel channel = settings.channel();
        orders = OrderServiceGrpc.newBlockingStub(channel);
        audit = AuditServiceGrpc.newBlockingStub(channel);
        blobs = BlobServiceGrpc.newBlockingStub(channel);
        var statements = DirectoryServiceGrpc.newBlockingStub(channel);
        long position = 0;
        boolean complete = false;
        while (!complete) {
            ListStatementsResponse page = call(statements).listStatements(ListStatementsRequest.newBuilder().setPosition(position).build());
            for (DirectoryChange change : page.getStatementsList()) {
                directory.take(change.getStatement());
                position = change.getPosition();
            }
            complete = page.getComplete();
        }
    }

    private static <S extends AbstractBlockingStub<S>> S call(S stub) {
        return stub.withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    private static long seconds() {
        return Instant.now().getEpochSecond();
    }

    private static Timestamp at(long seconds) {
        return Timestamp.newBuilder().setSeconds(seconds).build();
    }

    private static UUID uuid(ByteString bytes) {
        ByteBuffer halves = bytes.asReadOnlyByteBuffer();
        return new UUID(halves.getLong(), halves.getLong());
    }

    private static ByteString bytes(UUID uuid) {
        return ByteString.copyFrom(ByteBuffer.allocate(16).putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits()).flip());
    }

    private static UUID uuid7() {
        SecureRandom random = new SecureRandom();
        long time = Instant.now().toEpochMilli();
        return new UUID(time << 16 | 0x7000 | random.nextLong() & 0xFFF, random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL | 1L << 63);
    }

    // --- signing

    /** A batch of one under these officers' hands. Its number is the time: unique, rising, and nothing to lose. */
    private SignedBatch sign(MemberType type, ByteString member, List<String> officers) {
        List<Path> keys = officers.stream().map(one -> settings.path("officers." + one)).toList();
        Instant now = Instant.now();
        return Signed.batchOf(type, directory.environment, code, now.getEpochSecond() * 1_000_000 + now.getNano() / 1000, member, keys);
    }

    private OfficerDetails officer(String officer) {
        Statement stated = directory.officers(code, seconds()).get(officer);
        if (stated == null) throw new Ended("OFFICER_NOT_VALID: no officer " + officer + " is stated and valid now");
        return stated.getOfficer();
    }

    /** What every order has; the act is still to come. */
    private Order.Builder order(Asked asked) throws IOException {
        String[] subject = asked.one("subject").split(";", -1);
        if (subject.length != 3) throw new Ended("--subject NAME;ID_KIND;ID_NUMBER");
        Order.Builder order = Order.newBuilder().setOrderId(bytes(uuid7())).setCourt(code).setCaseNumber(asked.one("case"))
                .setUrgency(Urgency.URGENCY_NORMAL).addAllAgencies(asked.all("agency")).setPurpose("EXECUTION")
                .setLegalBasis(settings.text("system.legal_basis"))
                .setSubject(Identity.newBuilder().setName(subject[0]).setIdKind(subject[1]).setIdNumber(subject[2]))
                .setIssuedAt(at(seconds())).setNotAfter(at(seconds() + 30 * 86400));
        for (String one : asked.all("sign")) {
            OfficerDetails details = officer(one);
            order.addOfficers(OfficerRef.newBuilder().setOfficer(one).setWorkIdNo(details.getWorkIdNo()).setDutyCardNo(details.getDutyCardNo()));
        }
        for (String paper : asked.all("paper")) {
            String[] parts = paper.split("=", 2);
            if (parts.length != 2) throw new Ended("--paper CATEGORY=FILE.pdf");
            ByteString content = ByteString.copyFrom(Files.readAllBytes(Path.of(parts[1])));
            order.addInstruments(Instrument.newBuilder().setCategory(parts[0]).setDigest(Signed.sha256(content)).setSizeBytes(content.size())
                    .setMediaType("application/pdf"));
        }
        return order;
    }

    // --- sending, and believing the answer

    /** Durable, whole or not at all. */
    private void keep(String name, ByteString content) throws IOException {
        Path draft = state.resolve(name + ".new");
        try (FileChannel file = FileChannel.open(draft, CREATE, WRITE, TRUNCATE_EXISTING)) {
            ByteBuffer left = content.asReadOnlyByteBuffer();
            while (left.hasRemaining()) file.write(left);
            file.force(true);
        }
        Files.move(draft, state.resolve(name), ATOMIC_MOVE);
        try (FileChannel folder = FileChannel.open(state, StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    /** The papers before the order that names them: what is there already is not sent again, so one that was cut goes on. */
    private void put(String caseNumber, List<String> papers) throws IOException {
        final int part = 256 * 1024;
        for (String paper : papers) {
            ByteString content = ByteString.copyFrom(Files.readAllBytes(Path.of(paper.split("=", 2)[1])));
            PutBlobPartRequest.Builder asked = PutBlobPartRequest.newBuilder().setCaseNumber(caseNumber).setDigest(Signed.sha256(content))
                    .setSizeBytes(content.size()).setMediaType("application/pdf");
            PutBlobPartResponse there = call(blobs).putBlobPart(asked.build());
            while (!there.getComplete()) {
                int missing = there.getPartsMissing(0);
                asked.setPart(missing).setContent(content.substring(missing * part, Math.min(content.size(), (missing + 1) * part)));
                there = call(blobs).putBlobPart(asked.build());
            }
        }
    }

    /** The same bytes until there is an answer: an order takes effect once. */
    private Acceptance send(SignedBatch batch) throws IOException, InterruptedException {
        SubmitOrdersResponse answer = null;
        while (answer == null) {
            try {
                answer = call(orders).submitOrders(SubmitOrdersRequest.newBuilder().setBatch(batch).build());
            } catch (StatusRuntimeException why) {
                if (!AGAIN.contains(why.getStatus().getCode())) throw why;
                Thread.sleep(1000);
            }
        }
        if (answer.getResultsCount() != 1) throw new Ended("ACCEPTANCE_MISMATCH: no result");
        OrderResult result = answer.getResults(0);
        if (result.hasRefusal()) {
            List<String> problems = result.getRefusal().getProblemsList().stream().map(one -> one.getField() + " " + one.getReason()).toList();
            throw new Ended("refused: " + result.getRefusal().getReason() + " " + problems);
        }
        believe(batch.getMembers(0), result.getAcceptance(), answer.getCheckpoint());
        return result.getAcceptance();
    }

    /** The checkpoint, once the pinned key has signed it and it continues the last one seen. */
    private Log.Checkpoint head(String note) throws IOException {
        Log.Checkpoint now = Log.opened(note, settings.text("trust.log_key"));
        if (now == null) throw new Ended("NOTE_UNTRUSTED: not signed by the log's pinned key");
        Log.Checkpoint newest = now;
        Path file = state.resolve("checkpoint");
        if (Files.exists(file)) {
            String[] seen = Files.readString(file).strip().split(" ");
            Log.Checkpoint before = new Log.Checkpoint(Long.parseLong(seen[0]), ByteString.copyFrom(HexFormat.of().parseHex(seen[1])));
            boolean later = now.size() >= before.size();
            newest = later ? now : before;
            Log.Checkpoint older = later ? before : now;
            List<ByteString> proof = older.size() == newest.size() ? List.of() : call(audit).getConsistencyProof(
                    GetConsistencyProofRequest.newBuilder().setOldSize(older.size()).setSize(newest.size()).build()).getHashesList();
            if (!Log.consistent(older, newest, proof)) {
                throw new Ended("LOG_FORKED: it doesn't continue what was seen; keep both notes, tell your auditors");
            }
        }
        keep("checkpoint", ByteString.copyFromUtf8(newest.size() + " " + HexFormat.of().formatHex(newest.root().toByteArray()) + "\n"));
        return now;
    }

    /** The leaf is of this order's acceptance, and lies in the log at the place that it names. */
    private void believe(ByteString member, Acceptance acceptance, String note) throws IOException {
        Log.Checkpoint head = head(note);
        ByteString leaf = acceptance.getLeaf();
        boolean fits = leaf.size() > LEAF_HEAD && leaf.asReadOnlyByteBuffer().getShort(1) == EntryType.ENTRY_TYPE_ORDER_ACCEPTED_VALUE
                && Signed.parse(OrderAccepted.parser(), leaf.substring(LEAF_HEAD)).getDigest().equals(Signed.digestOf(member))
                && leaf.asReadOnlyByteBuffer().getLong(3) == acceptance.getOrderSeq() && acceptance.getProof().getIndex() == acceptance.getOrderSeq();
        ByteString root = Signed.included(Signed.digestOf(leaf), acceptance.getOrderSeq(), head.size(), acceptance.getProof().getHashesList());
        if (!fits || !Objects.equals(root, head.root())) throw new Ended("ACCEPTANCE_MISMATCH: the log doesn't hold this order");
    }

    // --- following, and what the agencies signed

    private void follow(ByteString orderId, String officer) throws IOException, InterruptedException, GeneralSecurityException {
        ByteString kept = ByteString.copyFrom(Files.readAllBytes(state.resolve(HexFormat.of().formatHex(orderId.toByteArray()))));
        SignedBatch batch = Signed.parse(SignedBatch.parser(), kept);
        send(batch);
        Order order = Signed.parse(Order.parser(), batch.getMembers(0));
        Set<OrderState> over = Set.of(OrderState.ORDER_STATE_COMPLETED, OrderState.ORDER_STATE_WITHDRAWN, OrderState.ORDER_STATE_ENDED);
        GetOrderRequest question = GetOrderRequest.newBuilder().setOrderId(orderId).build();
        while (!over.contains(call(orders).getOrder(question).getOrder().getState())) Thread.sleep(500);
        String token = "";
        do {
            ListFindingsResponse page = call(orders).listFindings(ListFindingsRequest.newBuilder().setOrderId(orderId).setPageToken(token)
                    .setOfficerTicket(ticket(order, officer)).build());
            for (FindingsOfAgency found : page.getFindingsList()) show(found, Signed.digestOf(batch.getMembers(0)));
            token = page.getNextPageToken();
        } while (!token.isEmpty());
    }

    private SignedMember ticket(Order order, String officer) throws IOException, GeneralSecurityException {
        byte[] certificate;
        try (InputStream file = Files.newInputStream(settings.path("system.certificate"))) {
            certificate = CertificateFactory.getInstance("X.509").generateCertificate(file).getEncoded();
        }
        OfficerTicket ticket = OfficerTicket.newBuilder().setOfficer("court/" + code + "/officer/" + officer).setCourt(code)
                .setCaseNumber(order.getCaseNumber()).setPurpose("EXECUTION")
                .setCertificateSha256(Signed.sha256(ByteString.copyFrom(certificate))).setIssuedAt(at(seconds()))
                .setExpiresAt(at(seconds() + 300)).build();
        SignedBatch signed = sign(MEMBER_TYPE_TICKET, ticket.toByteString(), List.of(officer));
        return SignedMember.newBuilder().setMember(signed.getMembers(0)).setHead(signed.getHead()).build();
    }

    private void show(FindingsOfAgency found, ByteString digest) {
        SignedMember member = found.getReceipt();
        Head head = Signed.headOver(member.getMember(), Integer.toUnsignedLong(member.getIndex()), member.getPathList(), member.getHead(),
                MEMBER_TYPE_RECEIPT, directory.environment);
        Statement key = directory.inForce("agency/" + found.getAgency(), StatementKind.STATEMENT_KIND_KEY, seconds());
        byte[] text = Signed.pae(member.getHead().getPayload());
        boolean own = key != null && member.getHead().getSignaturesList().stream().anyMatch(one -> Signed.verifies(key, text, one.getSig()));
        Receipt receipt = Signed.parse(Receipt.parser(), member.getMember());
        boolean fits = head.getSigner().equals(found.getAgency()) && receipt.getAgency().equals(found.getAgency())
                && receipt.getOrderDigest().equals(digest);
        if (!own || !fits) throw new Ended("the receipt of " + found.getAgency() + " is not its own");
        if (receipt.getKind() == ReceiptKind.RECEIPT_KIND_RETURNED) {
            ReturnNote note = receipt.getReturned();
            say(found.getAgency(), "RETURNED", note.getReason(), note.getContactName(), note.getContactPhone());
        }
        for (ItemResult item : receipt.getItemsList()) {
            String what = item.hasFinding() ? item.getFinding().getAssetNumber() : item.getReason();
            String kind = receipt.getKind().name().substring("RECEIPT_KIND_".length());
            String outcome = item.getOutcome().name().substring("OUTCOME_".length());
            say(found.getAgency(), kind, outcome, what, item.getMeasure().getControlledMinorUnits(), item.getMeasure().getUnfundedMinorUnits());
        }
    }

    private static void say(Object... words) {
        System.out.println(String.join(" ", Arrays.stream(words).map(String::valueOf).toList()));
    }

    // --- the command line

    private static final String USAGE = """
            Court inquire CONFIG.toml --case NUMBER --subject NAME;ID_KIND;ID_NUMBER --agency CODE... --paper CATEGORY=FILE.pdf... --sign OFFICER...
            Court freeze  the same, and --fen AMOUNT --months N
            Court follow  CONFIG.toml ORDER_ID --sign OFFICER
            The handler signs first. Keys of the officers: [officers] in CONFIG.toml.""";

    /** Flags as they were given; each may be given several times. */
    private record Asked(Map<String, List<String>> flags) {
        static Asked read(List<String> words, Set<String> known) {
            Map<String, List<String>> flags = new HashMap<>();
            for (int i = 0; i < words.size(); i += 2) {
                String name = words.get(i).startsWith("--") ? words.get(i).substring(2) : "";
                if (!known.contains(name) || i + 1 == words.size()) throw new Ended("what is " + words.get(i) + "?\n" + USAGE);
                flags.computeIfAbsent(name, one -> new ArrayList<>()).add(words.get(i + 1));
            }
            return new Asked(flags);
        }

        List<String> all(String name) {
            return flags.getOrDefault(name, List.of());
        }

        String one(String name) {
            if (all(name).size() != 1) throw new Ended("--" + name + " is needed once\n" + USAGE);
            return all(name).get(0);
        }
    }

    private static void run(List<String> words) throws IOException, InterruptedException, GeneralSecurityException {
        String verb = words.isEmpty() ? "" : words.get(0);
        if (!Set.of("inquire", "freeze", "follow").contains(verb) || words.size() < 3) throw new Ended(USAGE);
        Court court = new Court(Settings.read(Path.of(words.get(1))));
        if (verb.equals("follow")) {
            String hex = words.get(2).replace("-", "");
            court.follow(ByteString.copyFrom(HexFormat.of().parseHex(hex)), Asked.read(words.subList(3, words.size()), Set.of("sign")).one("sign"));
            return;
        }
        Set<String> flags = new HashSet<>(Set.of("case", "subject", "agency", "paper", "sign"));
        if (verb.equals("freeze")) flags.addAll(Set.of("fen", "months"));
        Asked asked = Asked.read(words.subList(2, words.size()), flags);
        if (asked.all("sign").isEmpty() || asked.all("agency").isEmpty()) throw new Ended(USAGE);
        Order.Builder order = court.order(asked);
        if (verb.equals("freeze")) {
            order.setAction(Action.ACTION_FREEZE).setFreeze(Freeze.newBuilder().setPersonAtAgency(PersonAtAgency.getDefaultInstance())
                    .setCurrency("CNY").setLimitMinorUnits(Long.parseLong(asked.one("fen"))).setInflow(Inflow.INFLOW_CAPTURE)
                    .setTerm(Term.newBuilder().setMonths(Integer.parseInt(asked.one("months")))));
        } else {
            order.setAction(Action.ACTION_INQUIRE).setInquire(Inquire.getDefaultInstance());
        }
        court.put(asked.one("case"), asked.all("paper"));
        SignedBatch batch = court.sign(MEMBER_TYPE_ORDER, order.build().toByteString(), asked.all("sign"));
        court.keep(HexFormat.of().formatHex(order.getOrderId().toByteArray()), batch.toByteString());
        Acceptance acceptance = court.send(batch);
        Instant due = Instant.ofEpochSecond(acceptance.getDeadline().getDueAt().getSeconds());
        say("accepted", uuid(order.getOrderId()), "at", acceptance.getOrderSeq(), "due", due);
    }

    public static void main(String[] arguments) throws Exception {
        try {
            run(List.of(arguments));
        } catch (Ended | Refused why) {
            System.err.println(why.getMessage());
            System.exit(1);
        }
    }
}
