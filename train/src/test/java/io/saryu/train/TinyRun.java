package io.saryu.train;

import io.saryu.data.EncodeCorpus;
import io.saryu.text.DocumentUnit;
import io.saryu.text.ProgressListener;
import io.saryu.text.ReadOptions;
import io.saryu.tokenizer.Tokenizer;
import io.saryu.tokenizer.TokenizerTrainer;
import io.saryu.tokenizer.TokenizerTrainerOptions;
import io.saryu.tokenizer.Trainer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.tukaani.xz.XZInputStream;

/**
 * A small real way for tests: some lines of the sample corpus, a tokenizer, token files, a configuration and a model that
 * learns for 20 steps. Made once per process, in a folder that goes when the process ends; tests only read it.
 */
public final class TinyRun {
    public static final List<String> LANGUAGES = List.of("en", "hi", "awa");
    public static final int VOCABULARY = 700;
    public static final int CONTEXT = 32;
    public static final int STEPS = 20;
    private static final int TRAIN_LINES = 300;
    private static final int VALIDATION_LINES = 20;
    private static TinyRun shared;

    private final Path folder;
    private Path model;

    private TinyRun(Path folder) throws IOException {
        this.folder = folder;
        for (String language : LANGUAGES) {
            List<String> lines = sample(language, TRAIN_LINES + VALIDATION_LINES);
            Files.write(text(language, "train"), lines.subList(0, TRAIN_LINES));
            Files.write(text(language, "validation"), lines.subList(TRAIN_LINES, lines.size()));
        }
        trainTokenizer(tokenizer(), LANGUAGES);
        encode(tokenizer(), folder);
    }

    /** The process's own; built by the first call. */
    public static synchronized TinyRun get() {
        try {
            if (shared == null) {
                Path folder = Files.createTempDirectory("saryu-tiny-run");
                Runtime.getRuntime().addShutdownHook(new Thread(() -> deleteTree(folder)));
                shared = new TinyRun(folder);
            }
            return shared;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first lines of a language of the sample corpus. */
    public static List<String> sample(String language, int lines) throws IOException {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                new XZInputStream(TinyRun.class.getResourceAsStream("/sample/" + language + ".txt.xz")),
                StandardCharsets.UTF_8))) {
            return reader.lines().limit(lines).toList();
        }
    }

    /** Trains a tokenizer of {@link #VOCABULARY} pieces on the training text of some languages. */
    public void trainTokenizer(Path target, List<String> languages) throws IOException {
        TokenizerTrainer.run(languages.stream().map(l -> text(l, "train").toString()).toList(), target,
                // The library's trainer, so that what tests say of losses does not change when ours does.
                TokenizerTrainerOptions.DEFAULT.withTrainer(Trainer.SENTENCEPIECE).withVocabSize(VOCABULARY).withThreads(2)
                        .withCharacterCoverage(0.99),
                ProgressListener.NONE);
    }

    /** Encodes all texts into {@code target/LANGUAGE.SIDE.bin}. */
    public void encode(Path tokenizerFolder, Path target) throws IOException {
        try (Tokenizer tokenizer = Tokenizer.load(tokenizerFolder)) {
            for (String language : LANGUAGES) {
                for (String side : List.of("train", "validation")) {
                    EncodeCorpus.run(List.of(text(language, side).toString()), tokens(target, language, side), tokenizer,
                            new EncodeCorpus.Options(DocumentUnit.LINE, language, 2, ReadOptions.DEFAULT),
                            ProgressListener.NONE);
                }
            }
        }
    }

    public Path text(String language, String side) {
        return folder.resolve(language + "." + side + ".txt");
    }

    public Path tokens(String language, String side) {
        return tokens(folder, language, side);
    }

    private static Path tokens(Path folder, String language, String side) {
        return folder.resolve(language + "." + side + ".bin");
    }

    public Path tokenizer() {
        return folder.resolve("tokenizer");
    }

    /** The configuration file's text. */
    public String yaml(Path outputDir) {
        return yaml(outputDir, tokenizer(), folder);
    }

    /** The configuration with another tokenizer, and the token files that it made. */
    public String yaml(Path outputDir, Path tokenizerFolder, Path tokenFolder) {
        StringBuilder yaml = new StringBuilder("""
                device: cpu
                threads: 2
                model:
                  hidden_size: 32
                  intermediate_size: 64
                  num_hidden_layers: 2
                  num_attention_heads: 2
                  num_key_value_heads: 1
                  head_dim: 16
                  max_position_embeddings: 64
                  tie_word_embeddings: true
                data:
                  tokenizer: '%s'
                  context_length: %d
                  max_epochs: 4
                """.formatted(tokenizerFolder, CONTEXT));
        yaml.append("  train:\n");
        LANGUAGES.forEach(l -> yaml.append("    %s: {file: '%s', share: %s}\n".formatted(l,
                tokens(tokenFolder, l, "train"), l.equals("en") ? "0.5" : "0.25")));
        yaml.append("  validation:\n");
        LANGUAGES.forEach(l -> yaml.append("    %s: '%s'\n".formatted(l, tokens(tokenFolder, l, "validation"))));
        return yaml.append("""
                train:
                  output_dir: '%s'
                  seed: 7
                  per_device_train_batch_size: 2
                  per_device_eval_batch_size: 4
                  gradient_accumulation_steps: 2
                  max_steps: %d
                  learning_rate: 3.0e-3
                  warmup_steps: 4
                  lr_scheduler_type: cosine
                  weight_decay: 0.1
                  logging_steps: 1
                  eval_steps: 6
                  save_steps: 5
                  save_total_limit: 0
                """.formatted(outputDir, STEPS)).toString();
    }

    /** The configuration, with overrides as after {@code --set}. */
    public TrainConfig config(Path outputDir, String... overrides) {
        return TrainConfig.parse(yaml(outputDir), "tiny.yaml", List.of(overrides));
    }

    /** The folder of a model that was trained once; read-only for all tests. */
    public synchronized Path model() throws IOException {
        if (model == null) {
            model = Pretraining.start(config(folder.resolve("run")), "tiny", Progress.NONE, () -> false).modelFolder();
        }
        return model;
    }

    /** A copy of {@link #model()} that a test may damage. */
    public Path copyOfModel(Path target) throws IOException {
        Files.createDirectories(target);
        try (Stream<Path> files = Files.list(model())) {
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(file.getFileName()));
            }
        }
        return target;
    }

    /** The command of a JVM with this one's class path; what to run in it follows. */
    public static List<String> java(String... arguments) {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Removes a folder with all that is in it. */
    public static void deleteTree(Path tree) {
        try (Stream<Path> paths = Files.walk(tree)) {
            for (Path p : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(p);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
