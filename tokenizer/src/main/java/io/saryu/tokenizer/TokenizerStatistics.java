package io.saryu.tokenizer;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.saryu.text.Corpus;
import io.saryu.text.LineReader;
import io.saryu.text.ProgressListener;
import io.saryu.text.ReadOptions;
import io.saryu.text.Reports;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Counts what a tokenizer makes of the text of each language. */
public final class TokenizerStatistics {
    private static final int BATCH_CHARACTERS = 1 << 20;
    private static final long PROGRESS_BYTES = 1 << 20;

    private TokenizerStatistics() {
    }

    /**
     * One language. Line ends are not counted, neither as characters nor as tokens.
     *
     * @param language           its name
     * @param lines              lines that hold text
     * @param characters         code points
     * @param devanagari         code points of the blocks Devanagari, Devanagari Extended (A) and Vedic Extensions
     * @param words              runs of characters that are not white space
     * @param bytes              UTF-8 bytes
     * @param tokens             ids
     * @param unknownTokens      ids of the unknown piece
     * @param byteFallbackTokens ids of byte pieces
     * @param blockSigns         U+2581 in the text, each of which decodes as a blank
     * @param badLines           lines left out as they were not text
     */
    public record Language(String language, long lines, long characters, long devanagari, long words, long bytes,
                           long tokens, long unknownTokens, long byteFallbackTokens, long blockSigns, long badLines) {
        /** Devanagari over all characters. */
        @JsonProperty
        public double devanagariFraction() {
            return ratio(devanagari, characters);
        }

        /** How many tokens a word takes. */
        @JsonProperty
        public double tokensPerWord() {
            return ratio(tokens, words);
        }

        /** How many bytes of text a token holds. */
        @JsonProperty
        public double bytesPerToken() {
            return ratio(bytes, tokens);
        }

        String table() {
            String table = String.format(Locale.ROOT, """
                    === %s ===
                    Total chars: %d
                    Devanagari fraction: %.3f
                    Total tokens: %d
                    Tokens per word: %.3f
                    <unk> tokens: %d (%.4f)
                    Byte-fallback tokens: %d (%.4f)
                    """, language, characters, devanagariFraction(), tokens, tokensPerWord(), unknownTokens,
                    ratio(unknownTokens, tokens), byteFallbackTokens, ratio(byteFallbackTokens, tokens));
            // Not part of the table's usual form, so said only where there are some.
            return blockSigns == 0 ? table
                    : table + "U+2581 in the text, decoded as blanks: " + blockSigns + "\n";
        }
    }

    /**
     * All languages, in the order given.
     *
     * @param languages the counts
     * @param details   how they are spread, one for each language
     */
    public record Report(List<Language> languages, List<TokenDistribution.Details> details) {
        /** Tokens of all languages. */
        @JsonProperty
        public long totalTokens() {
            return languages.stream().mapToLong(Language::tokens).sum();
        }

        /** The table for a person; ends with a newline. */
        public String table() {
            StringBuilder table = new StringBuilder();
            for (Language language : languages) {
                table.append(language.table()).append('\n');
            }
            table.append("=== Overall Token Distribution ===\n");
            for (Language language : languages) {
                table.append(String.format(Locale.ROOT, "%s tokens: %d (%.2f%%)\n", language.language,
                        language.tokens, 100 * ratio(language.tokens, totalTokens())));
            }
            return table.append("Total tokens: ").append(totalTokens()).append('\n').toString();
        }

        /** The counts as JSON, snake_case keys. */
        public String json() {
            return Reports.toJson(this);
        }
    }

