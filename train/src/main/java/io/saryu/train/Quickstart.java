package io.saryu.train;

import io.saryu.backend.Backends;
import io.saryu.data.EncodeCorpus;
import io.saryu.generate.GenerationOptions;
import io.saryu.generate.TextGenerator;
import io.saryu.model.LanguageModel;
import io.saryu.text.CleanCorpus;
import io.saryu.text.DocumentUnit;
import io.saryu.text.ProgressListener;
import io.saryu.text.ReadOptions;
import io.saryu.text.SampleCorpus;
import io.saryu.text.SplitCorpus;
import io.saryu.tokenizer.Tokenizer;
import io.saryu.tokenizer.TokenizerTrainer;
import io.saryu.tokenizer.TokenizerTrainerOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * The whole way once, on a small real corpus that is part of Saryu: clean, split, sample, tokenizer, tokens, pretraining,
 * evaluation, generation. Each step is the public class that does it for a real corpus too.
 */
public final class Quickstart {
    private static final int VOCABULARY = 8000;
    private static final int SAMPLE_LINES = 20_000;
    private static final double VALIDATION_FRACTION = 0.03;
    private static final Map<String, Double> SHARES = shares();
    /** How a text in each language may begin. */
    private static final List<String> PROMPTS = List.of("She looked at the", "एक दिन राजा ने", "हमरे गाँव मा");
    private static final List<String> SAMPLE_FILES = List.of("SOURCES.md", "ATTRIBUTION-pratham-books.tsv", "en.txt.xz",
            "en.messy.txt.xz", "hi.txt.xz", "hi.messy.txt.xz", "awa.txt.xz", "awa.messy.txt.xz");

    /**
     * What it made.
     *
     * @param folder        where everything lies
     * @param training      the run
     * @param continuations prompt to what the model wrote after it; empty when the run was stopped
     */
    public record Result(Path folder, Pretraining.Result training, Map<String, String> continuations) {
    }

    private final Path folder;
    private final int threads;
    private final Progress progress;
    private final BooleanSupplier stop;

    private Quickstart(Path folder, int threads, Progress progress, BooleanSupplier stop) {
        this.folder = folder;
        this.threads = threads;
        this.progress = progress;
        this.stop = stop;
    }

