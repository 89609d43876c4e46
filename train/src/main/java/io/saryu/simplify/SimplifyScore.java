package io.saryu.simplify;

import io.saryu.eval.Bleu;
import io.saryu.eval.Sari;
import io.saryu.eval.Tokenizer13a;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Scores of what someone made of texts whose simplifications are known.
 *
 * @param system    who made it
 * @param all       figures of all texts
 * @param languages by language, where rows name more than one
 * @param examples  the worst, the best and some between, in the order of the texts
 */
public record SimplifyScore(String system, Figures all, Map<String, Figures> languages, List<Example> examples) {
    /** Of the worst, of the best, and of those between. */
    private static final int EXAMPLES_OF_A_KIND = 8;

    /**
     * The figures of some texts.
     *
     * @param texts                how many
     * @param sari                 0 to 100, see {@link Sari}
     * @param sariAdd              its part for adding
     * @param sariKeep             its part for keeping
     * @param sariDelete           its part for deleting
     * @param sariDeletePrecision  the same as the paper has it
     * @param bleu                 0 to 100, see {@link Bleu}
     * @param bleuSignature        how BLEU was counted
     * @param lengthRatio          words of the outputs for each word of the references, sacrebleu's ratio
     * @param compressionRatio     characters of an output for each of its source, the mean over texts, of tokenized texts with their blanks
     * @param exactCopies          share of the outputs that are their source, but for white space around words and punctuation
     */
    public record Figures(int texts, double sari, double sariAdd, double sariKeep, double sariDelete, double sariDeletePrecision,
            double bleu, String bleuSignature, double lengthRatio, double compressionRatio, double exactCopies) {
    }

    /**
     * One text.
     *
     * @param row  its number from 1 on
     * @param sari of this text alone
     */
    public record Example(int row, String source, String output, List<String> references, double sari) {
    }

    /**
     * Scores outputs.
     *
     * @param rows    one or more
     * @param outputs one of each row, in their order
     */
    public static SimplifyScore of(String system, List<ReferenceText> rows, List<String> outputs) {
        if (rows.isEmpty() || rows.size() != outputs.size()) {
            throw new IllegalArgumentException("there are " + rows.size() + " texts and " + outputs.size() + " outputs of " + system
                    + "; give one output of each text, in their order");
        }
        Map<String, Tally> languages = new TreeMap<>();
        Tally all = new Tally();
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            ReferenceText row = rows.get(i);
            all.add(row, outputs.get(i));
            if (row.language() != null) {
                languages.computeIfAbsent(row.language(), l -> new Tally()).add(row, outputs.get(i));
            }
            Sari one = new Sari();
            one.add(row.source(), outputs.get(i), row.references());
            examples.add(new Example(i + 1, row.source(), outputs.get(i), row.references(), one.result().score()));
        }
        Map<String, Figures> figures = new LinkedHashMap<>();
        if (languages.size() > 1) {
            languages.forEach((language, tally) -> figures.put(language, tally.figures()));
        }
        return new SimplifyScore(system, all.figures(), figures, chosen(examples));
    }

    private static List<Example> chosen(List<Example> all) {
        List<Example> sorted = all.stream().sorted(Comparator.comparingDouble(Example::sari).thenComparing(Example::row)).toList();
        TreeSet<Integer> rows = new TreeSet<>();
        int n = sorted.size();
        IntStream.range(0, Math.min(n, EXAMPLES_OF_A_KIND)).forEach(i -> {
            rows.add(sorted.get(i).row());
            rows.add(sorted.get(n - 1 - i).row());
            rows.add(sorted.get((int) ((2L * i + 1) * n / (2 * EXAMPLES_OF_A_KIND))).row());
        });
        return rows.stream().map(row -> all.get(row - 1)).toList();
    }

    /** Sums over texts. */
    private static final class Tally {
        private final Sari sari = new Sari();
        private final Bleu bleu = new Bleu();
        private int texts;
        private int copies;
        private double ratios;

        void add(ReferenceText row, String output) {
            sari.add(row.source(), output, row.references());
            bleu.add(output, row.references());
            String before = String.join(" ", Tokenizer13a.words(row.source()));
            String after = String.join(" ", Tokenizer13a.words(output));
            texts++;
            copies += before.equals(after) ? 1 : 0;
            int length = before.codePointCount(0, before.length());
            ratios += length == 0 ? 0 : (double) after.codePointCount(0, after.length()) / length;
        }

        Figures figures() {
            Sari.Result s = sari.result();
            Bleu.Result b = bleu.result();
            return new Figures(texts, s.score(), s.add(), s.keep(), s.delete(), s.deletePrecision(), b.score(), b.signature(),
                    b.lengthRatio(), ratios / texts, (double) copies / texts);
        }
    }
}
