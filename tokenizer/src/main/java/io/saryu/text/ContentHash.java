package io.saryu.text;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The first 128 bits of SHA-256 over a seed and a text's UTF-8 bytes. SHA-256 because it is in every JDK, runs at the
 * speed of the processor's SHA instructions, gives the same split on every machine, and nobody can make two texts that
 * collide. Not thread-safe.
 */
final class ContentHash {
    private final MessageDigest digest;
    private final byte[] seed;
    private long high;
    private long low;

    ContentHash(long seed) {
        this.seed = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(seed).array();
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK lacks SHA-256, which every Java platform must have", e);
        }
    }

    ContentHash of(String text) {
        digest.update(seed);
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        ByteBuffer bytes = ByteBuffer.wrap(digest.digest());
        high = bytes.getLong();
        low = bytes.getLong();
        return this;
    }

    long high() {
        return high;
    }

    long low() {
        return low;
    }
}
