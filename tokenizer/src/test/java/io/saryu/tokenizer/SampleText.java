package io.saryu.tokenizer;

import io.saryu.text.Corpus;
import io.saryu.text.LineReader;
import io.saryu.text.ProgressListener;
import io.saryu.text.ReadOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Lines of the sample corpus, and one tokenizer trained on some of them, made once for all tests. */
final class SampleText {
    static final List<String> LANGUAGES = List.of("en", "hi", "awa");
    static final int VOCAB = 2000;
    private static byte[] model;

    private SampleText() {
    }

    static Path file(String language) {
        return Path.of("..", "train", "src", "main", "resources", "sample", language + ".txt.xz");
    }

    static List<String> lines(String language, int most) throws IOException {
        List<String> lines = new ArrayList<>();
        try (LineReader reader = new LineReader(Corpus.of(file(language)), ReadOptions.DEFAULT)) {
            for (String line; lines.size() < most && (line = reader.next()) != null;) {
                lines.add(line);
            }
        }
        return lines;
    }

    /** A plain file with lines of all languages. */
    static Path corpus(Path folder, int linesEach) throws IOException {
        List<String> all = new ArrayList<>();
        for (String language : LANGUAGES) {
            all.addAll(lines(language, linesEach));
        }
        return Files.write(folder.resolve("corpus.txt"), all);
    }

    /** The content of a tokenizer.model of {@link #VOCAB} pieces. */
    static synchronized byte[] model() throws IOException {
        if (model == null) {
            Path folder = Files.createTempDirectory("saryu-tokenizer-test");
            try {
                TokenizerTrainer.run(List.of(corpus(folder, 1500).toString()), folder,
                        TokenizerTrainerOptions.DEFAULT.withVocabSize(VOCAB).withThreads(2), ProgressListener.NONE);
                model = Files.readAllBytes(folder.resolve(Tokenizer.FILE_NAME));
            } finally {
                try (var files = Files.list(folder)) {
                    for (Path file : files.toList()) {
                        Files.delete(file);
                    }
                }
                Files.delete(folder);
            }
        }
        return model.clone();
    }
}
