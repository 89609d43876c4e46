package io.saryu.text;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToLongFunction;

/**
 * The third stage: text of several languages in, a sample with given shares out, for training a tokenizer. A report
 * ({@code OUTPUT.report.json}) is written beside it.
 *
 * <p>Shares are of what a {@link Measure} counts: lines, words, bytes, or the tokens of a tokenizer. Where a language has
 * more than asked, each line is taken with the chance that what is still wanted has in what is still to come (selection
 * sampling, Knuth, The Art of Computer Programming 2, 3.4.2, algorithm S, each line counted by its measure: no memory, order
 * kept), which ends within one line of the amount asked for, and with lines exactly at it; where it has less, all its lines
 * come as often as fits and the rest is sampled. Languages follow each other in the order given, a repeated line follows
 * itself.
 */
public final class SampleCorpus {
    private SampleCorpus() {
    }

    /**
     * What shares are shares of.
     *
     * @param unit its name, in the plural
     * @param of   how much of it a line has, 0 or more; must give the same for the same line
     */
    public record Measure(String unit, ToLongFunction<String> of) {
        /** One a line. */
        public static final Measure LINES = new Measure("lines", line -> 1);
        /** Runs of what is not white space. */
        public static final Measure WORDS = new Measure("words", TextCounter::words);
        /** UTF-8 bytes, line ends left out. */
        public static final Measure BYTES = new Measure("bytes", line -> line.getBytes(StandardCharsets.UTF_8).length);
    }

    /**
     * What to do.
     *
     * @param total     amount of the sample, in the measure's unit; 0 takes the largest that {@code maxEpochs} allow
     * @param measure   what is counted
     * @param shares    target share of the amount per language, summing to 1
     * @param maxEpochs how often a language's lines may come at most
     * @param seed      another seed gives another sample
     * @param read      how bad lines are taken
     */
    public record Options(long total, Measure measure, Map<String, Double> shares, double maxEpochs, long seed,
                          ReadOptions read) {
        /** Keeps the order of the shares. */
        public Options {
            shares = new LinkedHashMap<>(shares);
        }

        /** A sample of lines. */
        public static Options lines(long lines, Map<String, Double> shares, double maxEpochs, long seed, ReadOptions read) {
            return new Options(lines, Measure.LINES, shares, maxEpochs, seed, read);
        }
    }

    /**
     * What was done.
     *
     * @param output    the file written
     * @param unit      what amounts and shares count
     * @param total     amount written
     * @param lines     lines written
     * @param bytes     bytes written
     * @param languages per language, in the order of the shares
     * @param findings  what is worth knowing about the mix, a sentence each
     */
    public record Report(String output, String unit, long total, long lines, long bytes, List<LanguageReport> languages,
                         List<String> findings) {
    }

    /**
     * One language of the sample.
     *
     * @param language     its code
     * @param available    amount that there is
     * @param sampled      amount written, repeats included
     * @param lines        lines written, repeats included
     * @param epochs       {@code sampled / available}
     * @param naturalShare its share of what there is
     * @param targetShare  share that was asked for
     * @param reachedShare share that was reached
     * @param byteShare    its share of the bytes
     * @param badLines     lines left out as they were not text
     */
    public record LanguageReport(String language, long available, long sampled, long lines, double epochs,
                                 double naturalShare, double targetShare, double reachedShare, double byteShare,
                                 long badLines) {
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
            available.put(corpus.getKey(), count(corpus.getValue(), options, progress));
        }
        LanguageMix.Plan plan = options.total() == 0
                ? LanguageMix.largest(available, options.shares(), options.maxEpochs())
                : LanguageMix.of(available, options.shares(), options.maxEpochs(), options.total());
        try (AtomicTextWriter writer = new AtomicTextWriter(output)) {
            List<Sampled> sampled = new ArrayList<>();
            for (LanguageMix.Language language : plan.languages()) {
                sampled.add(sample(language, corpora.get(language.language()), options, writer, progress));
            }
            writer.commit();
            Report report = report(output, options, available, sampled, writer.bytes());
            Reports.write(output, report);
            return report;
        }
    }

    private static Report report(Path output, Options options, Map<String, Long> available, List<Sampled> sampled,
                                 long bytes) {
        long there = available.values().stream().mapToLong(Long::longValue).sum();
        long total = sampled.stream().mapToLong(Sampled::amount).sum();
        Map<String, Long> amounts = new LinkedHashMap<>();
        List<LanguageReport> languages = new ArrayList<>();
        for (Sampled s : sampled) {
            LanguageMix.Language plan = s.plan();
            amounts.put(plan.language(), s.amount());
            languages.add(new LanguageReport(plan.language(), plan.available(), s.amount(), s.lines(),
                    (double) s.amount() / plan.available(), (double) plan.available() / there, plan.share(),
                    (double) s.amount() / total, (double) s.bytes() / bytes, s.badLines()));
        }
        return new Report(output.toString(), options.measure().unit(), total,
                sampled.stream().mapToLong(Sampled::lines).sum(), bytes, languages,
                MixFindings.of(available, amounts, options.shares(), options.measure().unit()));
    }

    private static long count(Corpus corpus, Options options, Progress progress) throws IOException {
        long amount = 0;
        try (LineReader reader = new LineReader(corpus, options.read())) {
            String line;
            while ((line = reader.next()) != null) {
                progress.at(reader.bytesRead());
                amount += line.isBlank() ? 0 : options.measure().of().applyAsLong(line);
            }
        }
        progress.inputDone(corpus.bytes());
        return amount;
    }

    private record Sampled(LanguageMix.Language plan, long amount, long lines, long bytes, long badLines) {
    }

    private static Sampled sample(LanguageMix.Language language, Corpus corpus, Options options,
                                  AtomicTextWriter writer, Progress progress) throws IOException {
        // java.util.Random, as its numbers are part of its specification and so the same in every JDK.
        Random random = new Random(options.seed() * 31 + language.language().hashCode());
        long copies = language.count() / language.available();
        long wanted = language.count() % language.available();
        long left = language.available();
        long before = writer.bytes();
        long amount = 0;
        long lines = 0;
        try (LineReader reader = new LineReader(corpus, options.read())) {
            String line;
            while ((line = reader.next()) != null) {
                progress.at(reader.bytesRead());
                if (line.isBlank()) {
                    continue;
                }
                long size = options.measure().of().applyAsLong(line);
                boolean chosen = random.nextDouble() * left < wanted;
                left -= size;
                wanted -= chosen ? size : 0;
                for (long i = chosen ? -1 : 0; i < copies; i++) {
                    writer.line(line);
                    amount += size;
                    lines++;
                }
            }
            if (left != 0) {
                throw new CorpusException("the text of " + language.language()
                        + " changed while it was sampled; run again when nothing writes to it");
            }
            progress.inputDone(corpus.bytes());
            return new Sampled(language, amount, lines, writer.bytes() - before, reader.report().badLineCount());
        }
    }
}
