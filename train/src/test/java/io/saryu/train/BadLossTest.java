package io.saryu.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole runs whose loss jumps, because the text does, or is no number, because the learning rate is absurd. */
class BadLossTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int STEPS = 260;

    @TempDir
    Path dir;

    private TrainConfig config(String run, String... sets) throws IOException {
        List<String> all = new ArrayList<>(RepetitiveText.withSurprises(dir));
        all.addAll(List.of("train.max_steps=" + STEPS, "train.eval_steps=0", "train.save_steps=0"));
        all.addAll(List.of(sets));
        return TinyRun.get().config(dir.resolve(run), all.toArray(String[]::new));
    }

    private static Pretraining.Result train(TrainConfig config) throws IOException {
        return Pretraining.start(config, "tiny", Progress.NONE, () -> false);
    }

    private static String breakDown(TrainConfig config) {
        String said = assertThrows(IOException.class, () -> train(config)).getMessage();
        assertTrue(said.startsWith("training broke down at step "), said);
        assertFalse(said.contains("\n"), said);
        return said;
    }

    private List<JsonNode> steps(String run) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(dir.resolve(run).resolve("metrics.jsonl"))) {
            if (line.contains("\"loss\"") && !line.contains("\"eval\"")) {
                lines.add(JSON.readTree(line));
            }
        }
        return lines;
    }

    /** The first step of a run that was bad. */
    private long firstBad(String run) throws IOException {
        return steps(run).stream().filter(l -> l.get("bad_steps").asLong() > 0).findFirst().orElseThrow().get("step").asLong();
    }

    private byte[] weights(String run) throws IOException {
        return Files.readAllBytes(dir.resolve(run).resolve("model/model.safetensors"));
    }

    @Test
    void aJumpIsSkippedCountedAndSaid() throws Exception {
        try (LogCapture log = new LogCapture()) {
            train(config("run"));
            long bad = firstBad("run");
            assertTrue(bad > 50 && bad < STEPS, "step " + bad);
            JsonNode line = steps("run").get((int) bad - 1);
            assertTrue(line.get("loss").isNull() && line.get("grad_norm").isNull(), line.toString());
            assertTrue(log.lines().stream().anyMatch(l -> l.startsWith("step " + bad + ": the loss jumped to ")
                    && l.endsWith("; its update was skipped (bad steps so far: 1)")), log.lines().toString());
            assertEquals(steps("run").getLast().get("bad_steps").asLong(), log.lines().size(), log.lines().toString());
        }
        assertTrue(steps("run").getLast().get("loss").asDouble() < 1);
    }

    /** Until then nothing differs, and the run without a watch trains on the surprise and ends elsewhere. */
    @Test
    void theStepsBeforeAJumpAreThoseOfARunWithoutAWatch() throws Exception {
        train(config("watched"));
        train(config("unwatched", "train.bad_loss_zscore=0"));
        long bad = firstBad("watched");
        List<JsonNode> watched = steps("watched");
        List<JsonNode> unwatched = steps("unwatched");
        assertEquals(0, unwatched.getLast().get("bad_steps").asLong());
        for (int i = 0; i < bad - 1; i++) {
            assertEquals(unwatched.get(i).get("loss"), watched.get(i).get("loss"), "step " + (i + 1));
        }
        assertTrue(unwatched.get((int) bad - 1).get("loss").asDouble() > 3, unwatched.get((int) bad - 1).toString());
        assertFalse(Arrays.equals(weights("watched"), weights("unwatched")));
    }

    @Test
    void warningTrainsOnAJump() throws Exception {
        try (LogCapture log = new LogCapture()) {
            train(config("warned", "train.bad_loss=warn"));
            long bad = firstBad("warned");
            assertTrue(steps("warned").get((int) bad - 1).get("loss").asDouble() > 3);
            assertTrue(log.lines().getFirst().startsWith("step " + bad + ": the loss jumped to ")
                    && log.lines().getFirst().contains("; it was trained on all the same "), log.lines().toString());
        }
        train(config("unwatched", "train.bad_loss_zscore=0"));
        assertArrayEquals(weights("unwatched"), weights("warned"));
    }

    @Test
    void aRunStopsAtAJumpWhereThatIsAsked() throws Exception {
        String said = breakDown(config("run", "train.bad_loss=stop", "train.save_steps=50"));
        assertTrue(said.contains(": the loss jumped to ") && said.contains("Resume from a checkpoint in "
                + dir.resolve("run/checkpoints") + " with --set train.bad_loss=skip"), said);
        // The advice works.
        Pretraining.Result rest = Pretraining.resume(config("run", "train.bad_loss=skip", "train.save_steps=50"), null,
                Progress.NONE, () -> false);
        assertEquals(STEPS, rest.outcome().steps());
        train(config("straight"));
        assertArrayEquals(weights("straight"), weights("run"));
    }

    /** The watch's mean, variance and counts are part of the checkpoint, on both sides of the jump. */
    @ParameterizedTest
    @ValueSource(ints = {-30, -1, 0, 1, 20})
    void resumesBitIdenticallyAroundAJump(int offset) throws Exception {
        train(config("straight"));
        int stop = (int) firstBad("straight") + offset;
        int[] asked = {0};
        Pretraining.start(config("halved"), "tiny", Progress.NONE, () -> ++asked[0] == stop);
        Pretraining.resume(config("halved"), null, Progress.NONE, () -> false);
        assertEquals(steps("straight").stream().map(l -> List.of(l.get("loss"), l.get("bad_steps"))).toList(),
                steps("halved").stream().map(l -> List.of(l.get("loss"), l.get("bad_steps"))).toList());
        for (String file : List.of("model/model.safetensors", "checkpoints/step-260/optimizer.safetensors",
                "checkpoints/step-260/trainer_state.json")) {
            assertArrayEquals(Files.readAllBytes(dir.resolve("straight").resolve(file)),
                    Files.readAllBytes(dir.resolve("halved").resolve(file)), file);
        }
    }

    /** The loss that decides is that of all workers, whoever had the surprise; and each goes on with the same recent losses. */
    @Test
    void workersSkipTheSameJumpAsAccumulationSteps() throws Exception {
        train(config("alone", "threads=1", "train.gradient_accumulation_steps=2"));
        train(config("two", "threads=2", "num_devices=2"));
        long bad = firstBad("alone");
        assertEquals(bad, firstBad("two"));
        assertArrayEquals(weights("alone"), weights("two"));
        int[] asked = {0};
        Pretraining.start(config("halved", "threads=2", "num_devices=2"), "tiny", Progress.NONE, () -> ++asked[0] == bad - 1);
        Pretraining.resume(config("halved", "threads=2", "num_devices=2"), null, Progress.NONE, () -> false);
        assertEquals(bad, firstBad("halved"));
        assertArrayEquals(weights("alone"), weights("halved"));
    }

    /** Weights so large that a forward pass overflows: the updates are skipped until it is enough. */
    @Test
    void skippedStepsInARowEndTheRun() throws Exception {
        String[] broken = {"train.learning_rate=1e30", "train.max_grad_norm=0", "train.warmup_steps=0"};
        try (LogCapture log = new LogCapture()) {
            String said = breakDown(config("run", broken[0], broken[1], broken[2], "train.max_bad_steps=4"));
            assertTrue(said.contains("the updates of 4 steps in a row were skipped, at last because the loss is "), said);
            assertEquals(3, log.lines().size(), log.lines().toString());
        }
        String said = breakDown(config("stop", broken[0], broken[1], broken[2], "train.bad_loss=stop"));
        assertTrue(said.contains("; the weights of that step were not updated. Lower learning_rate"), said);
        assertFalse(Files.exists(dir.resolve("stop/model")) || Files.exists(dir.resolve("run/model")));
    }

    /** Where a loss is still finite but its gradient is not: rates between those that train and those that break everything. */
    @Test
    void aGradientThatIsNotFiniteIsSaidWithWhereItBegan() throws Exception {
        List<String> all = new ArrayList<>();
        for (int exponent = 8; exponent <= 28; exponent += 2) {
            all.add(breakDown(config("run-" + exponent, "train.learning_rate=1e" + exponent, "train.max_grad_norm=0",
                    "train.warmup_steps=0", "train.bad_loss=stop", "train.max_steps=40")));
        }
        assertTrue(all.stream().anyMatch(said -> said.matches("training broke down at step \\d+: the loss is [0-9.]+ but the"
                + " gradient norm is (NaN|Infinity), first in backward in the gradient of model\\.\\S+\\[\\d+\\] = \\S+; the"
                + " weights of that step were not updated\\. .*")), String.join("\n", all));
    }

    /** Going on is vain then, whatever the configuration says. */
    @Test
    void weightsThatAreNoNumbersEndTheRunAtOnceAndAreNamed() throws Exception {
        for (String badLoss : List.of("skip", "warn", "stop")) {
            String said = breakDown(config("run-" + badLoss, "train.learning_rate=1e38", "train.max_grad_norm=0",
                    "train.warmup_steps=0", "train.bad_loss=" + badLoss));
            assertTrue(said.startsWith("training broke down at step 2: the loss is NaN and so are weights, the first model."),
                    said);
        }
    }
}
