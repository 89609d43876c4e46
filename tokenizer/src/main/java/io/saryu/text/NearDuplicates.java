package io.saryu.text;

/**
 * Finds texts that are nearly the same as one before them: MinHash signatures (Broder 1997) of runs of words, looked up by
 * locality-sensitive hashing in bands, and compared before a text is called a duplicate. The similarity is Jaccard's: the runs
 * of words that both texts have by those that either has. Letters, their marks and digits make words, in lower case;
 * nothing else is seen.
 *
 * <p>Memory is fixed when an instance is made. It holds the last texts that fit, by the number in {@link #capacity}; older
 * ones are forgotten, so that duplicates that are further apart are not found. Equal texts in equal order give equal answers.
 *
 * <p>Not for use by two threads at once.
 */
public final class NearDuplicates {
    /** What {@link #find} returns for a text that is like none before it. */
    public static final long NONE = -1;
    private static final int WAYS = 4;
    private static final int LONGS = MinHash.HASHES / Long.BYTES;

    private final Options options;
    private final MinHash hash;
    private final int rows;
    private final int bands;
    private final int capacity;
    /** Signatures of the last texts, by number modulo capacity: a byte of each minimum, eight to a long. */
    private final long[] signatures;
    /** Sets of four places for numbers of texts, plus one, that have a band in common; 0 is free. The newest comes first. */
    private final int[] places;
    private final long[] signature = new long[LONGS];
    private long texts;

    /**
     * What is a near duplicate.
     *
     * @param similarity  Jaccard's, above 0 to 1, that two texts must have; found by 128 samples, so give or take 0.04
     * @param words       of a run
     * @param memoryBytes for what is remembered, at least 64 KB; at 0.8 a text takes 256 bytes
     */
    public record Options(double similarity, int words, long memoryBytes) {
        /** Four of five runs of three words, in 256 MB. */
        public static final Options DEFAULT = new Options(0.8, 3, 256L << 20);

        /** Checks the ranges. */
        public Options {
            if (!(similarity > 0 && similarity <= 1)) {
                throw new IllegalArgumentException("the similarity must be above 0 and at most 1, not " + similarity);
            }
            if (words < 1 || words > 16) {
                throw new IllegalArgumentException("runs must be of 1 to 16 words, not " + words);
            }
            if (memoryBytes < 1 << 16) {
                throw new IllegalArgumentException("near duplicates need at least 65536 bytes of memory, not " + memoryBytes);
            }
        }
    }

    /** An empty memory. */
    public NearDuplicates(Options options) {
        this.options = options;
        this.hash = new MinHash(options.words());
        this.rows = rows(options.similarity());
        this.bands = MinHash.HASHES / rows;
        long each = (long) LONGS * Long.BYTES + (long) bands * Integer.BYTES;
        // Powers of two, so that numbers of texts may wrap; the places have room for all bands of all texts remembered.
        long fitting = Long.highestOneBit(Math.max(16, options.memoryBytes() / each));
        this.capacity = (int) Math.min(fitting, (1 << 30) / Math.max(bands, LONGS));
        this.signatures = new long[capacity * LONGS];
        this.places = new int[capacity * bands];
    }

    /** Rows of a band such that texts a little less similar than asked still share a band nearly always. */
    private static int rows(double similarity) {
        int rows = MinHash.HASHES;
        while (rows > 1 && missed(similarity, rows) > 0.02) {
            rows /= 2;
        }
        return rows;
    }

    /** The probability that texts share no band: (1 - s^rows)^bands. */
    private static double missed(double similarity, int rows) {
        return Math.pow(1 - Math.pow(similarity, rows), MinHash.HASHES / (double) rows);
    }

    /**
     * Looks a text up, and remembers it if it is like none before.
     *
     * @return the number of an earlier text that is alike, counted from 0 over the texts that were remembered; or
     *         {@link #NONE}, as always for a text without words
     */
    public long find(char[] text, int from, int to) {
        return hash.of(text, from, to) ? find(hash.minima()) : NONE;
    }

    /**
     * Looks up a text, as {@link #find(char[], int, int)} does, of which another thread computed the signature.
     *
     * @param minima {@link MinHash#minima} of a hash of as many words as the options say
     */
    public long find(int[] minima) {
        if (minima.length != MinHash.HASHES) {
            throw new IllegalArgumentException("a signature has " + MinHash.HASHES + " minima, not " + minima.length);
        }
        MinHash.bytes(minima, signature);
        for (int band = 0; band < bands; band++) {
            int set = set(minima, band);
            for (int way = 0; way < WAYS; way++) {
                int place = places[set + way];
                long age = place == 0 ? 0 : texts + 1 - place & 0xFFFFFFFFL;
                if (age > 0 && age <= Math.min(texts, capacity) && similarity(place - 1 & capacity - 1) >= options.similarity()) {
                    return texts - age;
                }
            }
        }
        remember(minima);
        return NONE;
    }

    /** Looks a text up as {@link #find(char[], int, int)} does. */
    public long find(String text) {
        return find(text.toCharArray(), 0, text.length());
    }

    private int set(int[] minima, int band) {
        int sets = places.length / WAYS;
        return (int) Long.remainderUnsigned(MinHash.band(minima, band * rows, rows) >>> 8, sets) * WAYS;
    }

    private void remember(int[] minima) {
        System.arraycopy(signature, 0, signatures, (int) (texts & capacity - 1) * LONGS, LONGS);
        for (int band = 0; band < bands; band++) {
            int set = set(minima, band);
            System.arraycopy(places, set, places, set + 1, WAYS - 1);
            places[set] = (int) (texts + 1);
        }
        texts++;
    }

    /** The similarity to a text remembered, estimated from bytes of the minima, of which one in 256 is equal by chance. */
    private double similarity(int slot) {
        int equal = 0;
        for (int i = 0; i < LONGS; i++) {
            equal += zeroBytes(signature[i] ^ signatures[slot * LONGS + i]);
        }
        double chance = 1 / 256.0;
        return (equal / (double) MinHash.HASHES - chance) / (1 - chance);
    }

    private static int zeroBytes(long x) {
        long low = 0x7F7F7F7F7F7F7F7FL;
        return Long.bitCount(~((x & low) + low | x | low));
    }

    /** How many texts are remembered at most. */
    public int capacity() {
        return capacity;
    }

    /** How many texts were remembered so far, those forgotten since among them. */
    public long remembered() {
        return texts;
    }
}
