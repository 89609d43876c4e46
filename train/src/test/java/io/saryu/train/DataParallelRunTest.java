package io.saryu.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole runs on several workers, from the configuration to the files. Timeouts are for hangs only. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class DataParallelRunTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path dir;

    private static String[] sets(String... lists) {
        return String.join(",", lists).split(",");
    }

    private static Pretraining.Result train(TrainConfig config, BooleanSupplier stop) throws IOException {
        return Pretraining.start(config, "tiny", Progress.NONE, stop);
    }

    /** The lines of metrics.jsonl without what a clock or the machine says. */
    private static List<JsonNode> metrics(Path run) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
            lines.add(((ObjectNode) JSON.readTree(line)).without(List.of("tokens_per_second", "memory")));
        }
        return lines;
    }

    /** Weights and moments after some step, and the model; not the state, which names the workers. */
    private static void assertSameTensors(Path a, Path b, long step) throws IOException {
        for (String file : List.of("model/model.safetensors", "checkpoints/step-" + step + "/model.safetensors",
                "checkpoints/step-" + step + "/optimizer.safetensors")) {
            assertArrayEquals(Files.readAllBytes(a.resolve(file)), Files.readAllBytes(b.resolve(file)), file);
        }
    }

    private static void assertNoWorkerLeft() {
        for (Thread t : Thread.getAllStackTraces().keySet()) {
            assertFalse(t.getName().startsWith("saryu-rank") || t.getName().startsWith("saryu-communication"), t.getName());
        }
    }

    /** Each worker has one thread, as the single worker has: sums within an op depend on how it is divided. */
    @ParameterizedTest
    @ValueSource(strings = {"train.max_steps=100", "train.max_steps=100,model.tie_word_embeddings=false",
        "train.max_steps=40,train.gradient_checkpointing=true", "train.max_steps=40,train.bf16=true",
        "train.max_steps=40,train.fp16=true,train.fp16_init_scale=16777216,train.fp16_growth_interval=2"})
    void fourWorkersEqualFourAccumulationSteps(String how) throws Exception {
        Path alone = dir.resolve("alone");
        Path four = dir.resolve("four");
        String common = how + ",train.save_steps=20,train.eval_steps=25";
        Pretraining.Result one = train(TinyRun.get().config(alone, sets(common, "num_devices=1", "threads=1",
                "train.gradient_accumulation_steps=4")), () -> false);
        Pretraining.Result result = train(TinyRun.get().config(four, sets(common, "num_devices=4", "threads=4",
                "train.gradient_accumulation_steps=1")), () -> false);
        long steps = one.outcome().steps();
        assertTrue(steps >= 40, how);
        for (long step = 20; step <= steps; step += 20) {
            assertSameTensors(alone, four, step);
        }
        List<JsonNode> lines = metrics(alone);
        assertEquals(lines, metrics(four));
        assertEquals(steps, lines.stream().filter(l -> l.has("loss")).count());
        assertEquals(one.outcome().report(), result.outcome().report());
        if (how.contains("fp16")) {
            assertTrue(lines.stream().anyMatch(l -> l.path("grad_norm").isNull()), "no step was skipped");
        }
        assertNoWorkerLeft();
    }

    @Test
    void theReferenceHasWorkersToo() throws Exception {
        train(TinyRun.get().config(dir.resolve("run"), sets("device=reference", "num_devices=2", "train.max_steps=2",
                "train.per_device_train_batch_size=1", "train.eval_steps=0", "data.validation={}")), () -> false);
        assertEquals(2, metrics(dir.resolve("run")).size());
    }

    /** Asked between micro-batches and between steps: all workers give the step up, or none. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8, 13})
    void stoppedAndResumedEqualsNotStopped(int asks) throws Exception {
        String how = "num_devices=2,threads=2,train.gradient_accumulation_steps=3";
        Path straight = dir.resolve("straight");
        Path halved = dir.resolve("halved");
        train(TinyRun.get().config(straight, sets(how)), () -> false);
        int[] asked = {0};
        Thread caller = Thread.currentThread();
        Pretraining.Result half = train(TinyRun.get().config(halved, sets(how)), () -> {
            assertEquals(caller, Thread.currentThread());
            return ++asked[0] == asks;
        });
        assertTrue(half.outcome().stopped());
        assertEquals(asks / 3, half.outcome().steps());
        assertNoWorkerLeft();
        Pretraining.resume(TinyRun.get().config(halved, sets(how)), null, Progress.NONE, () -> false);
        assertSameTensors(straight, halved, TinyRun.STEPS);
        String state = "checkpoints/step-20/trainer_state.json";
        assertEquals(Files.readString(straight.resolve(state)), Files.readString(halved.resolve(state)));
        assertTrue(JSON.readTree(straight.resolve(state).toFile()).get("reproducibility_key").asText()
                .endsWith("2 ranks of 1 threads"));
        assertEquals(metrics(straight), metrics(halved));
    }

    /** Four workers go on as one with four accumulation steps: the position in the data is the same. */
    @Test
    void anotherNumberOfWorkersMayGoOnWithTheSameEffectiveBatch() throws Exception {
        Path straight = dir.resolve("straight");
        Path changed = dir.resolve("changed");
        String four = "num_devices=4,threads=4,train.gradient_accumulation_steps=1";
        String one = "num_devices=1,threads=1,train.gradient_accumulation_steps=4";
        train(TinyRun.get().config(straight, sets(one)), () -> false);
        int[] asked = {0};
        train(TinyRun.get().config(changed, sets(four)), () -> ++asked[0] == 7);
        Pretraining.resume(TinyRun.get().config(changed, sets(one)), null, Progress.NONE, () -> false);
        assertSameTensors(straight, changed, TinyRun.STEPS);
        String said = assertThrows(ConfigException.class, () -> Pretraining.resume(TinyRun.get().config(changed,
                sets("num_devices=2,train.gradient_accumulation_steps=4")), null, Progress.NONE, () -> false)).getMessage();
        assertTrue(said.contains("num_devices; give them back as they were"), said);
    }

    /** The file is cut off by someone else while the run reads it. */
    @Test
    void aWorkerThatFailsEndsTheRunWithOneSentence() throws Exception {
        Path tokens = Files.createDirectories(dir.resolve("tokens"));
        for (String language : TinyRun.LANGUAGES) {
            for (String side : List.of("train", "validation")) {
                Path bin = TinyRun.get().tokens(language, side);
                for (Path file : List.of(bin, bin.resolveSibling(bin.getFileName() + ".json"))) {
                    Files.copy(file, tokens.resolve(file.getFileName()));
                }
            }
        }
        Path run = dir.resolve("run");
        TrainConfig config = TrainConfig.parse(TinyRun.get().yaml(run, TinyRun.get().tokenizer(), tokens), "tiny.yaml",
                List.of("num_devices=3", "train.eval_steps=0", "train.max_steps=500"));
        Progress cut = new Progress() {
            @Override
            public Task start(String name, long total, String unit) {
                return (done, detail) -> {
                    if (done == 7) {
                        for (String language : TinyRun.LANGUAGES) {
                            truncate(tokens.resolve(language + ".train.bin"));
                        }
                    }
                };
            }

            @Override
            public void line(String text) {
                // The memory's.
            }
        };
        RankFailedException e = assertThrows(RankFailedException.class,
                () -> Pretraining.start(config, "tiny", cut, () -> false));
        assertTrue(e.getMessage().matches("rank [012] of 3 failed at step 8: .*train\\.bin became shorter .*; all ranks have"
                + " stopped, and the run can go on from its last checkpoint with --resume"), e.getMessage());
        assertNoWorkerLeft();
        try (RunFolder folder = RunFolder.resume(run)) {
            assertEquals(List.of(5L), folder.checkpointSteps());
            folder.openCheckpoint(null);
        }
        assertNotEquals(0, metrics(run).size());
    }

    private static void truncate(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(64);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({"2,1", "5,4"})
    void moreWorkersThanThreadsStillTrain(int devices, int threads) throws Exception {
        Pretraining.Result result = train(TinyRun.get().config(dir.resolve("run"), sets("num_devices=" + devices,
                "threads=" + threads, "train.max_steps=3", "train.eval_steps=0")), () -> false);
        assertEquals(3, result.outcome().steps());
        JsonNode last = metrics(dir.resolve("run")).stream().filter(l -> l.has("loss")).reduce((a, b) -> b).orElseThrow();
        assertEquals(3L * devices * 2 * 2 * TinyRun.CONTEXT, last.get("tokens").asLong());
    }

    /** Steady: a step asks for nothing that the step before did not have, and each worker has what one alone has. */
    @Test
    void workersHoldWhatOneHoldsEach() throws Exception {
        String how = "train.eval_steps=0,data.validation={}";
        train(TinyRun.get().config(dir.resolve("one"), sets(how, "threads=1")), () -> false);
        train(TinyRun.get().config(dir.resolve("three"), sets(how, "threads=3", "num_devices=3")), () -> false);
        List<Long> one = deviceBytes(dir.resolve("one"));
        List<Long> three = deviceBytes(dir.resolve("three"));
        assertEquals(TinyRun.STEPS, one.size());
        assertEquals(one.stream().map(bytes -> 3 * bytes).toList(), three);
        assertEquals(1, three.stream().distinct().count(), three.toString());
        assertTrue(three.getFirst() > 0);
    }

    private static List<Long> deviceBytes(Path run) throws IOException {
        List<Long> bytes = new ArrayList<>();
        for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
            bytes.add(JSON.readTree(line).get("memory").get("device_bytes").asLong());
        }
        return bytes;
    }

    @Test
    void aRunThatBreaksDownEndsAllWorkers() throws Exception {
        TrainConfig config = TinyRun.get().config(dir.resolve("run"), sets("num_devices=2", "train.learning_rate=1e30",
                "train.max_grad_norm=0", "train.warmup_steps=0"));
        String said = assertThrows(IOException.class, () -> train(config, () -> false)).getMessage();
        assertTrue(said.startsWith("training broke down at step"), said);
        assertNoWorkerLeft();
    }
}
