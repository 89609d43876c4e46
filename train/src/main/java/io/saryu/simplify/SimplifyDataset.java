package io.saryu.simplify;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.saryu.data.Shuffle;
import io.saryu.files.AtomicFile;
import io.saryu.files.AtomicFolder;
import io.saryu.text.ContentHash;
import io.saryu.text.Corpus;
import io.saryu.text.LineReader;
import io.saryu.text.ProgressListener;
import io.saryu.text.ReadOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Makes a folder of simplification data: for each language {@code LANG.train.jsonl} and {@code LANG.validation.jsonl} with rows
 * {@code instruction, input, output, language, origin, synthetic}, and a data set card.
 */
public final class SimplifyDataset {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> INSTRUCTIONS = List.of("en", "hi", "awa");
    /** Instructions in English for texts of another language, as users give them. */
    private static final double ENGLISH_INSTRUCTION = 0.15;
    private static final long STEP_LINES = 1000;

    private SimplifyDataset() {
    }

    /**
     * What to make.
     *
     * @param pairs              by language, files of aligned pairs (see the command's help); may be empty
     * @param raw                by language, hi or awa, files of plain text that rules make pairs of; may be empty
     * @param count              rows of each language at most, 1 or more
     * @param mostReferences     targets taken of one source, 1 or more
     * @param sourceField        key of the source in JSON lines; null for the usual ones
     * @param targetField        key of the target or targets; null for the usual ones
     * @param validationFraction share of the sources for validation, 0 to below 1
     * @param license            of the texts, for the card; null when it was not given
     * @param seed               another seed gives another sample
     */
    public record Options(Map<String, List<String>> pairs, Map<String, List<String>> raw, int count, int mostReferences, String sourceField,
            String targetField, double validationFraction, String license, long seed) {
        /** Checks them. */
        public Options {
            pairs = new LinkedHashMap<>(pairs);
            raw = new LinkedHashMap<>(raw);
            if (pairs.isEmpty() && raw.isEmpty()) {
                throw new IllegalArgumentException("there is nothing to make data of; give --pairs LANG=FILE or --raw LANG=FILE");
            }
            Set<String> languages = new LinkedHashSet<>(pairs.keySet());
            languages.addAll(raw.keySet());
            languages.forEach(language -> {
                if (!INSTRUCTIONS.contains(language)) {
                    throw new IllegalArgumentException("the language is '" + language + "'; give en, hi or awa");
                }
            });
            raw.keySet().forEach(language -> new SplitAndJoin(language, pair -> { }));
            if (count < 1 || mostReferences < 1) {
                throw new IllegalArgumentException("the count is " + count + " and the references are " + mostReferences
                        + "; give 1 at least");
            }
            if (!(validationFraction >= 0 && validationFraction < 1)) {
                throw new IllegalArgumentException("the validation fraction is " + validationFraction + "; give one from 0 to below 1");
            }
        }
    }

    /**
     * What was made for a language.
     *
     * @param origins rows by file or rule
     * @param leftOut pairs by why they are not there
     * @param broken  the first lines that could not be read
     */
    public record LanguageReport(String language, int training, int validation, int synthetic, Map<String, Integer> origins,
            Map<String, Long> leftOut, List<String> broken) {
    }

    /** What was made. */
    public record Report(String folder, List<LanguageReport> languages) {
    }

    /**
     * Makes the folder.
     *
     * @param folder new or empty
     * @throws DirectoryNotEmptyException when there is something in it
     * @throws IOException                when a file cannot be read, a language gets no row, or nothing can be written
     */
    public static Report write(Path folder, Options options, ProgressListener listener) throws IOException {
        if (Files.isDirectory(folder)) {
            try (Stream<Path> inside = Files.list(folder)) {
                if (inside.findAny().isPresent()) {
                    throw new DirectoryNotEmptyException(folder.toString());
                }
            }
        }
        Path parent = folder.toAbsolutePath().normalize().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        List<LanguageReport> reports = new ArrayList<>();
        AtomicFolder.write(folder, temporary -> {
            for (String language : INSTRUCTIONS) {
                if (options.pairs().containsKey(language) || options.raw().containsKey(language)) {
                    reports.add(language(temporary, language, options, listener));
                }
            }
            AtomicFile.writeString(temporary.resolve("README.md"), SimplifyCard.text(options, reports));
        });
        return new Report(folder.toString(), reports);
    }

