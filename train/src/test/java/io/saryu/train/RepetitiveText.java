package io.saryu.train;

import io.saryu.data.EncodeCorpus;
import io.saryu.text.DocumentUnit;
import io.saryu.text.ProgressListener;
import io.saryu.text.ReadOptions;
import io.saryu.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Training text that says the same over and over, so that a tiny model knows it by heart soon. */
final class RepetitiveText {
    private static final int LINES = 3000;
    private static final int EVERY = 500;
    private static final int FEW = 2;

    private RepetitiveText() {
    }

    /**
     * One sentence, with a few paragraphs of another language in between, which make the loss jump.
     *
     * @return overrides of {@link TinyRun}'s configuration that train on it, one window a step
     */
    static List<String> withSurprises(Path folder) throws IOException {
        List<String> lines = new ArrayList<>();
        List<String> others = TinyRun.sample("hi", 200);
        for (int i = 1; i <= LINES; i++) {
            lines.add("She looked at the sea and the sea looked at her.");
            if (i % EVERY == 0) {
                lines.add(String.join(" ", others.subList(i / EVERY * 10, i / EVERY * 10 + 5)));
            }
        }
        return overrides(folder, lines, "train.learning_rate=0.02");
    }

    /** A few lines of each language again and again: other text is predicted better at first, and worse again later. */
    static List<String> ofFewLines(Path folder) throws IOException {
        List<String> lines = new ArrayList<>();
        List<String> few = new ArrayList<>();
        for (String language : TinyRun.LANGUAGES) {
            few.addAll(TinyRun.sample(language, FEW));
        }
        for (int i = 0; i < LINES / few.size(); i++) {
            lines.addAll(few);
        }
        return overrides(folder, lines, "train.learning_rate=0.005");
    }

    private static List<String> overrides(Path folder, List<String> lines, String rate) throws IOException {
        Path text = Files.write(folder.resolve("repetitive.txt"), lines);
        Path tokens = folder.resolve("repetitive.bin");
        try (Tokenizer tokenizer = Tokenizer.load(TinyRun.get().tokenizer())) {
            EncodeCorpus.run(List.of(text.toString()), tokens, tokenizer, new EncodeCorpus.Options(DocumentUnit.LINE, "en", 2,
                    ReadOptions.DEFAULT), ProgressListener.NONE);
        }
        return List.of("data.train={all: {file: '" + tokens + "'}}", "train.per_device_train_batch_size=1",
                "train.gradient_accumulation_steps=1", rate, "train.lr_scheduler_type=constant");
    }
}
