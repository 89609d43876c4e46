package io.saryu.deid;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret that surrogates are chosen with: who has it and a value knows the value's surrogate; who has not cannot tell what a
 * surrogate stands for.
 */
public final class SurrogateKey {
    /** 128 bits. */
    private static final int SHORTEST = 16;
    private static final int LONGEST = 1 << 16;
    private static final String ALGORITHM = "HmacSHA256";
    private static final String ADVICE = "; make one with: openssl rand -hex 32 > ";

    private final SecretKeySpec key;

    /**
     * A key of some bytes.
     *
     * @throws IllegalArgumentException for fewer than 16
     */
    public SurrogateKey(byte[] bytes) {
        if (bytes.length < SHORTEST) {
            throw new IllegalArgumentException("the key for surrogates has " + bytes.length + " bytes; it needs " + SHORTEST + " at least");
        }
        this.key = new SecretKeySpec(bytes, ALGORITHM);
    }

    /**
     * The key of a file: its bytes without white space at the ends.
     *
     * @throws IOException when there is no such file, or it holds no key, or too short a one
     */
    public static SurrogateKey read(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new IOException("there is no key file " + file + ADVICE + file);
        }
        if (!Files.isRegularFile(file) || Files.size(file) > LONGEST) {
            throw new IOException(file + " is " + (Files.isRegularFile(file) ? "larger than " + LONGEST + " bytes" : "not a file")
                    + ", and no key; name a key file");
        }
        byte[] bytes = Files.readAllBytes(file);
        int start = 0;
        int end = bytes.length;
        while (end > start && isSpace(bytes[end - 1])) {
            end--;
        }
        while (start < end && isSpace(bytes[start])) {
            start++;
        }
        if (end - start < SHORTEST) {
            throw new IOException("the key file " + file + (end == start ? " is empty" : " holds " + (end - start) + " bytes, and a key"
                    + " needs " + SHORTEST + " at least") + ADVICE + file);
        }
        return new SurrogateKey(Arrays.copyOfRange(bytes, start, end));
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b >= '\t' && b <= '\r';
    }

    /** HMAC-SHA256 of a text with the key, 32 bytes. */
    byte[] hash(String text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no HMAC-SHA256; take another", e);
        }
    }
}
