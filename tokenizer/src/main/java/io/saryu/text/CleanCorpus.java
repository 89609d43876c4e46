package io.saryu.text;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The first stage: raw text files in, one clean text file out, one line or sentence a line, in the order of the input.
 * A report ({@code OUTPUT.report.json}) is written beside it.
 *
 * <p>Each line is cleaned; lines of which nothing is left are dropped; then documents that occurred before are dropped;
 * then lines are split into sentences. With {@link DocumentUnit#PARAGRAPH} documents stay apart by one blank line.
 */
public final class CleanCorpus {
    private CleanCorpus() {
    }

    /**
     * What to do.
     *
     * @param rules       cleaning rules that are on
     * @param unit        what a document is, the unit of deduplication
     * @param deduplicate whether to drop documents whose cleaned text occurred before
     * @param splitter    splits lines into sentences, one a line; null leaves lines whole. With
     *                    {@link DocumentUnit#LINE} each sentence becomes a document of the next stages
     * @param read        how bad lines are taken
     */
    public record Options(Set<CleanRule> rules, DocumentUnit unit, boolean deduplicate, SentenceSplitter splitter,
                          ReadOptions read) {
        /** All rules, a document a line, duplicates dropped, lines whole, bad lines left out. */
        public static final Options DEFAULT = new Options(EnumSet.allOf(CleanRule.class), DocumentUnit.LINE, true, null,
                ReadOptions.DEFAULT);

        /** Copies the rules. */
        public Options {
            rules = Set.copyOf(rules);
        }
    }

    /**
     * What was done.
     *
     * @param output             the file written
     * @param read               what was read
     * @param clean              what cleaning changed
     * @param documents          documents found
     * @param duplicateDocuments of those, dropped because they occurred before
     * @param lines              lines with text written
     * @param bytes              bytes written
     */
    public record Report(String output, ReadReport read, CleanReport clean, long documents, long duplicateDocuments,
                         long lines, long bytes) {
    }

    /**
     * Runs the stage.
     *
     * @param inputs as in {@link Corpus#of(List)}
     * @throws CorpusException when an input cannot be read, no text is left, or the output cannot be written
     * @throws IllegalArgumentException when the output is one of the inputs
     */
    public static Report run(List<String> inputs, Path output, Options options, ProgressListener listener)
            throws IOException {
        Corpus corpus = Corpus.of(inputs);
        corpus.mustNotContain(output);
        TextCleaner cleaner = new TextCleaner(options.rules());
        CleanTally tally = new CleanTally();
        Deduplicator seen = options.deduplicate() ? new Deduplicator() : null;
        Progress progress = new Progress(listener, corpus.bytes());
        long documents = 0;
        long duplicates = 0;
        long lines = 0;
        try (LineReader reader = new LineReader(corpus, options.read());
             AtomicTextWriter writer = new AtomicTextWriter(output)) {
            DocumentReader source = new DocumentReader(reader, options.unit(), line -> cleaner.clean(line, tally));
            Document document;
            while ((document = source.next()) != null) {
                progress.at(reader.bytesRead());
                documents++;
                if (seen != null && !seen.add(document.text())) {
                    duplicates++;
                    continue;
                }
                if (options.unit() == DocumentUnit.PARAGRAPH && lines > 0) {
                    writer.line("");
                }
                lines += write(document, options.splitter(), writer);
            }
            progress.inputDone(corpus.bytes());
            if (lines == 0) {
                throw new CorpusException("no text is left of " + String.join(", ", inputs) + " ("
                        + reader.report().lines() + " lines, " + reader.report().badLineCount()
                        + " of them not UTF-8 text); check that these are text files");
            }
            writer.commit();
            Report report = new Report(output.toString(), reader.report(), tally.report(), documents, duplicates, lines,
                    writer.bytes());
            Reports.write(output, report);
            return report;
        }
    }

    private static int write(Document document, SentenceSplitter splitter, AtomicTextWriter writer) throws IOException {
        int lines = 0;
        for (String line : document.lines()) {
            for (String sentence : splitter == null ? List.of(line) : splitter.split(line)) {
                writer.line(sentence);
                lines++;
            }
        }
        return lines;
    }
}
