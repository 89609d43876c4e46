package io.saryu.files;

/** How a token file stores an id; always little-endian and unsigned. */
public enum TokenType {
    /** Two bytes: vocabularies up to 65,535, and nanoGPT's files. */
    UINT16("uint16", 2, 1 << 16),
    /** Four bytes; ids end at 2^31 - 2, as a vocabulary's size is an int. */
    UINT32("uint32", 4, Integer.MAX_VALUE);

    private final String dtype;
    private final int bytes;
    private final int largestVocabulary;

    TokenType(String dtype, int bytes, int largestVocabulary) {
        this.dtype = dtype;
        this.bytes = bytes;
        this.largestVocabulary = largestVocabulary;
    }

    /** The type that Saryu writes for a vocabulary of this size. */
    public static TokenType of(int vocabSize) {
        return vocabSize <= 65_535 ? UINT16 : UINT32;
    }

    /** NumPy's name of the type. */
    public String dtype() {
        return dtype;
    }

    /** Bytes per token. */
    public int bytes() {
        return bytes;
    }

    /** Size of the largest vocabulary whose every id fits. */
    public int largestVocabulary() {
        return largestVocabulary;
    }
}
