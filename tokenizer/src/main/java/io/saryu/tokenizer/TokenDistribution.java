package io.saryu.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How the tokens of a text are spread over its lines and words and over the vocabulary. Bounded memory. */
public final class TokenDistribution {
    /** Words of more tokens count as of this many. */
    private static final int MOST_WORD_TOKENS = 16;
    /** Lines of up to 1, 2, 4, ... tokens; then the rest. */
    private static final int LINE_BINS = 32;
    private static final int SPLIT_WORDS = 20;
    private static final int MOST_CANDIDATES = 10_000;

    private final Tokenizer tokenizer;
    private final boolean[] beginsWord;
    private final boolean[] blank;
    private final long[] pieceCounts;
    private final long[] lines = new long[LINE_BINS];
    private final long[] words = new long[MOST_WORD_TOKENS + 1];
    /** How often words of many tokens were seen, by their text. */
    private final Map<String, SplitWord> split = new HashMap<>();
    private int leastSplit = 3;

    /**
     * Of one language.
     *
     * @param language      its name
     * @param tokensPerLine lines by their number of tokens
     * @param tokensPerWord words by their number of tokens, from 1; the last are {@value #MOST_WORD_TOKENS} or more. A word
     *                      goes from blank to blank, and the blank before it is part of it
     * @param coverage      share of the tokens that are one of the most frequent pieces
     * @param piecesUsed    pieces that occur
     * @param longestSplit  of the words of letters alone those of the most tokens
     */
    public record Details(String language, List<Bin> tokensPerLine, List<Bin> tokensPerWord, List<Coverage> coverage,
                          int piecesUsed, List<SplitWord> longestSplit) {
    }

    /**
     * So many of up to so much, and more than the bin before.
     *
     * @param upTo  tokens
     * @param count lines or words
     */
    public record Bin(long upTo, long count) {
    }

    /**
     * A point of the curve.
     *
     * @param pieces the most frequent ones
     * @param share  of the tokens
     */
    public record Coverage(int pieces, double share) {
    }

    /**
     * A word and what became of it.
     *
     * @param word   its text
     * @param pieces its pieces, as the vocabulary has them
     * @param count  how often it occurs
     */
    public record SplitWord(String word, List<String> pieces, long count) {
    }

    TokenDistribution(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
        int size = tokenizer.vocabSize();
        this.pieceCounts = new long[size];
        this.beginsWord = new boolean[size];
        this.blank = new boolean[size];
        for (int id = 0; id < size; id++) {
            String piece = tokenizer.piece(id);
            beginsWord[id] = tokenizer.type(id) == PieceType.NORMAL && piece.charAt(0) == UnigramEncoder.BLANK;
            blank[id] = beginsWord[id] && piece.length() == 1;
        }
    }

    /** Counts the tokens of a line. */
    void add(int[] ids) {
        lines[Math.min(LINE_BINS - 1, ids.length <= 1 ? 0 : 32 - Integer.numberOfLeadingZeros(ids.length - 1))]++;
        int begin = 0;
        for (int i = 0; i < ids.length; i++) {
            pieceCounts[ids[i]]++;
            if (beginsWord[ids[i]]) {
                word(ids, begin, i);
                begin = i;
            }
        }
        word(ids, begin, ids.length);
    }

    private void word(int[] ids, int from, int to) {
        int size = to - from;
        // A blank by itself is one of several in a row, and no word.
        if (size == 0 || size == 1 && blank[ids[from]]) {
            return;
        }
        words[Math.min(size, MOST_WORD_TOKENS)]++;
        if (size >= leastSplit) {
            splitWord(Arrays.copyOfRange(ids, from, to));
        }
    }

    private void splitWord(int[] ids) {
        String text = tokenizer.decode(ids).strip();
        if (text.isEmpty() || !text.codePoints().allMatch(TokenDistribution::isLetter)) {
            return;
        }
        SplitWord before = split.get(text);
        if (before != null) {
            split.put(text, new SplitWord(text, before.pieces, before.count + 1));
        } else if (split.size() < MOST_CANDIDATES || ids.length > leastSplit) {
            split.put(text, new SplitWord(text, Arrays.stream(ids).mapToObj(tokenizer::piece).toList(), 1));
            dropShortest();
        }
    }

    /** Where there are too many candidates: those of the fewest tokens, if enough of more are left. */
    private void dropShortest() {
        while (split.size() > MOST_CANDIDATES) {
            long longer = split.values().stream().filter(word -> word.pieces.size() > leastSplit).count();
            if (longer < SPLIT_WORDS) {
                return;
            }
            leastSplit++;
            split.values().removeIf(word -> word.pieces.size() < leastSplit);
        }
    }

    /** With the marks that vowels are written with, and the joiners between them. */
    private static boolean isLetter(int c) {
        int type = Character.getType(c);
        return Character.isLetter(c) || type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK
                || c == '\u200C' || c == '\u200D';
    }

    Details details(String language) {
        List<SplitWord> longest = split.values().stream()
                .sorted(Comparator.comparingInt((SplitWord word) -> -word.pieces.size())
                        .thenComparing(Comparator.comparingLong(SplitWord::count).reversed())
                        .thenComparing(SplitWord::word)).limit(SPLIT_WORDS).toList();
        return new Details(language, lineBins(), wordBins(), coverage(),
                (int) Arrays.stream(pieceCounts).filter(count -> count > 0).count(), longest);
    }

    private List<Bin> lineBins() {
        List<Bin> bins = new ArrayList<>();
        int last = LINE_BINS - 1;
        while (last > 0 && lines[last] == 0) {
            last--;
        }
        for (int bin = 0; bin <= last; bin++) {
            bins.add(new Bin(1L << bin, lines[bin]));
        }
        return bins;
    }

    private List<Bin> wordBins() {
        List<Bin> bins = new ArrayList<>();
        for (int tokens = 1; tokens <= MOST_WORD_TOKENS; tokens++) {
            bins.add(new Bin(tokens, words[tokens]));
        }
        return bins;
    }

    /** At 1, 2, 5, 10, 20, ... pieces and at all. */
    private List<Coverage> coverage() {
        long[] counts = pieceCounts.clone();
        Arrays.sort(counts);
        long total = Arrays.stream(counts).sum();
        List<Coverage> curve = new ArrayList<>();
        long sum = 0;
        int next = 1;
        for (int i = 1; i <= counts.length; i++) {
            sum += counts[counts.length - i];
            if (i == next || i == counts.length) {
                curve.add(new Coverage(i, TokenizerStatistics.ratio(sum, total)));
                next = switch (Integer.toString(next).charAt(0)) {
                    case '2' -> next / 2 * 5;
                    default -> next * 2;
                };
            }
        }
        return curve;
    }
}
