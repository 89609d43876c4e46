package io.saryu.text;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The first stage: raw text files in, one clean text file out, one line or sentence a line, in the order of the input.
 * A report ({@code OUTPUT.report.json}) and a manifest with hashes of what was read and written
 * ({@code OUTPUT.manifest.json}) are written beside it.
 *
 * <p>Each line is cleaned; lines of which nothing is left are dropped; lines are left out, and personal data masked in them, by
 * {@link FilterOptions}; then documents that occurred before are dropped; then lines are split into sentences. With
 * {@link DocumentUnit#PARAGRAPH} documents stay apart by one blank line.
 */
public final class CleanCorpus {
    private CleanCorpus() {
    }

    /**
     * What to do.
     *
     * @param rules           cleaning rules that are on
     * @param unit            what a document is, the unit of deduplication
     * @param deduplicate     whether to drop documents whose cleaned text occurred before
     * @param splitter        splits lines into sentences, one a line; null leaves lines whole. With
     *                        {@link DocumentUnit#LINE} each sentence becomes a document of the next stages
     * @param read            how files are read, and bad lines taken
     * @param filters         which cleaned lines are left out
     * @param threads         threads that clean; 0 takes as many as there are processors
     * @param duplicateBytes  memory for the hashes of documents, of which half the heap is taken at most; where that is
     *                        not enough, the rest is compared on disk
     * @param checkpointBytes text after which the place is noted from which a stopped run can go on
     * @param chunkBytes      text that a thread takes at a time
     */
    public record Options(Set<CleanRule> rules, DocumentUnit unit, boolean deduplicate, SentenceSplitter splitter,
                          ReadOptions read, FilterOptions filters, int threads, long duplicateBytes,
                          long checkpointBytes, int chunkBytes) implements Serializable {
        /** Memory for the hashes of documents: 512 MiB, enough for about 25 million documents. */
        public static final long DUPLICATE_BYTES = 1L << 29;
        private static final long CHECKPOINT_BYTES = 1L << 28;
        static final int CHUNK_BYTES = 1 << 22;
        private static final int MAX_THREADS = 1024;

        /** All rules, a document a line, duplicates dropped, lines whole, bad lines left out. */
        public static final Options DEFAULT = new Options(EnumSet.allOf(CleanRule.class), DocumentUnit.LINE, true, null,
                ReadOptions.DEFAULT);

        /** Copies the rules and checks the numbers. */
        public Options {
            rules = Set.copyOf(rules);
            if (threads < 0 || threads > MAX_THREADS) {
                throw new IllegalArgumentException("threads is " + threads + "; give 1 to " + MAX_THREADS
                        + ", or 0 for as many as there are processors");
            }
            if (duplicateBytes < 0 || checkpointBytes < 1 || chunkBytes < 1 || chunkBytes > 1 << 30) {
                throw new IllegalArgumentException("the memory for duplicates is " + duplicateBytes + ", checkpoints come after "
                        + checkpointBytes + " bytes and chunks have " + chunkBytes + "; give numbers above 0");
            }
        }

        /** No line is left out but what the rules leave nothing of; as many threads as there are processors. */
        public Options(Set<CleanRule> rules, DocumentUnit unit, boolean deduplicate, SentenceSplitter splitter,
                       ReadOptions read) {
            this(rules, unit, deduplicate, splitter, read, FilterOptions.NONE, 0, DUPLICATE_BYTES);
        }

        /** Checkpoints and chunks as is best for most. */
        public Options(Set<CleanRule> rules, DocumentUnit unit, boolean deduplicate, SentenceSplitter splitter,
                       ReadOptions read, FilterOptions filters, int threads, long duplicateBytes) {
            this(rules, unit, deduplicate, splitter, read, filters, threads, duplicateBytes, CHECKPOINT_BYTES,
                    CHUNK_BYTES);
        }

        int workers() {
            return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
        }

        long tableBytes() {
            return Math.min(duplicateBytes, Runtime.getRuntime().maxMemory() / 2);
        }
    }

    /**
     * What was done.
     *
     * @param output             the file written
     * @param read               what was read
     * @param clean              what cleaning changed
     * @param filtered           lines left out after cleaning
     * @param documents          documents found
     * @param duplicateDocuments of those, dropped because they occurred before
     * @param lines              lines with text written
     * @param bytes              bytes written
     * @param unchanged          true when nothing had to be done, as the output is there and nothing changed since
     */
    public record Report(String output, ReadReport read, CleanReport clean, FilterReport filtered, long documents,
                         long duplicateDocuments, long lines, long bytes, boolean unchanged) {
        private Report asUnchanged() {
            return new Report(output, read, clean, filtered, documents, duplicateDocuments, lines, bytes, true);
        }
    }

    /**
     * Runs the stage. What it writes does not depend on the number of threads, nor on how often it was stopped. A run
     * that was stopped or killed leaves hidden files beside the output, from which the next one with the same options
     * and inputs goes on; when the output is there and nothing changed since, nothing is done.
     *
     * @param inputs as in {@link Corpus#of(List)}
     * @throws CorpusException when an input cannot be read, no text is left, or the output cannot be written
     * @throws IllegalArgumentException when the output is one of the inputs
     */
    public static Report run(List<String> inputs, Path output, Options options, ProgressListener listener)
            throws IOException {
        Corpus corpus = Corpus.of(inputs);
        corpus.mustNotContain(output);
        if (CleanManifest.isCurrent(output, corpus, CleanManifest.Key.of(options))) {
            Optional<Report> before = Reports.readJson(Reports.beside(output), Report.class);
            if (before.isPresent()) {
                return before.get().asUnchanged();
            }
        }
        return CleanRun.run(corpus, output, options, listener);
    }

    /** Makes the next run clean again, although nothing changed since {@code output} was written. */
    public static void forget(Path output) throws IOException {
        Files.deleteIfExists(CleanManifest.beside(output));
    }
}
