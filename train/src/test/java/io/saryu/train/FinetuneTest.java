package io.saryu.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.generate.GenerationOptions;
import io.saryu.generate.TextGenerator;
import io.saryu.instruct.PromptTemplate;
import io.saryu.lora.PeftFolder;
import io.saryu.model.LanguageModel;
import io.saryu.model.OpenOptions;
import io.saryu.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tuning a tiny model on real files: what it leaves, that it learns, and that stopping is not seen. */
class FinetuneTest {
    private static final List<String> WORDS = List.of("a", "the", "we", "it", "she");

    @TempDir
    Path dir;

    /** Rows whose answer is the second word of the input, or the first; short enough for the tiny model's context. */
    private static Path rows(Path file, boolean firstWord) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String word : WORDS) {
            for (String second : List.of("old", "new", "big", "red", "few", "own", "sea", "sun", "man", "day", "way", "eye")) {
                lines.add("{\"instruction\": \"Do it.\", \"input\": \"%s %s\", \"output\": \"%s\"}".formatted(word, second,
                        firstWord ? word : second));
            }
        }
        return Files.write(file, lines);
    }

    private TrainConfig config(String name, String... overrides) throws IOException {
        Path rows = rows(dir.resolve("rows.jsonl"), false);
        List<String> all = new ArrayList<>(List.of(overrides));
        return TrainConfig.parse("""
                device: cpu
                threads: 2
                finetune:
                  model: '%s'
                  validation_split: 0.2
                  lora: {r: 8, lora_alpha: 16, target_modules: all-linear}
                  data: {rows: '%s'}
                data:
                  context_length: 64
                train:
                  output_dir: '%s'
                  seed: 7
                  per_device_train_batch_size: 2
                  gradient_accumulation_steps: 2
                  max_steps: 20
                  learning_rate: 1.0e-2
                  logging_steps: 1
                  eval_steps: 10
                  save_steps: 5
                  save_total_limit: 0
                """.formatted(TinyRun.get().model(), rows, dir.resolve(name)), "lora.yaml", all);
    }

    private static Pretraining.Result run(TrainConfig config) throws IOException {
        return Finetuning.start(config, "lora", Progress.NONE, () -> false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"alpaca", "chatml"})
    void anAdapterLearnsAndIsOpened(String template) throws IOException {
        // The tiny model has learnt too little for an adapter to turn it: first all its weights learn, and then an adapter another task.
        Pretraining.Result full = run(config("full", "finetune.lora=null", "finetune.template=" + template,
                "train.max_steps=80"));
        assertTrue(ratio(full) < 0.5, full.runFolder() + " " + ratio(full));
        Path base = full.modelFolder();
        Pretraining.Result result = run(config("run", "finetune.model='" + base + "'", "finetune.template=" + template,
                "train.max_steps=60", "finetune.data.rows='" + rows(dir.resolve("other.jsonl"), true) + "'"));
        assertEquals(result.runFolder().resolve("adapter"), result.modelFolder());
        assertTrue(PeftFolder.isOne(result.modelFolder()));
        assertFalse(Files.exists(result.runFolder().resolve("model")));
        for (String file : List.of("config.yaml", "metrics.jsonl", "report.html", "adapter/README.md",
                "adapter/chat_template.jinja", "checkpoints/step-60/model.safetensors")) {
            assertTrue(Files.exists(result.runFolder().resolve(file)), file);
        }
        // Only the adapter is in a checkpoint.
        assertTrue(Files.size(result.runFolder().resolve("checkpoints/step-60/model.safetensors"))
                < Files.size(base.resolve("model.safetensors")));
        // Of rank 8, over weights that it cannot change; without learning the ratio is 1.
        assertTrue(ratio(result) < 0.85, result.runFolder() + " " + ratio(result));
        try (LanguageModel untuned = LanguageModel.open(TinyRun.get().model(), "cpu", 2);
                LanguageModel plain = LanguageModel.open(base, "cpu", 2);
                LanguageModel tuned = LanguageModel.open(base, result.modelFolder(),
                        new OpenOptions("cpu", 2, DType.F32));
                LanguageModel narrow = LanguageModel.open(base, result.modelFolder(),
                        new OpenOptions("cpu", 2, DType.BF16))) {
            assertEquals(PromptTemplate.valueOf(template.toUpperCase()), tuned.template());
            assertThrows(IllegalStateException.class, () -> untuned.prompt("a", ""));
            List<String> prompts = WORDS.stream().flatMap(w -> Stream.of("sun", "day", "man").map(v -> w + " " + v))
                    .map(input -> tuned.prompt("Do it.", input)).toList();
            List<String> answers = answers(tuned, prompts);
            answers.forEach(a -> assertFalse(a.contains("<|im_end|>") || a.length() > 40, a));
            assertNotEquals(answers, answers(plain, prompts));
            assertTrue(tuned.adapters().isMerged());
            tuned.adapters().unmerge();
            assertEquals(answers, answers(tuned, prompts));
            assertFalse(narrow.adapters().isMerged());
            assertNotEquals(answers(plain, prompts), answers(narrow, prompts));
            tuned.adapters().use(null);
            assertEquals(answers(plain, prompts), answers(tuned, prompts));
            String said = assertThrows(IllegalArgumentException.class,
                    () -> tuned.generate(prompts.getFirst().replace("\n", "\\n"), GenerationOptions.greedy(1))).getMessage();
            assertTrue(said.contains("line end") && !said.contains("\n"), said);
        }
    }

    private static List<String> answers(LanguageModel model, List<String> prompts) {
        return model.generate(prompts, GenerationOptions.greedy(12), TextGenerator.Listener.NONE);
    }

    /** The loss of the last five steps by that of the first five. */
    private static double ratio(Pretraining.Result result) throws IOException {
        List<Double> losses = Files.readAllLines(result.runFolder().resolve("metrics.jsonl")).stream()
                .filter(l -> l.contains("\"grad_norm\"")).map(FinetuneTest::loss).toList();
        double first = losses.subList(0, 5).stream().mapToDouble(x -> x).sum();
        return losses.subList(losses.size() - 5, losses.size()).stream().mapToDouble(x -> x).sum() / first;
    }

    private static double loss(String line) {
        return Double.parseDouble(line.replaceAll(".*\"loss\":\\s*([0-9.eE+-]+).*", "$1"));
    }

    @Test
    void aRunThatWasStoppedEndsWithTheSameBits() throws IOException {
        TrainConfig whole = config("whole");
        run(whole);
        TrainConfig stopped = config("stopped");
        int[] asked = {0};
        Pretraining.Result half = Finetuning.start(stopped, "lora", Progress.NONE, () -> ++asked[0] == 18);
        assertTrue(half.outcome().stopped());
        Finetuning.resume(stopped, null, Progress.NONE, () -> false);
        for (String file : List.of("adapter/adapter_model.safetensors", "checkpoints/step-20/optimizer.safetensors")) {
            assertArrayEquals(Files.readAllBytes(dir.resolve("whole").resolve(file)),
                    Files.readAllBytes(dir.resolve("stopped").resolve(file)), file);
        }
        String refusal = assertThrows(ConfigException.class, () -> Finetuning.resume(config("stopped",
                "finetune.lora.r=4"), null, Progress.NONE, () -> false)).getMessage();
        assertFalse(refusal.contains("\n"), refusal);
    }

    @Test
    void bytesOfAnswersAreThoseOfTheRowsThatAreUsed() throws IOException {
        Path held = Files.write(dir.resolve("held.jsonl"), List.of(
                "{\"instruction\": \"Do it.\", \"input\": \"q 1\", \"output\": \"दिन\"}",
                "{\"instruction\": \"Do it.\", \"input\": \"q 2\", \"output\": \"%s\"}".formatted("abc ".repeat(100))));
        Pretraining.Result result = run(config("bytes", "train.max_steps=1",
                "finetune.data.rows={file: '" + dir.resolve("rows.jsonl") + "', validation: '" + held + "'}"));
        assertEquals(9, result.outcome().report().overall().bytes());
    }

    @Test
    void workersEqualAccumulationSteps() throws IOException {
        run(config("one", "threads=1", "finetune.lora.lora_dropout=0.1"));
        run(config("two", "num_devices=2", "train.gradient_accumulation_steps=1", "finetune.lora.lora_dropout=0.1"));
        assertArrayEquals(Files.readAllBytes(dir.resolve("one/adapter/adapter_model.safetensors")),
                Files.readAllBytes(dir.resolve("two/adapter/adapter_model.safetensors")));
    }

    @Test
    void allWeightsCanBeTuned() throws IOException {
        Pretraining.Result result = run(config("full", "finetune.lora=null", "finetune.template=chatml"));
        assertEquals(result.runFolder().resolve("model"), result.modelFolder());
        assertFalse(Files.exists(result.runFolder().resolve("adapter")));
        try (LanguageModel tuned = LanguageModel.open(result.modelFolder(), "cpu", 2)) {
            assertEquals(PromptTemplate.CHATML, tuned.template());
            String eos = Files.readString(result.modelFolder().resolve("generation_config.json"));
            assertTrue(eos.replaceAll("\\s", "").contains("\"eos_token_id\":[2,"
                    + tuned.tokenizer().encode("<|im_end|>")[0] + "]"), eos);
        }
    }

    @Test
    void mixedPrecisionAndCheckpointedLayersRun() throws IOException {
        Pretraining.Result result = run(config("bf16", "train.bf16=true", "train.gradient_checkpointing=true",
                "train.max_steps=4", "finetune.packing=false"));
        assertTrue(PeftFolder.isOne(result.modelFolder()));
    }

    @Test
    void whatCannotBeTunedIsRefusedInOneSentence() throws IOException {
        assertRefused("did you mean q_proj", "finetune.lora.target_modules=[q_prj]");
        assertRefused("finetune.lora.r", "finetune.lora.r=0");
        assertRefused("there is no config.json in it", "finetune.model=/nowhere");
        assertRefused("add up to", "finetune.data.rows={file: a, probability: 0.5}");
        assertRefused("finetune.data", "finetune.data={}");
        assertRefused("unknown key 'finetune.lora.alpha'", "finetune.lora.alpha=3");
        assertThrows(ConfigException.class, () -> Pretraining.start(config("x"), "x", Progress.NONE, () -> false));
        TrainConfig tiny = TinyRun.get().config(dir.resolve("y"));
        assertThrows(ConfigException.class, () -> Finetuning.start(tiny, "x", Progress.NONE, () -> false));
        Path bad = Files.write(dir.resolve("bad.jsonl"), List.of("{", "{}"));
        String said = assertThrows(ConfigException.class, () -> run(config("z", "finetune.data.rows='" + bad + "'")))
                .getMessage();
        assertTrue(said.contains("has no row to train on") && said.contains("line 1") && !said.contains("\n"), said);
    }

    private void assertRefused(String part, String override) {
        String said = assertThrows(ConfigException.class, () -> config("refused", override)).getMessage();
        assertTrue(said.contains(part) && !said.contains("\n"), said);
    }
}
