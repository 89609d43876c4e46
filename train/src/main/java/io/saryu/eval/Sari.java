package io.saryu.eval;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * SARI of a corpus: how well simplifications add, keep and delete sequences of 1 to 4 words, compared with their sources and one or
 * more references (W. Xu et al., Optimizing Statistical Machine Translation for Text Simplification, 2016), as EASSE computes it by
 * default: small letters, words by {@link Tokenizer13a} in sources, outputs and references alike, counts over the whole corpus, of each
 * order an F1 for adding, for keeping and for deleting, the mean over orders. Not thread-safe.
 */
public final class Sari {
    private final Operation add = new Operation();
    private final Operation keep = new Operation();
    private final Operation delete = new Operation();

    /**
     * The figures, each 0 to 100.
     *
     * @param add             F1 of what was added
     * @param keep            F1 of what was kept
     * @param delete          F1 of what was deleted
     * @param deletePrecision the precision alone, which the paper has in the place of the F1
     */
    public record Result(double add, double keep, double delete, double deletePrecision) {
        /** SARI as EASSE gives it. */
        public double score() {
            return (add + keep + delete) / 3;
        }

        /** SARI with the precision of deleting, as the paper defines it. */
        public double scoreWithDeletePrecision() {
            return (add + keep + deletePrecision) / 3;
        }
    }

    /** What output and references both did, what the output did, what the references did; by order. */
    private static final class Operation {
        private final long[] both = new long[WordGrams.ORDERS];
        private final long[] output = new long[WordGrams.ORDERS];
        private final long[] references = new long[WordGrams.ORDERS];

        void count(int n, long byOutput, long byReferences) {
            both[n] += Math.min(byOutput, byReferences);
            output[n] += byOutput;
            references[n] += byReferences;
        }

        double precision(int n) {
            return output[n] == 0 ? 0 : (double) both[n] / output[n];
        }

        double f1(int n) {
            return both[n] == 0 ? 0 : 2.0 * both[n] / (output[n] + references[n]);
        }
    }

    /**
     * Adds a text.
     *
     * @throws IllegalArgumentException without a reference
     */
    public void add(String source, String output, List<String> references) {
        if (references.isEmpty()) {
            throw new IllegalArgumentException("SARI needs a reference of each text; give one at least");
        }
        List<String> sourceWords = words(source);
        List<String> outputWords = words(output);
        List<List<String>> referenceWords = references.stream().map(Sari::words).toList();
        for (int n = 0; n < WordGrams.ORDERS; n++) {
            Map<String, Integer> wanted = new HashMap<>();
            for (List<String> reference : referenceWords) {
                WordGrams.of(reference, n + 1).forEach((gram, count) -> wanted.merge(gram, count, Integer::sum));
            }
            count(n, WordGrams.of(sourceWords, n + 1), WordGrams.of(outputWords, n + 1), wanted, references.size());
        }
    }

    /** Keeping and deleting are counted in parts, one for each reference; adding by kinds of sequences, however often each comes. */
    private void count(int n, Map<String, Integer> source, Map<String, Integer> output, Map<String, Integer> wanted, int parts) {
        source.forEach((gram, count) -> {
            long there = (long) parts * count;
            long kept = (long) parts * Math.min(count, output.getOrDefault(gram, 0));
            long toKeep = Math.min(there, wanted.getOrDefault(gram, 0));
            keep.count(n, kept, toKeep);
            delete.count(n, there - kept, there - toKeep);
        });
        output.keySet().stream().filter(gram -> !source.containsKey(gram)).forEach(gram -> add.count(n, 1, wanted.containsKey(gram) ? 1 : 0));
        wanted.keySet().stream().filter(gram -> !source.containsKey(gram) && !output.containsKey(gram)).forEach(gram -> add.count(n, 0, 1));
    }

    private static List<String> words(String text) {
        return Tokenizer13a.words(text.toLowerCase(Locale.ROOT));
    }

    /** Of all texts so far. */
    public Result result() {
        double[] sums = new double[4];
        for (int n = 0; n < WordGrams.ORDERS; n++) {
            sums[0] += add.f1(n);
            sums[1] += keep.f1(n);
            sums[2] += delete.f1(n);
            sums[3] += delete.precision(n);
        }
        double share = 100.0 / WordGrams.ORDERS;
        return new Result(share * sums[0], share * sums[1], share * sums[2], share * sums[3]);
    }
}
