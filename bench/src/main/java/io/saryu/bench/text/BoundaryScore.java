package io.saryu.bench.text;

/**
 * Counts inner sentence boundaries that were found, missed and made up. A boundary is the number of characters before it
 * that are neither white space nor a quotation mark: so neither the space between sentences nor the side of a boundary on
 * which a quotation mark falls matters. The end of a text is no boundary, for every splitter finds it.
 */
final class BoundaryScore {
    private static final String QUOTES = "\"'`´“”„‘’‚«»‹›";

    private long found;
    private long missed;
    private long madeUp;

    /** Told of each boundary that only one side has. */
    interface Difference {
        /**
         * Takes one boundary.
         *
         * @param at     index in the text before which the boundary is
         * @param missed whether gold has it; otherwise the splitter does
         */
        void at(int at, boolean missed);
    }

    /**
     * Adds a text.
     *
     * @param gold      indexes after each sentence, ascending
     * @param predicted the same of the splitter; an end of the text in either is ignored
     */
    void add(String text, int[] gold, int[] predicted, Difference difference) {
        int[] signs = new int[text.length() + 1];
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean counts = !Character.isWhitespace(c) && c != '\u00A0' && QUOTES.indexOf(c) < 0;
            signs[i + 1] = signs[i] + (counts ? 1 : 0);
        }
        int[] side = new int[signs[text.length()] + 1];
        int[] index = new int[side.length];
        mark(gold, signs, side, index, 1);
        mark(predicted, signs, side, index, 2);
        for (int i = 1; i < side.length - 1; i++) {
            switch (side[i]) {
                case 3 -> found++;
                case 2 -> madeUp++;
                case 1 -> missed++;
                default -> { }
            }
            if (side[i] == 1 || side[i] == 2) {
                difference.at(index[i], side[i] == 1);
            }
        }
    }

    private static void mark(int[] ends, int[] signs, int[] side, int[] index, int bit) {
        for (int end : ends) {
            side[signs[end]] |= bit;
            index[signs[end]] = end;
        }
    }

    long goldBoundaries() {
        return found + missed;
    }

    /** Of the boundaries that the splitter has, the share that gold has. */
    double precision() {
        return found + madeUp == 0 ? 1 : found / (double) (found + madeUp);
    }

    /** Of the boundaries that gold has, the share that the splitter has. */
    double recall() {
        return found + missed == 0 ? 1 : found / (double) (found + missed);
    }

    /** The harmonic mean of precision and recall. */
    double f1() {
        return found == 0 ? 0 : 2.0 * found / (2.0 * found + missed + madeUp);
    }
}