    /**
     * Runs all steps.
     *
     * @param folder    a folder that is not there yet, or is empty
     * @param threads   as {@link Backends#threads}
     * @param overrides {@code key.path=value} for the training configuration
     * @param stop      asked between steps; training saves a checkpoint before it stops
     */
    public static Result run(Path folder, int threads, List<String> overrides, Progress progress, BooleanSupplier stop)
            throws IOException {
        if (Files.exists(folder) && (!Files.isDirectory(folder) || !isEmpty(folder))) {
            throw new FileAlreadyExistsException(folder.toString());
        }
        return new Quickstart(folder, Backends.threads(threads), progress, stop).all(overrides);
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (var entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }

    private Result all(List<String> overrides) throws IOException {
        Files.createDirectories(folder);
        unpack();
        step(1, "clean and split the text");
        for (String language : SHARES.keySet()) {
            clean(language);
        }
        step(2, "train a tokenizer on a sample of it");
        trainTokenizer();
        step(3, "encode the text");
        encode();
        step(4, "pretrain a model");
        TrainConfig config = config(overrides);
        Pretraining.Result training = Pretraining.start(config, "quickstart", progress, stop);
        Map<String, String> continuations = new LinkedHashMap<>();
        if (training.modelFolder() != null) {
            step(5, "let it write");
            try (LanguageModel model = LanguageModel.open(training.modelFolder(), config.device(), threads)) {
                List<String> texts = model.generate(PROMPTS, GenerationOptions.DEFAULT, TextGenerator.Listener.NONE);
                for (int i = 0; i < texts.size(); i++) {
                    continuations.put(PROMPTS.get(i), texts.get(i));
                }
            }
        }
        return new Result(folder, training, continuations);
    }

    private void step(int number, String what) throws IOException {
        if (stop.getAsBoolean()) {
            throw new InterruptedIOException("stopped before step " + number + " (" + what + "); remove " + folder
                    + " and start again");
        }
        progress.line(String.format(Locale.ROOT, "step %d of 5: %s", number, what));
    }

    private void unpack() throws IOException {
        Path raw = Files.createDirectories(folder.resolve("raw"));
        for (String name : SAMPLE_FILES) {
            try (InputStream in = Quickstart.class.getResourceAsStream("/sample/" + name)) {
                if (in == null) {
                    throw new IOException("this build of Saryu lacks the sample corpus (" + name + "); build it again");
                }
                copy(in, raw.resolve(name));
            }
        }
    }

    /** What reads a stream tells of a full disk without saying where. */
    private static void copy(InputStream in, Path file) throws IOException {
        try {
            Files.copy(in, file);
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException("cannot write " + file + ": " + e.getMessage() + "; free some space or choose another"
                    + " folder", e);
        }
    }

    private void clean(String language) throws IOException {
        Path clean = folder.resolve("clean").resolve(language + ".txt");
        List<String> inputs = List.of(folder.resolve("raw").resolve(language + ".txt.xz").toString(),
                folder.resolve("raw").resolve(language + ".messy.txt.xz").toString());
        CleanCorpus.Report cleaned = CleanCorpus.run(inputs, clean, CleanCorpus.Options.DEFAULT, ProgressListener.NONE);
        SplitCorpus.Report split = SplitCorpus.run(List.of(clean.toString()), text(language, "train"),
                text(language, "validation"), new SplitCorpus.Options(VALIDATION_FRACTION, 0, DocumentUnit.LINE,
                        ReadOptions.DEFAULT), ProgressListener.NONE);
        progress.line(String.format(Locale.ROOT, "  %-4s %,7d lines read, %,6d changed, %,6d duplicates dropped, %,7d for"
                + " training, %,5d for validation", language, cleaned.read().lines(), cleaned.clean().changedLines(),
                cleaned.duplicateDocuments(), split.train().documents(), split.validation().documents()));
    }

    private Path text(String language, String side) {
        return folder.resolve("text").resolve(language + "." + side + ".txt");
    }

    private Path tokens(String language, String side) {
        return folder.resolve("tokens").resolve(language + "." + side + ".bin");
    }

    private Path tokenizer() {
        return folder.resolve("tokenizer");
    }

    private void trainTokenizer() throws IOException {
        Path sample = folder.resolve("text").resolve("tokenizer-sample.txt");
        Map<String, List<String>> inputs = new LinkedHashMap<>();
        SHARES.keySet().forEach(l -> inputs.put(l, List.of(text(l, "train").toString())));
        SampleCorpus.run(inputs, sample, SampleCorpus.Options.lines(SAMPLE_LINES, SHARES, 1, 0, ReadOptions.DEFAULT),
                ProgressListener.NONE);
        TokenizerTrainer.Report report = TokenizerTrainer.run(List.of(sample.toString()), tokenizer(),
                TokenizerTrainerOptions.DEFAULT.withVocabSize(VOCABULARY).withThreads(threads), ProgressListener.NONE);
        progress.line(String.format(Locale.ROOT, "  %,d pieces from %,d lines", report.vocabSize(), report.lines()));
    }

    private void encode() throws IOException {
        Files.createDirectories(folder.resolve("tokens"));
        try (Tokenizer tokenizer = Tokenizer.load(tokenizer())) {
            for (String language : SHARES.keySet()) {
                for (String side : List.of("train", "validation")) {
                    EncodeCorpus.Options options = new EncodeCorpus.Options(DocumentUnit.LINE, language, threads,
                            ReadOptions.DEFAULT);
                    EncodeCorpus.Report report = EncodeCorpus.run(List.of(text(language, side).toString()),
                            tokens(language, side), tokenizer, options, ProgressListener.NONE);
                    if (side.equals("train")) {
                        progress.line(String.format(Locale.ROOT, "  %-4s %,9d tokens, %.2f bytes a token", language,
                                report.tokens(), (double) report.textBytes() / report.tokens()));
                    }
                }
            }
        }
    }

    /** The configuration of the jar, in this folder's names. */
    private TrainConfig config(List<String> overrides) throws IOException {
        List<String> all = new ArrayList<>();
        all.add("threads=" + threads);
        all.add("data.tokenizer=" + quoted(tokenizer()));
        all.add("train.output_dir=" + quoted(folder.resolve("run")));
        for (String language : SHARES.keySet()) {
            all.add("data.train." + language + ".file=" + quoted(tokens(language, "train")));
            all.add("data.validation." + language + "=" + quoted(tokens(language, "validation")));
        }
        all.addAll(overrides);
        try (InputStream in = Quickstart.class.getResourceAsStream("configs/quickstart.yaml")) {
            return TrainConfig.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8), "quickstart.yaml", all);
        }
    }

    /** A path as a YAML text, whatever is in it. */
    private static String quoted(Path path) {
        return "'" + path.toString().replace("'", "''") + "'";
    }

    private static Map<String, Double> shares() {
        Map<String, Double> shares = new LinkedHashMap<>();
        shares.put("en", 0.50);
        shares.put("hi", 0.35);
        shares.put("awa", 0.15);
        return shares;
    }
}
