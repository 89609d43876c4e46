package io.saryu.deid.data;

import io.saryu.text.ContentHash;
import java.util.Locale;

/** Training or validation, and which of them a template, a name or a number belongs to: its content alone says. */
enum Side {
    TRAIN, VALIDATION;

    private static final int BUCKETS = 1 << 16;

    /** Name of its files. */
    String fileName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The side of a text, by SHA-256 of its {@link #key}.
     *
     * @param heldOut share that belongs to validation, 0 to 1
     */
    static Side of(String text, double heldOut) {
        return hash(text) < heldOut * BUCKETS ? VALIDATION : TRAIN;
    }

    /** 0 to 65,535. */
    static int hash(String text) {
        return (int) (new ContentHash(0).of(key(text)).high() >>> 48);
    }

    /** What two writings of one thing share: small letters and ASCII digits, without spaces and punctuation. */
    static String key(String text) {
        StringBuilder key = new StringBuilder();
        text.codePoints().forEach(c -> {
            int digit = Character.digit(c, 10);
            int type = Character.getType(c);
            if (digit >= 0) {
                key.append(digit);
            } else if (Character.isLetter(c) || type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK) {
                key.appendCodePoint(c);
            }
        });
        return key.toString().toLowerCase(Locale.ROOT);
    }
}
