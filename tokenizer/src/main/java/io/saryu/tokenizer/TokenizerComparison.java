package io.saryu.tokenizer;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.saryu.text.Reports;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Two tokenizers on the same text.
 *
 * @param first        name of the first one
 * @param second       name of the second one
 * @param firstPieces  learnt pieces of the first one
 * @param secondPieces learnt pieces of the second one
 * @param commonPieces learnt pieces of both
 * @param rows         one for each language, and one for all
 */
public record TokenizerComparison(String first, String second, int firstPieces, int secondPieces, int commonPieces,
                                  List<Row> rows) {
    /**
     * One language.
     *
     * @param words        of it
     * @param firstTokens  with the first tokenizer
     * @param secondTokens with the second one
     * @param firstBytes   byte-fallback tokens with the first one
     * @param secondBytes  byte-fallback tokens with the second one
     */
    public record Row(String language, long words, long firstTokens, long secondTokens, long firstBytes,
                      long secondBytes) {
        /** Tokens of the second tokenizer over those of the first, less 1. */
        @JsonProperty
        public double difference() {
            return firstTokens == 0 ? 0 : (double) secondTokens / firstTokens - 1;
        }
    }

    /**
     * Puts two reports side by side.
     *
     * @param firstReport  of the first tokenizer
     * @param secondReport of the second one on the same text
     */
    public static TokenizerComparison of(String firstName, Tokenizer first, TokenizerStatistics.Report firstReport,
                                         String secondName, Tokenizer second, TokenizerStatistics.Report secondReport) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < firstReport.languages().size(); i++) {
            TokenizerStatistics.Language a = firstReport.languages().get(i);
            TokenizerStatistics.Language b = secondReport.languages().get(i);
            if (!a.language().equals(b.language()) || a.characters() != b.characters()) {
                throw new IllegalArgumentException("the text of " + a.language() + " changed between the two counts; "
                        + "count again");
            }
            rows.add(new Row(a.language(), a.words(), a.tokens(), b.tokens(), a.byteFallbackTokens(),
                    b.byteFallbackTokens()));
        }
        if (rows.size() > 1) {
            Row all = new Row("all", 0, 0, 0, 0, 0);
            for (Row row : rows) {
                all = new Row("all", all.words + row.words, all.firstTokens + row.firstTokens,
                        all.secondTokens + row.secondTokens, all.firstBytes + row.firstBytes,
                        all.secondBytes + row.secondBytes);
            }
            rows.add(all);
        }
        Set<String> firstPieces = learnt(first);
        Set<String> secondPieces = learnt(second);
        int firstSize = firstPieces.size();
        firstPieces.retainAll(secondPieces);
        return new TokenizerComparison(firstName, secondName, firstSize, secondPieces.size(), firstPieces.size(),
                List.copyOf(rows));
    }

    private static Set<String> learnt(Tokenizer tokenizer) {
        Set<String> pieces = new HashSet<>();
        for (int id = 0; id < tokenizer.vocabSize(); id++) {
            if (tokenizer.type(id) == PieceType.NORMAL) {
                pieces.add(tokenizer.piece(id));
            }
        }
        return pieces;
    }

    /** The table for a person; ends with a newline. */
    public String table() {
        StringBuilder table = new StringBuilder(String.format(Locale.ROOT, """
                === Comparison ===
                first:  %s, %d learnt pieces
                second: %s, %d learnt pieces, %d of them in both
                """, first, firstPieces, second, secondPieces, commonPieces));
        for (Row row : rows) {
            table.append(String.format(Locale.ROOT,
                    "%s: %d and %d tokens (%+.2f%%), %.3f and %.3f a word, %d and %d byte-fallback tokens\n",
                    row.language, row.firstTokens, row.secondTokens, 100 * row.difference(),
                    TokenizerStatistics.ratio(row.firstTokens, row.words),
                    TokenizerStatistics.ratio(row.secondTokens, row.words), row.firstBytes, row.secondBytes));
        }
        return table.toString();
    }

    /** The figures as JSON, snake_case keys. */
    public String json() {
        return Reports.toJson(this);
    }
}