    private static LanguageReport language(Path folder, String language, Options options, ProgressListener listener) throws IOException {
        PairReport report = new PairReport();
        List<Pair> pairs = new ArrayList<>();
        if (options.pairs().containsKey(language)) {
            HashSample sample = new HashSample(options.count(), options.seed());
            new PairFile(language, options.sourceField(), options.targetField(), options.mostReferences(), report,
                    pair -> offer(sample, pair, report)).read(options.pairs().get(language));
            pairs.addAll(sample.pairs());
        }
        if (options.raw().containsKey(language)) {
            pairs.addAll(synthetic(language, options, report, options.count() - pairs.size(), listener));
        }
        if (pairs.isEmpty()) {
            throw new IOException("no pair came of the " + language + " files" + report.examples().stream().findFirst()
                    .map(e -> " (" + e + ")").orElse("") + "; check their form and fields");
        }
        return files(folder, language, pairs, options, report);
    }

    private static void offer(HashSample sample, Pair pair, PairReport report) {
        if (!sample.offer(pair)) {
            report.leaveOut(PairReport.Problem.DUPLICATE, pair.source());
        }
    }

    /** Of each rule equally many, as far as there are. */
    private static List<Pair> synthetic(String language, Options options, PairReport report, int most, ProgressListener listener)
            throws IOException {
        Map<String, HashSample> samples = new LinkedHashMap<>();
        for (SplitAndJoin.Rule rule : SplitAndJoin.Rule.values()) {
            samples.put(rule.name().toLowerCase(Locale.ROOT), new HashSample(Math.max(1, most), options.seed()));
        }
        SplitAndJoin rules = new SplitAndJoin(language, pair -> offer(samples.get(pair.origin()), pair, report));
        Corpus corpus = Corpus.of(options.raw().get(language));
        try (LineReader lines = new LineReader(corpus, ReadOptions.DEFAULT)) {
            long n = 0;
            for (String line = lines.next(); line != null; line = lines.next()) {
                rules.line(line);
                if (++n % STEP_LINES == 0) {
                    listener.onProgress(lines.bytesRead(), corpus.bytes());
                }
            }
        }
        List<List<Pair>> queues = new ArrayList<>(samples.values().stream().map(HashSample::pairs).toList());
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; pairs.size() < most && queues.stream().anyMatch(q -> !q.isEmpty()); i++) {
            List<Pair> queue = queues.get(i % queues.size());
            if (!queue.isEmpty()) {
                pairs.add(queue.removeFirst());
            }
        }
        return pairs;
    }

    private static LanguageReport files(Path folder, String language, List<Pair> pairs, Options options, PairReport report)
            throws IOException {
        Random random = new Random(Shuffle.mix(options.seed(), INSTRUCTIONS.indexOf(language)));
        List<String> own = instructions(language);
        List<String> english = instructions("en");
        ContentHash hash = new ContentHash(0);
        List<String> training = new ArrayList<>();
        List<String> validation = new ArrayList<>();
        Map<String, Integer> origins = new LinkedHashMap<>();
        int synthetic = 0;
        for (Pair pair : pairs) {
            List<String> choices = random.nextDouble() < ENGLISH_INSTRUCTION ? english : own;
            String row = JSON.createObjectNode().put("instruction", choices.get(random.nextInt(choices.size())))
                    .put("input", pair.source()).put("output", pair.target()).put("language", language).put("origin", pair.origin())
                    .put("synthetic", pair.synthetic()).toString();
            // The upper 53 bits as a number from 0 to below 1.
            boolean held = (hash.of(pair.group()).high() >>> 11) * 0x1p-53 < options.validationFraction();
            (held ? validation : training).add(row);
            origins.merge(pair.origin(), 1, Integer::sum);
            synthetic += pair.synthetic() ? 1 : 0;
        }
        write(folder.resolve(language + ".train.jsonl"), training);
        write(folder.resolve(language + ".validation.jsonl"), validation);
        return new LanguageReport(language, training.size(), validation.size(), synthetic, origins, report.counts(), report.examples());
    }

    private static void write(Path file, List<String> lines) throws IOException {
        if (lines.isEmpty()) {
            return;
        }
        AtomicFile.write(file, out -> {
            for (String line : lines) {
                out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            }
        });
    }

    private static List<String> instructions(String language) {
        String name = "instructions." + language + ".txt";
        try (InputStream in = SimplifyDataset.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be read from the jar", e);
        }
    }
}
