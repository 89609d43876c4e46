package io.saryu.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saryu.files.MalformedFileException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Stopping and resuming a run must not be seen in what it makes. */
class ResumeTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path dir;

    private static Pretraining.Result train(TrainConfig config) throws IOException {
        return Pretraining.start(config, "tiny", Progress.NONE, () -> false);
    }

    /** Trains until {@code steps} are done and then asks the run to stop. */
    private static Pretraining.Result stopAt(TrainConfig config, int steps) throws IOException {
        return stopAfter(config, steps * config.train().gradientAccumulationSteps());
    }

    private static Pretraining.Result stopAfter(TrainConfig config, int microBatches) throws IOException {
        int[] asked = {0};
        return Pretraining.start(config, "tiny", Progress.NONE, () -> ++asked[0] == microBatches);
    }

    private static Pretraining.Result resume(TrainConfig config, String checkpoint) throws IOException {
        return Pretraining.resume(config, checkpoint, Progress.NONE, () -> false);
    }

    private static String refusal(TrainConfig config) {
        String message = assertThrows(ConfigException.class, () -> resume(config, null)).getMessage();
        assertFalse(message.contains("\n"), message);
        return message;
    }

    /** All that a run computed: weights, moments and the model folder. */
    private static void assertSameResults(Path a, Path b) throws IOException {
        for (String file : List.of("model/model.safetensors", "model/config.json", "checkpoints/step-20/model.safetensors",
                "checkpoints/step-20/optimizer.safetensors", "checkpoints/step-20/trainer_state.json")) {
            assertArrayEquals(Files.readAllBytes(a.resolve(file)), Files.readAllBytes(b.resolve(file)), file);
        }
    }

    /** The lines of metrics.jsonl without what a clock or the machine says. */
    private static List<JsonNode> metrics(Path run) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
            ObjectNode json = (ObjectNode) JSON.readTree(line);
            lines.add(json.without(List.of("tokens_per_second", "memory")));
        }
        return lines;
    }

    private static List<Long> loggedSteps(Path run) throws IOException {
        return metrics(run).stream().filter(l -> l.has("loss")).map(l -> l.get("step").asLong()).toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 10, 19})
    void stoppedAndResumedEqualsNotStopped(int steps) throws Exception {
        Path straight = dir.resolve("straight");
        Path halved = dir.resolve("halved");
        Pretraining.Result whole = train(TinyRun.get().config(straight));
        Pretraining.Result half = stopAt(TinyRun.get().config(halved), steps);
        assertTrue(half.outcome().stopped());
        assertEquals(steps, half.outcome().steps());
        assertEquals(null, half.modelFolder());
        assertFalse(Files.exists(halved.resolve("model")));
        Pretraining.Result rest = resume(TinyRun.get().config(halved), null);
        assertEquals(TinyRun.STEPS, rest.outcome().steps());
        assertEquals(whole.outcome().report(), rest.outcome().report());
        assertSameResults(straight, halved);
        assertEquals(metrics(straight), metrics(halved));
        assertEquals(LongStream.rangeClosed(1, TinyRun.STEPS).boxed().toList(), loggedSteps(halved));
        assertEquals(Files.readString(straight.resolve("samples.jsonl")), Files.readString(halved.resolve("samples.jsonl")));
    }

    /** What came after the older checkpoint is kept, but not in the way: not of the limit, and not of the next resume. */
    @Test
    void resumedFromAnOlderCheckpointGoesOnFromTheNewOnes() throws Exception {
        Path straight = dir.resolve("straight");
        Path again = dir.resolve("again");
        String limit = "train.save_total_limit=2";
        train(TinyRun.get().config(straight, limit));
        TrainConfig config = TinyRun.get().config(again, limit);
        train(config);
        byte[] weights = Files.readAllBytes(again.resolve("checkpoints/step-20/model.safetensors"));
        int[] asked = {0};
        Path aside = again.resolve("checkpoints/set-aside-1");
        try (LogCapture log = new LogCapture()) {
            Pretraining.Result stopped = Pretraining.resume(config, "step-15", Progress.NONE, () -> ++asked[0] == 4);
            assertEquals(17, stopped.outcome().steps());
            assertTrue(log.lines().stream().anyMatch(l -> l.contains("later checkpoints were moved to " + aside)),
                    log.lines().toString());
        }
        assertArrayEquals(weights, Files.readAllBytes(aside.resolve("step-20/model.safetensors")));
        try (RunFolder run = RunFolder.resume(again)) {
            assertEquals(List.of(17L, 15L), run.checkpointSteps());
        }
        assertEquals(TinyRun.STEPS, resume(config, null).outcome().steps());
        assertSameResults(straight, again);
        assertEquals(metrics(straight), metrics(again));
    }

    /** Whoever dies before the first checkpoint after that goes on from where they were, and not from what was given up. */
    @Test
    void killedAfterResumingFromAnOlderCheckpoint() throws Exception {
        Path straight = dir.resolve("straight");
        Path again = dir.resolve("again");
        train(TinyRun.get().config(straight));
        TrainConfig config = TinyRun.get().config(again);
        train(config);
        for (int times = 0; times < 2; times++) {
            int[] asked = {0};
            assertThrows(IllegalStateException.class, () -> Pretraining.resume(config, "step-15", Progress.NONE, () -> {
                if (++asked[0] == 3) {
                    throw new IllegalStateException("as if killed");
                }
                return false;
            }));
            try (RunFolder run = RunFolder.resume(again)) {
                assertEquals(15, run.checkpointSteps().getFirst());
            }
        }
        assertFalse(Files.exists(again.resolve("checkpoints/set-aside-2")), "nothing was left to set aside");
        assertEquals(TinyRun.STEPS, resume(config, null).outcome().steps());
        assertSameResults(straight, again);
        assertEquals(metrics(straight), metrics(again));
    }

    /** The scale starts so high that steps are skipped, and grows so soon that some are later: on both sides of the stop. */
    @ParameterizedTest
    @CsvSource({"bf16,7", "fp16,3", "fp16,12"})
    void mixedPrecisionResumesBitIdentically(String precision, int steps) throws Exception {
        String[] sets = {"train." + precision + "=true", "train.fp16_init_scale=16777216", "train.fp16_growth_interval=2"};
        Path straight = dir.resolve("straight");
        Path halved = dir.resolve("halved");
        train(TinyRun.get().config(straight, sets));
        stopAt(TinyRun.get().config(halved, sets), steps);
        resume(TinyRun.get().config(halved, sets), null);
        assertSameResults(straight, halved);
        List<JsonNode> lines = metrics(straight).stream().filter(l -> l.has("loss")).toList();
        assertEquals(metrics(straight), metrics(halved));
        if (precision.equals("fp16")) {
            long before = lines.get(steps - 1).get("skipped_steps").asLong();
            long after = lines.getLast().get("skipped_steps").asLong();
            assertTrue(before > 0 && after > before && after < TinyRun.STEPS / 2, lines.toString());
        } else {
            assertFalse(lines.getFirst().has("loss_scale"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10})
    void aStepThatIsNotCompleteIsDoneAgain(int steps) throws Exception {
        Path straight = dir.resolve("straight");
        Path halved = dir.resolve("halved");
        train(TinyRun.get().config(straight));
        TrainConfig config = TinyRun.get().config(halved);
        assertTrue(config.train().gradientAccumulationSteps() > 1);
        Pretraining.Result half = stopAfter(config, steps * config.train().gradientAccumulationSteps() + 1);
        assertTrue(half.outcome().stopped());
        assertEquals(steps, half.outcome().steps());
        assertTrue(Files.isDirectory(halved.resolve("checkpoints").resolve("step-" + steps)));
        resume(config, null);
        assertSameResults(straight, halved);
        assertEquals(metrics(straight), metrics(halved));
    }

    @Test
    void resumingFromAnOlderCheckpointDoesTheStepsAgain() throws Exception {
        Path straight = dir.resolve("straight");
        Path again = dir.resolve("again");
        train(TinyRun.get().config(straight));
        train(TinyRun.get().config(again));
        assertSameResults(straight, again);
        TinyRun.deleteTree(again.resolve("model"));
        resume(TinyRun.get().config(again), "step-5");
        assertSameResults(straight, again);
        assertEquals(metrics(straight), metrics(again));
    }

    /** Texts are written at evaluations only to be looked at: a run without them has the same bits. */
    @Test
    void samplesDisturbNothing() throws Exception {
        Path with = dir.resolve("with");
        Path without = dir.resolve("without");
        train(TinyRun.get().config(with, "train.sample_prompts=['The king', '', 'एक दिन']"));
        train(TinyRun.get().config(without, "train.sample_prompts=[]"));
        assertSameResults(with, without);
        assertEquals(metrics(with), metrics(without));
        List<JsonNode> samples = JsonLines.read(with.resolve("samples.jsonl"));
        assertEquals(List.of(6, 12, 18, 20), samples.stream().map(l -> l.get("step").asInt()).toList());
        assertEquals(List.of("The king", "", "एक दिन"), samples.getFirst().get("samples").findValuesAsText("prompt"));
        assertFalse(samples.getFirst().equals(samples.getLast()));
        assertEquals(List.of(), JsonLines.read(without.resolve("samples.jsonl")));
    }

    @Test
    void sessionsTellHowTheRunWent() throws Exception {
        Path run = dir.resolve("run");
        stopAt(TinyRun.get().config(run), 7);
        resume(TinyRun.get().config(run), "step-5");
        List<JsonNode> lines = JsonLines.read(run.resolve("sessions.jsonl"));
        assertEquals(List.of("started", "ended", "started", "ended"),
                lines.stream().map(l -> l.fieldNames().next()).toList());
        assertEquals("stopped", lines.get(1).at("/ended/state").asText());
        assertEquals(7, lines.get(1).at("/ended/step").asLong());
        assertEquals(5, lines.get(2).at("/started/step").asLong());
        assertEquals(TinyRun.STEPS, lines.get(2).at("/started/total_steps").asLong());
        assertEquals("finished", lines.get(3).at("/ended/state").asText());
    }

    @Test
    void aFinishedRunCanWriteItsModelAgain() throws Exception {
        Path run = dir.resolve("run");
        Pretraining.Result first = train(TinyRun.get().config(run));
        byte[] weights = Files.readAllBytes(run.resolve("model/model.safetensors"));
        TinyRun.deleteTree(run.resolve("model"));
        Pretraining.Result second = resume(TinyRun.get().config(run), null);
        assertEquals(first.outcome(), second.outcome());
        assertArrayEquals(weights, Files.readAllBytes(run.resolve("model/model.safetensors")));
    }

    @Test
    void theConfigurationInTheFolderResumes() throws Exception {
        Path run = dir.resolve("run");
        stopAt(TinyRun.get().config(run), 4);
        resume(TrainConfig.load(run.resolve("config.yaml"), List.of()), null);
        train(TinyRun.get().config(dir.resolve("straight")));
        assertSameResults(dir.resolve("straight"), run);
    }

    @Test
    void anotherSeedGivesAnotherModel() throws Exception {
        train(TinyRun.get().config(dir.resolve("a"), "train.max_steps=2"));
        train(TinyRun.get().config(dir.resolve("b"), "train.max_steps=2", "train.seed=8"));
        assertFalse(java.util.Arrays.equals(Files.readAllBytes(dir.resolve("a/model/model.safetensors")),
                Files.readAllBytes(dir.resolve("b/model/model.safetensors"))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "model.intermediate_size=96         | belongs to another model; give back the model section as it was",
        "model.rope_theta=5000              | belongs to another model; ",
        "data.context_length=16             | belongs to another set of data; give back the data section",
        "data.train.awa.share=0.2,data.train.hi.share=0.3 | belongs to another set of data; ",
        "data.validation={}                 | belongs to another set of data; ",
        "train.seed=8                       | belongs to another seed; give back train.seed as it was",
        "train.max_steps=2                  | is past the end of this run at step 2; raise train.max_steps",
        "train.gradient_accumulation_steps=1 | was written with another batch size, gradient_accumulation_steps or num_devices; ",
        "num_devices=2                      | was written with another batch size, gradient_accumulation_steps or num_devices; ",
    })
    void anotherRunIsNotResumed(String sets, String message) throws Exception {
        Path run = dir.resolve("run");
        stopAt(TinyRun.get().config(run), 3);
        Map<String, String> before = contents(run);
        String said = refusal(TinyRun.get().config(run, sets.split(",")));
        assertTrue(said.startsWith("the checkpoint of step 3 ") && said.contains(message), said);
        assertEquals(before, contents(run));
    }

    @Test
    void anotherTokenizerIsNotResumed() throws Exception {
        Path run = dir.resolve("run");
        stopAt(TinyRun.get().config(run), 3);
        Path other = dir.resolve("other");
        TinyRun.get().trainTokenizer(other.resolve("tokenizer"), List.of("hi", "awa"));
        String mixed = refusal(TinyRun.get().config(run, "data.tokenizer='" + other.resolve("tokenizer") + "'"));
        assertTrue(mixed.contains("en.train.bin, which was encoded with another tokenizer than data.tokenizer"), mixed);
        TinyRun.get().encode(other.resolve("tokenizer"), other);
        TrainConfig config = TrainConfig.parse(TinyRun.get().yaml(run, other.resolve("tokenizer"), other), "x", List.of());
        String said = refusal(config);
        assertTrue(said.startsWith("the checkpoint of step 3 belongs to another tokenizer; "), said);
    }

    @Test
    void aDamagedCheckpointNamesTheOlderGoodOne() throws Exception {
        Path run = dir.resolve("run");
        stopAt(TinyRun.get().config(run), 12);
        Path damaged = run.resolve("checkpoints/step-12/model.safetensors");
        try (FileChannel channel = FileChannel.open(damaged, StandardOpenOption.WRITE)) {
            channel.truncate(Files.size(damaged) / 2);
        }
        TrainConfig config = TinyRun.get().config(run);
        String said = assertThrows(MalformedFileException.class, () -> resume(config, null)).getMessage();
        assertTrue(said.contains("step-12") && said.endsWith("step-10 is good: resume from it with --resume=step-10"), said);
        assertFalse(said.contains("\n"), said);
        resume(config, "step-10");
        train(TinyRun.get().config(dir.resolve("straight")));
        assertSameResults(dir.resolve("straight"), run);
    }

    /** Path to content, the lock file left out: a refused run may have written its process number there. */
    private static Map<String, String> contents(Path folder) throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).filter(f -> !f.endsWith(".lock")).toList()) {
                all.put(folder.relativize(file).toString(), Fingerprint.of(
                        new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1)));
            }
        }
        return all;
    }
}
