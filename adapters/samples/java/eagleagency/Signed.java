package eagleagency;

import static goldeneagle.v1.StatementOuterClass.KeyAlgorithm.KEY_ALGORITHM_ED25519;
import static goldeneagle.v1.StatementOuterClass.KeyAlgorithm.KEY_ALGORITHM_SM2;

import com.google.protobuf.ByteString;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.Timestamp;
import goldeneagle.v1.EnvelopeOuterClass.Envelope;
import goldeneagle.v1.EnvelopeOuterClass.Environment;
import goldeneagle.v1.EnvelopeOuterClass.Head;
import goldeneagle.v1.EnvelopeOuterClass.MemberType;
import goldeneagle.v1.EnvelopeOuterClass.Signature;
import goldeneagle.v1.EnvelopeOuterClass.SignedBatch;
import goldeneagle.v1.StatementOuterClass.Statement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.gm.GMNamedCurves;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithID;
import org.bouncycastle.crypto.signers.PlainDSAEncoding;
import org.bouncycastle.crypto.signers.SM2Signer;
import org.bouncycastle.crypto.util.PrivateKeyFactory;

/**
 * How anything is signed: digests, Merkle paths, DSSE, Ed25519 and SM2 (server/docs/formats.md 2). Ed25519 is the JDK's, SM2 Bouncy Castle's.
 *
 * <p>Digests have 32 bytes, signatures 64. Everything here is pure, but that {@link #sign} reads a key and {@link #batchOf} the clock.
 */
public final class Signed {
    public static final String PAYLOAD_TYPE = "application/vnd.goldeneagle.batch.v1+protobuf";

    private static final byte[] ED25519_HEAD = HexFormat.of().parseHex("302a300506032b6570032100"); // of a public key in DER
    private static final byte[] SM2_ID = "1234567812345678".getBytes(StandardCharsets.US_ASCII);
    private static final ECDomainParameters SM2_CURVE = new ECDomainParameters(GMNamedCurves.getByName("sm2p256v1"));

    private Signed() {}

    // --- digests and paths

    public static ByteString sha256(ByteString... parts) {
        try {
            MessageDigest hash = MessageDigest.getInstance("SHA-256");
            for (ByteString part : parts) hash.update(part.asReadOnlyByteBuffer());
            return ByteString.copyFrom(hash.digest());
        } catch (GeneralSecurityException why) {
            throw new IllegalStateException(why);
        }
    }

    private static final ByteString LEAF = ByteString.copyFrom(new byte[] {0});
    private static final ByteString NODE = ByteString.copyFrom(new byte[] {1});

    /** Of a member or of a leaf of the log: its name everywhere. */
    public static ByteString digestOf(ByteString member) {
        return sha256(LEAF, member);
    }

    public static ByteString node(ByteString left, ByteString right) {
        return sha256(NODE, left, right);
    }

    /** The root that a leaf's path leads to (RFC 9162, 2.1.3.2); null for a path of another length or an index outside. */
    public static ByteString included(ByteString leaf, long index, long size, List<ByteString> path) {
        if (index < 0 || index >= size) return null;
        long at = index;
        long last = size - 1;
        ByteString root = leaf;
        for (ByteString sibling : path) {
            if (last == 0) return null;
            root = at % 2 == 1 || at == last ? node(sibling, root) : node(root, sibling);
            while (at % 2 == 0 && at == last && at != 0) {
                at >>= 1;
                last >>= 1;
            }
            at >>= 1;
            last >>= 1;
        }
        return last == 0 ? root : null;
    }

    // --- signatures

    /** What is signed of a head: DSSE's pre-authentication encoding. */
    public static byte[] pae(ByteString payload) {
        String before = "DSSEv1 " + PAYLOAD_TYPE.length() + " " + PAYLOAD_TYPE + " " + payload.size() + " ";
        return ByteString.copyFromUtf8(before).concat(payload).toByteArray();
    }

    /** One signature by the key that a statement gives; the stated key decides the algorithm, never the message. */
    public static boolean verifies(Statement stated, byte[] message, ByteString sig) {
        byte[] key = stated.getKey().toByteArray();
        if (sig.size() != 64) return false;
        try {
            if (stated.getAlgorithm() == KEY_ALGORITHM_ED25519) return ed25519Verifies(key, message, sig.toByteArray());
            return stated.getAlgorithm() == KEY_ALGORITHM_SM2 && sm2Verifies(key, message, sig.toByteArray());
        } catch (GeneralSecurityException | RuntimeException why) {
            return false; // no key, no point, no number: whatever can't be verified isn't
        }
    }

