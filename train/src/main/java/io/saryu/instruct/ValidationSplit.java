package io.saryu.instruct;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.Normalizer;
import java.util.Locale;

/**
 * Decides by its content whether a row is held out: equal inputs fall on the same side, whatever instruction they come with and
 * in whichever file and order, so that a row that is added later moves no other.
 */
public final class ValidationSplit {
    private final double share;

    /** @param share to hold out, from 0 to below 1 */
    public ValidationSplit(double share) {
        if (!(share >= 0 && share < 1)) {
            throw new IllegalArgumentException("validation_split is " + share + "; it must be at least 0 and below 1");
        }
        this.share = share;
    }

    /** Whether a row is held out. */
    public boolean holdsOut(InstructionExample row) {
        byte[] hash;
        try {
            hash = MessageDigest.getInstance("SHA-256").digest(key(row).getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        long bits = 0;
        for (int i = 0; i < 6; i++) {
            bits = bits << 8 | hash[i] & 0xff;
        }
        return bits < share * (1L << 48);
    }

    /** What makes two rows the same for a model that is to be tested on one of them: the input, or without one the instruction. */
    public static String key(InstructionExample row) {
        String text = row.input().isBlank() ? row.instruction() : row.input();
        return Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT).replaceAll("\\s+", " ").strip();
    }
}
