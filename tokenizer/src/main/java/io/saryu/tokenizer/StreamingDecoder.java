package io.saryu.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Decodes id by id, as a generated text is shown while it grows. What {@link #add} and at last {@link #finish}
 * returned, put together, is what {@link Tokenizer#decode} gives for all ids. Byte pieces are held back until they
 * make a whole character, or cannot make one any more. Not thread-safe.
 */
public final class StreamingDecoder {
    private static final char BLANK = '▁';

    private final Tokenizer tokenizer;
    private final String unknown;
    private byte[] bytes = new byte[4];
    private int byteCount;
    private boolean expectsBlank = true;
    private boolean blankDropped;
    private boolean textSeen;

    /** Starts a text. */
    public StreamingDecoder(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
        this.unknown = tokenizer.decode(tokenizer.unkId());
        if (tokenizer.vocabulary().changesCharacters) {
            throw new IllegalArgumentException(
                    "a tokenizer that changes characters cannot be decoded id by id; use decode on all ids");
        }
    }

    /**
     * The text that has become certain with this id; empty when there is none yet.
     *
     * @throws IllegalArgumentException if the id is outside of the vocabulary
     */
    public String add(int id) {
        if (id < 0 || id >= tokenizer.vocabSize()) {
            throw new IllegalArgumentException("id " + id + " is outside of the vocabulary of " + tokenizer.vocabSize()
                    + " pieces");
        }
        if (tokenizer.type(id) == PieceType.BYTE) {
            return note(addByte((byte) Integer.parseInt(tokenizer.piece(id).substring(3, 5), 16)));
        }
        String before = note(finish());
        if (blankDropped || textSeen) {
            expectsBlank = false;
        }
        return before + note(surface(id));
    }

    /** The text of bytes still held back: U+FFFD for each that is not part of a whole character. */
    public String finish() {
        StringBuilder text = new StringBuilder();
        while (byteCount > 0) {
            text.append(takeCharacter(true));
        }
        return note(text.toString());
    }

    private String note(String text) {
        textSeen |= !text.isEmpty();
        return text;
    }

    private String surface(int id) {
        blankDropped = false;
        PieceType type = tokenizer.type(id);
        if (type == PieceType.CONTROL) {
            return "";
        } else if (type == PieceType.UNKNOWN) {
            return unknown;
        }
        String piece = tokenizer.piece(id);
        Vocabulary vocabulary = tokenizer.vocabulary();
        // The blank that SentencePiece put before the text when it encoded it, and here takes away again.
        if (expectsBlank && (vocabulary.addDummyPrefix || vocabulary.removeExtraWhitespaces)
                && piece.charAt(0) == BLANK) {
            piece = piece.substring(1);
            blankDropped = !vocabulary.removeExtraWhitespaces;
        }
        return piece.replace(BLANK, ' ');
    }

    private String addByte(byte b) {
        if (byteCount == bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * byteCount);
        }
        bytes[byteCount++] = b;
        StringBuilder text = new StringBuilder();
        for (String character; byteCount > 0 && (character = takeCharacter(false)) != null;) {
            text.append(character);
        }
        return text.toString();
    }

    /** Takes the first character off the bytes; null when more bytes may still complete it. */
    private String takeCharacter(boolean last) {
        int length = length(bytes[0] & 0xFF);
        int good = 1;
        while (good < length && good < byteCount && continues(good)) {
            good++;
        }
        if (length > 0 && good == length) {
            String character = new String(bytes, 0, length, StandardCharsets.UTF_8);
            drop(length);
            return character;
        }
        if (length > 0 && good == byteCount && !last) {
            return null;
        }
        drop(1);
        return "\uFFFD";
    }

    private void drop(int count) {
        System.arraycopy(bytes, count, bytes, 0, byteCount - count);
        byteCount -= count;
    }

    /** Length of the character that a first byte begins; 0 when none begins with it. */
    private static int length(int first) {
        if (first < 0x80) {
            return 1;
        } else if (first >= 0xC2 && first <= 0xDF) {
            return 2;
        } else if (first >= 0xE0 && first <= 0xEF) {
            return 3;
        }
        return first >= 0xF0 && first <= 0xF4 ? 4 : 0;
    }

    /** Whether byte {@code i} may follow the ones before it (Unicode, table 3-7). */
    private boolean continues(int i) {
        int b = bytes[i] & 0xFF;
        int first = bytes[0] & 0xFF;
        int low = i > 1 ? 0x80 : first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        int high = i > 1 ? 0xBF : first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
        return b >= low && b <= high;
    }
}
