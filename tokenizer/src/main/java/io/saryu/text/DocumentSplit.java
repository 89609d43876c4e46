package io.saryu.text;

/**
 * Train / validation split that looks at each document alone: the hash of its text and a seed decides. So a document
 * keeps its side whatever is added to the corpus or moved in it, and copies of one text never stand on both sides.
 * Not thread-safe.
 */
public final class DocumentSplit {
    private final ContentHash hash;
    private final double validationFraction;

    /**
     * A split.
     *
     * @param validationFraction share of documents that go to validation, 0 to 1, reached on average
     * @param seed               another seed gives another split
     * @throws IllegalArgumentException for a fraction outside 0 to 1
     */
    public DocumentSplit(double validationFraction, long seed) {
        if (!(validationFraction >= 0 && validationFraction <= 1)) {
            throw new IllegalArgumentException(
                    "the validation fraction is " + validationFraction + "; give a number from 0 to 1, such as 0.01");
        }
        this.validationFraction = validationFraction;
        this.hash = new ContentHash(seed);
    }

    /** Whether the document with this text belongs to validation. */
    public boolean isValidation(String text) {
        return isValidation(hash.of(text).high());
    }

    /** As {@link #isValidation(String)}, for a document of which the first 64 bits of the {@link ContentHash} with this seed are known. */
    boolean isValidation(long high) {
        // 53 bits, exact in a double: a number from 0 inclusive to 1 exclusive.
        double place = (high >>> 11) * 0x1p-53;
        return place < validationFraction;
    }
}
