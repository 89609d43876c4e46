package io.saryu.text;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;

/**
 * The first 128 bits of SHA-256 over a seed, if there is one, and a text's UTF-8 bytes. SHA-256 because it is in every JDK, runs at the
 * speed of the processor's SHA instructions, gives the same split on every machine, and nobody can make two texts that
 * collide. Not thread-safe.
 */
public final class ContentHash {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final MessageDigest digest = FileHash.sha256();
    private final byte[] seed;
    private final byte[] result = new byte[digest.getDigestLength()];
    private boolean begun;
    private long high;
    private long low;

    /** Hashes of texts alone. */
    ContentHash() {
        this.seed = new byte[0];
    }

    /** With a seed: another gives other hashes. */
    public ContentHash(long seed) {
        this.seed = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(seed).array();
    }

    /** Hashes a text; {@link #high} and {@link #low} are then its own. */
    public ContentHash of(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        add(bytes, 0, bytes.length);
        return end();
    }

    /** Adds a part of a text. */
    void add(byte[] bytes, int start, int length) {
        if (!begun && seed.length > 0) {
            digest.update(seed);
        }
        begun = true;
        digest.update(bytes, start, length);
    }

    /** Ends the text whose parts were added; the next part begins another one. */
    ContentHash end() {
        if (!begun) {
            digest.update(seed);
        }
        begun = false;
        try {
            digest.digest(result, 0, result.length);
        } catch (DigestException e) {
            throw new IllegalStateException("a digest does not fit its own length", e);
        }
        high = (long) LONGS.get(result, 0);
        low = (long) LONGS.get(result, Long.BYTES);
        return this;
    }

    /** The first 64 bits. */
    public long high() {
        return high;
    }

    /** The next 64 bits. */
    public long low() {
        return low;
    }
}