    private static boolean ed25519Verifies(byte[] key, byte[] message, byte[] sig) throws GeneralSecurityException {
        byte[] der = ByteString.copyFrom(ED25519_HEAD).concat(ByteString.copyFrom(key)).toByteArray();
        var verifier = java.security.Signature.getInstance("Ed25519");
        verifier.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der)));
        verifier.update(message);
        return verifier.verify(sig);
    }

    private static boolean sm2Verifies(byte[] key, byte[] message, byte[] sig) {
        if (key.length != 65) return false;
        var verifier = new SM2Signer(PlainDSAEncoding.INSTANCE); // r || s; with SM3
        var point = new ECPublicKeyParameters(SM2_CURVE.getCurve().decodePoint(key), SM2_CURVE);
        verifier.init(false, new ParametersWithID(point, SM2_ID));
        verifier.update(message, 0, message.length);
        return verifier.verifySignature(sig);
    }

    /** By the key in a PKCS#8 file, Ed25519 or SM2. */
    public static ByteString sign(Path pem, byte[] message) {
        try {
            byte[] der = Base64.getMimeDecoder().decode(Files.readString(pem).replaceAll("-----[A-Z ]+-----", ""));
            var key = PrivateKeyInfo.getInstance(der);
            if (key.getPrivateKeyAlgorithm().getAlgorithm().equals(EdECObjectIdentifiers.id_Ed25519)) {
                var signer = java.security.Signature.getInstance("Ed25519");
                signer.initSign(KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(der)));
                signer.update(message);
                return ByteString.copyFrom(signer.sign());
            }
            var signer = new SM2Signer(PlainDSAEncoding.INSTANCE);
            signer.init(true, new ParametersWithID(PrivateKeyFactory.createKey(key), SM2_ID));
            signer.update(message, 0, message.length);
            return ByteString.copyFrom(signer.generateSignature());
        } catch (IOException | GeneralSecurityException | CryptoException | RuntimeException why) {
            throw new KeyUnusable("KEY_UNUSABLE: " + pem + " doesn't sign: " + why.getMessage(), why);
        }
    }

    /** A batch of one member under one signature a key. */
    public static SignedBatch batchOf(MemberType type, Environment environment, String signer, long sequence, ByteString member, List<Path> keys) {
        Head head = Head.newBuilder().setMemberType(type).setEnvironment(environment).setSigner(signer).setSequence(sequence)
                .setCount(1).setRoot(digestOf(member)).setSignedAt(now()).build();
        Envelope.Builder envelope = Envelope.newBuilder().setPayload(head.toByteString()).setPayloadType(PAYLOAD_TYPE);
        for (Path key : keys) envelope.addSignatures(Signature.newBuilder().setSig(sign(key, pae(envelope.getPayload()))));
        return SignedBatch.newBuilder().addMembers(member).setHead(envelope).build();
    }

    static Timestamp now() {
        Instant now = Instant.now();
        return Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()).build();
    }

    // --- reading what others signed

    public static <M extends Message> M parse(Parser<M> parser, ByteString data) {
        try {
            return parser.parseFrom(data);
        } catch (InvalidProtocolBufferException why) {
            throw new Refused("ENVELOPE_MALFORMED");
        }
    }

    /** Refuses what this program doesn't know: it could change the meaning of what it does. */
    static <M extends Message> M parseStrict(Parser<M> parser, ByteString data) {
        M message = parse(parser, data);
        M known = parse(DiscardUnknownFieldsParser.wrap(parser), data);
        Refused.insist(known.getSerializedSize() == message.getSerializedSize(), "UNKNOWN_FIELDS");
        return message;
    }

    /** The head, once the member is proved to lie under it. Says nothing about who signed it. */
    public static Head headOver(ByteString member, long index, List<ByteString> path, Envelope envelope, MemberType type, Environment environment) {
        Refused.insist(envelope.getPayloadType().equals(PAYLOAD_TYPE), "ENVELOPE_MALFORMED");
        Head head = parseStrict(Head.parser(), envelope.getPayload());
        Refused.insist(1 <= head.getCount() && head.getCount() <= 256, "ENVELOPE_MALFORMED");
        Refused.insist(head.getRoot().equals(included(digestOf(member), index, head.getCount(), path)), "MEMBER_NOT_IN_ROOT");
        Refused.insist(head.getMemberType() == type, "MEMBER_TYPE_UNKNOWN");
        Refused.insist(head.getEnvironment() == environment, "ENVIRONMENT_MISMATCH");
        return head;
    }
}