    /**
     * Reads all text and counts; writes nothing.
     *
     * @param inputs  per language, as in {@link Corpus#of(List)}
     * @param threads 1 to {@link Tokenizer#MAX_THREADS}
     * @throws io.saryu.text.CorpusException if an input cannot be read
     */
    public static Report run(Tokenizer tokenizer, Map<String, List<String>> inputs, ReadOptions read, int threads,
                             ProgressListener listener) throws IOException {
        List<Corpus> corpora = new ArrayList<>();
        for (List<String> input : inputs.values()) {
            corpora.add(Corpus.of(input));
        }
        long total = corpora.stream().mapToLong(Corpus::bytes).sum();
        long base = 0;
        List<Language> languages = new ArrayList<>();
        List<TokenDistribution.Details> details = new ArrayList<>();
        for (String language : inputs.keySet()) {
            Corpus corpus = corpora.get(languages.size());
            TokenDistribution distribution = new TokenDistribution(tokenizer);
            languages.add(count(tokenizer, distribution, language, corpus, read, threads, base, total, listener));
            details.add(distribution.details(language));
            base += corpus.bytes();
            listener.onProgress(base, total);
        }
        return new Report(List.copyOf(languages), List.copyOf(details));
    }

    private static Language count(Tokenizer tokenizer, TokenDistribution distribution, String language, Corpus corpus,
                                  ReadOptions read, int threads, long base, long total, ProgressListener listener)
            throws IOException {
        Counter counter = new Counter(tokenizer, distribution, threads);
        long told = 0;
        try (LineReader reader = new LineReader(corpus, read)) {
            for (String line; (line = reader.next()) != null;) {
                if (!line.isBlank()) {
                    counter.add(line);
                }
                if (reader.bytesRead() - told >= PROGRESS_BYTES) {
                    told = reader.bytesRead();
                    listener.onProgress(base + told, total);
                    if (Thread.currentThread().isInterrupted()) {
                        throw new InterruptedIOException("stopped before all text was counted");
                    }
                }
            }
            counter.flush();
            return counter.result(language, reader.report().badLineCount());
        }
    }

    static double ratio(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }

    /** The sums of one language; lines are encoded in batches. */
    private static final class Counter {
        private final Tokenizer tokenizer;
        private final TokenDistribution distribution;
        private final int threads;
        private final List<String> batch = new ArrayList<>();
        private long batchCharacters;
        private long lines;
        private long characters;
        private long devanagari;
        private long words;
        private long bytes;
        private long tokens;
        private long unknown;
        private long byteFallback;
        private long blockSigns;

        Counter(Tokenizer tokenizer, TokenDistribution distribution, int threads) {
            this.tokenizer = tokenizer;
            this.distribution = distribution;
            this.threads = threads;
        }

        void add(String line) {
            lines++;
            countText(line);
            batch.add(line);
            batchCharacters += line.length();
            if (batchCharacters >= BATCH_CHARACTERS) {
                flush();
            }
        }

        private void countText(String line) {
            boolean inWord = false;
            for (int i = 0; i < line.length();) {
                int c = line.codePointAt(i);
                i += Character.charCount(c);
                characters++;
                bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
                devanagari += isDevanagari(c) ? 1 : 0;
                blockSigns += c == '▁' ? 1 : 0;
                boolean space = Character.isWhitespace(c) || Character.isSpaceChar(c);
                words += !space && !inWord ? 1 : 0;
                inWord = !space;
            }
        }

        private static boolean isDevanagari(int c) {
            return c >= 0x900 && c <= 0x97F || c >= 0xA8E0 && c <= 0xA8FF || c >= 0x1CD0 && c <= 0x1CFF
                    || c >= 0x11B00 && c <= 0x11B5F;
        }

        void flush() {
            PieceType[] types = tokenizer.vocabulary().types;
            for (int[] ids : tokenizer.encodeBatch(batch, threads)) {
                tokens += ids.length;
                distribution.add(ids);
                for (int id : ids) {
                    PieceType type = types[id];
                    unknown += type == PieceType.UNKNOWN ? 1 : 0;
                    byteFallback += type == PieceType.BYTE ? 1 : 0;
                }
            }
            batch.clear();
            batchCharacters = 0;
        }

        Language result(String language, long badLines) {
            return new Language(language, lines, characters, devanagari, words, bytes, tokens, unknown, byteFallback,
                    blockSigns, badLines);
        }
    }
}
