package io.saryu.text;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The third stage: text of several languages in, a sample of N lines with given shares out, for training a tokenizer.
 * A report ({@code OUTPUT.report.json}) is written beside it.
 *
 * <p>Where a language has more lines than asked, each subset of the asked size is equally likely (selection sampling,
 * Knuth, The Art of Computer Programming 2, 3.4.2, algorithm S: no memory, order kept); where it has fewer, all its
 * lines come as often as fits and the rest is sampled. Languages follow each other in the order given, a repeated line
 * follows itself.
 */
public final class SampleCorpus {
    private SampleCorpus() {
    }

    /**
     * What to do.
     *
     * @param lines     lines of the sample
     * @param shares    target share of the lines per language, summing to 1
     * @param maxEpochs how often a language's lines may come at most
     * @param seed      another seed gives another sample
     * @param read      how bad lines are taken
     */
    public record Options(long lines, Map<String, Double> shares, double maxEpochs, long seed, ReadOptions read) {
        /** Keeps the order of the shares. */
        public Options {
            shares = new LinkedHashMap<>(shares);
        }
    }

    /**
     * What was done.
     *
     * @param output    the file written
     * @param lines     lines written
     * @param bytes     bytes written
     * @param languages per language, in the order of the shares
     */
    public record Report(String output, long lines, long bytes, List<LanguageReport> languages) {
    }

    /**
     * One language of the sample.
     *
     * @param language       its code
     * @param availableLines lines with text that there are
     * @param sampledLines   lines written, repeats included
     * @param epochs         {@code sampledLines / availableLines}
     * @param targetShare    share of the lines that was asked for
     * @param reachedShare   share of the lines that was reached
     * @param byteShare      its share of the bytes: lines differ in length, and so in tokens
     * @param badLines       lines left out as they were not text
     */
    public record LanguageReport(String language, long availableLines, long sampledLines, double epochs,
                                 double targetShare, double reachedShare, double byteShare, long badLines) {
    }

    /**
     * Runs the stage.
     *
     * @param inputs per language, as in {@link Corpus#of(List)}
     * @throws CorpusException when an input cannot be read or the output cannot be written
     * @throws IllegalArgumentException when inputs, shares and lines do not go together (see {@link LanguageMix#of}),
     *                                  or the output is one of the inputs
     */
    public static Report run(Map<String, List<String>> inputs, Path output, Options options, ProgressListener listener)
            throws IOException {
        Map<String, Corpus> corpora = new LinkedHashMap<>();
        long bytes = 0;
        for (var input : inputs.entrySet()) {
            Corpus corpus = Corpus.of(input.getValue());
            corpus.mustNotContain(output);
            corpora.put(input.getKey(), corpus);
            bytes += corpus.bytes();
        }
        Progress progress = new Progress(listener, 2 * bytes);
        Map<String, Long> available = new LinkedHashMap<>();
        for (var corpus : corpora.entrySet()) {
            available.put(corpus.getKey(), count(corpus.getValue(), options.read(), progress));
        }
        LanguageMix.Plan plan = LanguageMix.of(available, options.shares(), options.maxEpochs(), options.lines());
        try (AtomicTextWriter writer = new AtomicTextWriter(output)) {
            List<Sampled> sampled = new ArrayList<>();
            for (LanguageMix.Language language : plan.languages()) {
                sampled.add(sample(language, corpora.get(language.language()), options, writer, progress));
            }
            writer.commit();
            Report report = new Report(output.toString(), plan.total(), writer.bytes(),
                    sampled.stream().map(s -> s.report(plan.total(), writer.bytes())).toList());
            Reports.write(output, report);
            return report;
        }
    }

    private static long count(Corpus corpus, ReadOptions read, Progress progress) throws IOException {
        long lines = 0;
        try (LineReader reader = new LineReader(corpus, read)) {
            String line;
            while ((line = reader.next()) != null) {
                progress.at(reader.bytesRead());
                lines += line.isBlank() ? 0 : 1;
            }
        }
        progress.inputDone(corpus.bytes());
        return lines;
    }

    private record Sampled(LanguageMix.Language plan, long bytes, long badLines) {
        LanguageReport report(long totalLines, long totalBytes) {
            return new LanguageReport(plan.language(), plan.available(), plan.count(), plan.epochs(), plan.share(),
                    (double) plan.count() / totalLines, (double) bytes / totalBytes, badLines);
        }
    }

    private static Sampled sample(LanguageMix.Language language, Corpus corpus, Options options,
                                  AtomicTextWriter writer, Progress progress) throws IOException {
        // java.util.Random, as its numbers are part of its specification and so the same in every JDK.
        Random random = new Random(options.seed() * 31 + language.language().hashCode());
        long copies = language.count() / language.available();
        long wanted = language.count() % language.available();
        long left = language.available();
        long before = writer.bytes();
        try (LineReader reader = new LineReader(corpus, options.read())) {
            String line;
            while ((line = reader.next()) != null) {
                progress.at(reader.bytesRead());
                if (line.isBlank()) {
                    continue;
                }
                boolean chosen = random.nextDouble() * left < wanted;
                left--;
                wanted -= chosen ? 1 : 0;
                for (long i = chosen ? -1 : 0; i < copies; i++) {
                    writer.line(line);
                }
            }
            if (left != 0) {
                throw new CorpusException("the text of " + language.language()
                        + " changed while it was sampled; run again when nothing writes to it");
            }
            progress.inputDone(corpus.bytes());
            return new Sampled(language, writer.bytes() - before, reader.report().badLineCount());
        }
    }
}
