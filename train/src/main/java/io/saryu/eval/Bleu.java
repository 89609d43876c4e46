package io.saryu.eval;

import io.saryu.train.SaryuVersion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * BLEU of a corpus against one or more references of each text (K. Papineni et al., 2002), as sacrebleu computes it by default: words by
 * {@link Tokenizer13a}, capitals count, orders 1 to 4, exponential smoothing, the closest reference's length. Not thread-safe.
 */
public final class Bleu {
    /** What sacrebleu takes for the logarithm of nothing. */
    private static final double LOG_OF_ZERO = -9999999999.0;

    private final long[] correct = new long[WordGrams.ORDERS];
    private final long[] total = new long[WordGrams.ORDERS];
    private long outputLength;
    private long referenceLength;
    private int references;

    /**
     * The figures.
     *
     * @param score           0 to 100
     * @param precisions      of sequences of 1 to 4 words, percent, smoothed
     * @param brevityPenalty  0 to 1
     * @param outputLength    words of the outputs
     * @param referenceLength words of the references, of each text the one closest in length
     * @param signature       what sacrebleu prints so that scores are compared with their like only
     */
    public record Result(double score, List<Double> precisions, double brevityPenalty, long outputLength, long referenceLength,
            String signature) {
        /** Words of the outputs for each word of the references; 0 where these are empty. */
        public double lengthRatio() {
            return referenceLength == 0 ? 0 : (double) outputLength / referenceLength;
        }
    }

    /**
     * Adds a text.
     *
     * @throws IllegalArgumentException without a reference
     */
    public void add(String output, List<String> references) {
        if (references.isEmpty()) {
            throw new IllegalArgumentException("BLEU needs a reference of each text; give one at least");
        }
        this.references = this.references == 0 || this.references == references.size() ? references.size() : -1;
        List<String> words = words(output);
        List<List<String>> known = references.stream().map(Bleu::words).toList();
        for (int n = 0; n < WordGrams.ORDERS; n++) {
            Map<String, Integer> most = new HashMap<>();
            for (List<String> reference : known) {
                WordGrams.of(reference, n + 1).forEach((gram, count) -> most.merge(gram, count, Math::max));
            }
            for (Map.Entry<String, Integer> gram : WordGrams.of(words, n + 1).entrySet()) {
                total[n] += gram.getValue();
                correct[n] += Math.min(gram.getValue(), most.getOrDefault(gram.getKey(), 0));
            }
        }
        outputLength += words.size();
        referenceLength += closest(words.size(), known);
    }

    private static List<String> words(String text) {
        int end = text.length();
        while (end > 0 && Tokenizer13a.isSpace(text.charAt(end - 1))) {
            end--;
        }
        return Tokenizer13a.words(text.substring(0, end));
    }

    /** Of two that are equally close the shorter. */
    private static int closest(int length, List<List<String>> references) {
        int best = references.getFirst().size();
        for (List<String> reference : references) {
            int distance = Math.abs(reference.size() - length) - Math.abs(best - length);
            if (distance < 0 || distance == 0 && reference.size() < best) {
                best = reference.size();
            }
        }
        return best;
    }

    /** Of all texts so far. */
    public Result result() {
        double penalty = outputLength >= referenceLength ? 1
                : outputLength == 0 ? 0 : Math.exp(1 - (double) referenceLength / outputLength);
        double[] precisions = new double[WordGrams.ORDERS];
        double score = 0;
        if (correct[0] > 0) {
            double smooth = 1;
            for (int n = 0; n < WordGrams.ORDERS && total[n] > 0; n++) {
                // An order without a match counts as a half, a quarter, ... of one (C.-Y. Lin's method 3 in mteval).
                smooth *= correct[n] == 0 ? 2 : 1;
                precisions[n] = 100.0 * (correct[n] == 0 ? 1 / smooth : correct[n]) / total[n];
            }
            double logs = 0;
            for (double p : precisions) {
                logs += p == 0 ? LOG_OF_ZERO : Math.log(p);
            }
            score = penalty * Math.exp(logs / WordGrams.ORDERS);
        }
        List<Double> list = new ArrayList<>();
        for (double p : precisions) {
            list.add(p);
        }
        String signature = "nrefs:" + (references < 0 ? "var" : references) + "|case:mixed|eff:no|tok:13a|smooth:exp|version:saryu-"
                + SaryuVersion.get();
        return new Result(score, List.copyOf(list), penalty, outputLength, referenceLength, signature);
    }
}
