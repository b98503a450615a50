package eagleagency;

import com.google.protobuf.ByteString;
import goldeneagle.v1.EnvelopeOuterClass.Environment;
import goldeneagle.v1.EnvelopeOuterClass.Head;
import goldeneagle.v1.EnvelopeOuterClass.MemberType;
import goldeneagle.v1.EnvelopeOuterClass.Signature;
import goldeneagle.v1.EnvelopeOuterClass.SignedMember;
import goldeneagle.v1.StatementOuterClass.KeyAlgorithm;
import goldeneagle.v1.StatementOuterClass.Statement;
import goldeneagle.v1.StatementOuterClass.StatementKind;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The newest statement about every subject, and every key that was revoked. Nothing in it comes from the gateway's word: registrars' keys are
 * pinned, all else is signed. Statements are taken in the order in which they came, also after a start.
 */
public final class Directory {
    public final Environment environment;
    private final List<Statement> registrars;
    private final int threshold;
    private final Map<String, Statement> newest = new HashMap<>();
    private final Map<String, ByteString> digests = new HashMap<>(); // of the newest statement about a subject
    private final Map<String, Map<ByteString, Statement>> stated = new HashMap<>(); // subject -> key -> the statement that had it
    private final Set<ByteString> revoked = new HashSet<>();

    /** {@code registrars}: raw Ed25519 keys in base64, of which {@code threshold} must have signed a statement about an organisation. */
    public Directory(List<String> registrars, int threshold, Environment environment) {
        this.registrars = registrars.stream().map(key -> Statement.newBuilder().setAlgorithm(KeyAlgorithm.KEY_ALGORITHM_ED25519)
                .setKey(ByteString.copyFrom(Base64.getDecoder().decode(key))).build()).toList();
        this.threshold = threshold;
        this.environment = environment;
    }

    /** d(n) of the directory stream (DirectoryHead in entry.proto): what says which statements somebody has received. */
    public static ByteString nextDigest(ByteString before, ByteString member) {
        return Signed.sha256(before, Signed.digestOf(member));
    }

    /** The statement of this kind about a subject that is in force at a time, in seconds since 1970; else null. */
    public Statement inForce(String subject, StatementKind kind, long at) {
        Statement statement = newest.get(subject);
        boolean holds = statement != null && statement.getKind() == kind
                && statement.getValidFrom().getSeconds() <= at && at < statement.getValidUntil().getSeconds();
        return holds ? statement : null;
    }

    /** Code -> statement, of those who may sign at that time; nobody while the court's own key doesn't hold. */
    public Map<String, Statement> officers(String court, long at) {
        Map<String, Statement> officers = new TreeMap<>();
        if (inForce("court/" + court, StatementKind.STATEMENT_KIND_KEY, at) == null) return officers;
        String prefix = "court/" + court + "/officer/";
        for (String subject : newest.keySet()) {
            Statement officer = subject.startsWith(prefix) ? inForce(subject, StatementKind.STATEMENT_KIND_OFFICER, at) : null;
            if (officer != null) officers.put(subject.substring(prefix.length()), officer);
        }
        return officers;
    }

    boolean isRevoked(ByteString key) {
        return revoked.contains(key);
    }

    /** Of the court and its people: what had a key that was revoked since. */
    List<Statement> revokedOf(String court) {
        return stated.entrySet().stream().filter(one -> one.getKey().startsWith("court/" + court + "/"))
                .flatMap(one -> one.getValue().values().stream()).filter(one -> revoked.contains(one.getKey())).toList();
    }

    /** The court's enforcement account whose statement has this digest and is in force; else null. */
    Statement account(String court, ByteString digest, long at) {
        return digests.entrySet().stream().filter(one -> one.getKey().startsWith("court/" + court + "/account/") && one.getValue().equals(digest))
                .map(one -> inForce(one.getKey(), StatementKind.STATEMENT_KIND_ACCOUNT, at)).filter(one -> one != null).findFirst().orElse(null);
    }

    /** One statement as it came; whether it is believed. What isn't signed by those who may say it is dropped. */
    public boolean take(SignedMember signed) {
        Head head;
        Statement statement;
        try {
            head = Signed.headOver(signed.getMember(), Integer.toUnsignedLong(signed.getIndex()), signed.getPathList(), signed.getHead(),
                    MemberType.MEMBER_TYPE_STATEMENT, environment);
            statement = Signed.parseStrict(Statement.parser(), signed.getMember());
        } catch (Refused why) {
            return false;
        }
        String subject = statement.getSubject();
        String owner = Arrays.stream(subject.split("/", -1)).limit(2).collect(Collectors.joining("/"));
        boolean organisation = subject.equals(owner);
        if (handsOf(signed, speakersFor(owner, organisation, head)) < (organisation ? threshold : 1)) return false;
        if (statement.getEnvironment() != environment || revoked.contains(statement.getKey())) return false;
        long before = newest.containsKey(subject) ? newest.get(subject).getSequence() : 0;
        if (Long.compareUnsigned(statement.getSequence(), before) <= 0) return false;
        if (!statement.getPreviousDigest().equals(digests.getOrDefault(subject, ByteString.EMPTY))) return false;
        newest.put(subject, statement);
        digests.put(subject, Signed.digestOf(signed.getMember()));
        Map<ByteString, Statement> keys = stated.computeIfAbsent(subject, one -> new HashMap<>());
        if (!statement.getKey().isEmpty()) keys.put(statement.getKey(), statement);
        if (statement.getKind() == StatementKind.STATEMENT_KIND_REVOKED) {
            revoked.addAll(keys.keySet());
            if (organisation) newest.keySet().removeIf(one -> one.startsWith(owner + "/")); // what a stolen key may have stated holds no more
        }
        return true;
    }

    /** Whose signatures count: the registrars' about an organisation, the court's own key about its officers and accounts. */
    private List<Statement> speakersFor(String owner, boolean organisation, Head head) {
        if (organisation) return head.getSigner().equals("registrar") ? registrars : List.of();
        Statement court = inForce(owner, StatementKind.STATEMENT_KIND_KEY, head.getSignedAt().getSeconds());
        return court != null && owner.equals("court/" + head.getSigner()) ? List.of(court) : List.of();
    }

    /** How many of the speakers signed; a key counts once. */
    private static long handsOf(SignedMember signed, List<Statement> speakers) {
        byte[] text = Signed.pae(signed.getHead().getPayload());
        List<Signature> marks = signed.getHead().getSignaturesList();
        return speakers.stream().filter(one -> marks.stream().anyMatch(mark -> Signed.verifies(one, text, mark.getSig())))
                .map(Statement::getKey).distinct().count();
    }
}
