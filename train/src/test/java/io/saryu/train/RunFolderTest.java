package io.saryu.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saryu.eval.EvalReport;
import io.saryu.eval.EvalResult;
import io.saryu.files.MalformedFileException;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import io.saryu.optim.LossScaler;
import io.saryu.optim.LossWatch;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunFolderTest {
    @TempDir
    Path dir;

    private static TrainerState state(long step) {
        return state(step, 42, "cpu avx2 threads 2", "m1", "t1", "d1");
    }

    private static TrainerState state(long step, long seed, String key, String model, String tokenizer, String data) {
        return new TrainerState(step, step * 8, step * 1024, seed, 0, LossScaler.State.NONE, new LossWatch.State(step, 2.5, 0.25,
                3, 2, 1), new BestEvaluation(step, 2.75, 1), key, model, tokenizer, data);
    }

    private static Map<String, Tensor> tensors(String prefix, double value) {
        return Map.of(prefix + "a", Tensor.allocate(prefix + "a", DType.F32, 3, 2).fillFrom(1, 2, 3, 4, 5, value),
                prefix + "b", Tensor.allocate(prefix + "b", DType.F32, 4).fillFrom(value, -1, 0, 1));
    }

    private static void save(RunFolder run, long step) throws IOException {
        CheckpointWriter.write(run, state(step), tensors("", step), tensors("exp_avg.", -step));
    }

    private static void cut(Path file, long bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(bytes);
        }
    }

    @Test
    void checkpointComesBackExactly() throws Exception {
        try (RunFolder run = RunFolder.create(dir.resolve("run"))) {
            save(run, 100);
            CheckpointReader read = run.openCheckpoint(null);
            assertEquals(state(100).withFiles(read.state().files()).withChecksum(read.state().checksum()), read.state());
            Map<String, Tensor> weights = tensors("", 0);
            Map<String, Tensor> optimizer = tensors("exp_avg.", 0);
            read.readWeights(weights);
            read.readOptimizer(optimizer);
            assertArrayEquals(new float[] {1, 2, 3, 4, 5, 100}, weights.get("a").toFloats());
            assertArrayEquals(new float[] {-100, -1, 0, 1}, optimizer.get("exp_avg.b").toFloats());
            MalformedFileException e = assertThrows(MalformedFileException.class, () -> read.readWeights(optimizer));
            assertTrue(e.getMessage().endsWith("model.safetensors does not hold the tensors of this model"), e.getMessage());
            Map<String, Tensor> other = Map.of("a", Tensor.allocate("a", DType.F32, 2, 3), "b", weights.get("b"));
            assertTrue(assertThrows(MalformedFileException.class, () -> read.readWeights(other)).getMessage()
                    .contains("tensor 'a' of model.safetensors is F32[3, 2] and the model needs F32[2, 3]"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.safetensors", "optimizer.safetensors", "trainer_state.json"})
    void damagedCheckpointNamesTheOlderGoodOne(String file) throws Exception {
        try (RunFolder run = RunFolder.create(dir.resolve("run"))) {
            save(run, 100);
            save(run, 200);
            save(run, 300);
            Path damaged = run.checkpoint(300).resolve(file);
            byte[] whole = Files.readAllBytes(damaged);
            for (int keep : new int[] {0, 1, 7, whole.length / 2, whole.length - 1}) {
                Files.write(damaged, whole);
                cut(damaged, keep);
                assertHint(run, "step-200 is good: resume from it with --resume=step-200");
            }
            Files.delete(damaged);
            assertHint(run, "step-200 is good: resume from it with --resume=step-200");
            cut(run.checkpoint(200).resolve("optimizer.safetensors"), 20);
            assertHint(run, "step-100 is good: resume from it with --resume=step-100");
            assertEquals(100, run.openCheckpoint("step-100").state().step());
            cut(run.checkpoint(100).resolve("optimizer.safetensors"), 20);
            assertHint(run, "no older one is good: start again without --resume in another folder");
            assertEquals("the run in " + run.path() + " has no checkpoint 'step-5'; it has step-300, step-200, step-100",
                    assertThrows(ConfigException.class, () -> run.openCheckpoint("step-5")).getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.safetensors", "optimizer.safetensors", "trainer_state.json"})
    void flippedBitNamesTheFileAndTheOlderGoodOne(String file) throws Exception {
        try (RunFolder run = RunFolder.create(dir.resolve("run"))) {
            save(run, 100);
            save(run, 200);
            Path damaged = run.checkpoint(200).resolve(file);
            byte[] whole = Files.readAllBytes(damaged);
            Random random = new Random(7);
            for (int i = 0; i < 300; i++) {
                byte[] flipped = whole.clone();
                // The last byte is content in every file; the others fall anywhere.
                flipped[i == 0 ? whole.length - 1 : random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
                Files.write(damaged, flipped);
                String message = assertThrows(MalformedFileException.class, () -> run.openCheckpoint(null)).getMessage();
                assertTrue(message.contains(file), message);
                assertTrue(message.endsWith("; step-100 is good: resume from it with --resume=step-100"), message);
            }
            Files.write(damaged, whole);
            assertEquals(200, run.openCheckpoint(null).state().step());
        }
    }

    private static void assertHint(RunFolder run, String hint) {
        String message = assertThrows(MalformedFileException.class, () -> run.openCheckpoint(null)).getMessage();
        assertTrue(message.startsWith("the checkpoint ") || message.contains(".json"), message);
        assertTrue(message.endsWith("; " + hint), message);
        assertFalse(message.contains("\n"), message);
    }

    @Test
    void mutatedStatesAreReadOrRefused() throws Exception {
        try (RunFolder run = RunFolder.create(dir.resolve("run"))) {
            save(run, 100);
            Path file = run.checkpoint(100).resolve("trainer_state.json");
            byte[] whole = Files.readAllBytes(file);
            Random random = new Random(5);
            for (int i = 0; i < 1000; i++) {
                byte[] mutated = whole.clone();
                for (int k = random.nextInt(4); k >= 0; k--) {
                    mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
                }
                Files.write(file, mutated);
                try {
                    run.openCheckpoint(null);
                } catch (IOException e) {
                    assertFalse(e.getMessage().contains("\n"), e.getMessage());
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1,0,'300'", "2,0,'300,200'", "3,0,'300,200,100'", "0,0,'300,200,100'", "1,100,'300,100'", "1,200,'300,200'",
        "1,300,'300'", "2,100,'300,100'", "2,200,'300,200'", "2,300,'300,200'", "3,100,'300,200,100'", "0,100,'300,200,100'",
        "2,150,'300,200'"})
    void pruneKeepsTheNewestAndTheBest(int limit, long best, String left) throws Exception {
        try (RunFolder run = RunFolder.create(dir.resolve("run"))) {
            save(run, 100);
            save(run, 200);
            save(run, 300);
            Path leftover = Files.createDirectories(run.path().resolve("checkpoints/.step-400.x7.tmp/deep"));
            Files.writeString(leftover.resolve("model.safetensors"), "half");
            run.prune(limit, best);
            assertEquals(left, String.join(",", run.checkpointSteps().stream().map(String::valueOf).toList()));
            try (Stream<Path> entries = Files.list(run.path().resolve("checkpoints"))) {
                assertEquals(run.checkpointSteps().size(), entries.count());
            }
        }
    }

    @Test
    void pruneNeverDeletesTheNewestGoodOne() throws Exception {
        try (RunFolder run = RunFolder.create(dir.resolve("run"))) {
            save(run, 100);
            save(run, 200);
            save(run, 300);
            cut(run.checkpoint(300).resolve("model.safetensors"), 10);
            run.prune(1, 0);
            assertEquals(List.of(300L, 200L), run.checkpointSteps());
            // A best one that is damaged takes no good one's place.
            cut(run.checkpoint(200).resolve("model.safetensors"), 10);
            save(run, 400);
            save(run, 500);
            run.prune(2, 200);
            assertEquals(List.of(500L, 400L), run.checkpointSteps());
        }
    }

    @Test
    void twoRunsCannotShareAFolder() throws Exception {
        Path path = dir.resolve("run");
        try (RunFolder run = RunFolder.create(path)) {
            run.writeConfig(TrainConfig.parse(TrainConfigTest.GOOD, "a.yaml", List.of()));
            for (var open : List.<Executable>of(() -> RunFolder.create(path),
                    () -> RunFolder.resume(path))) {
                String message = assertThrows(IOException.class, open).getMessage();
                assertTrue(message.startsWith("another run works in " + path + " (process " + ProcessHandle.current().pid()
                        + ")"), message);
            }
        }
        RunFolder.resume(path).close();
        assertTrue(assertThrows(ConfigException.class, () -> RunFolder.create(path)).getMessage()
                .contains("holds a run already; continue it with --resume"));
        assertTrue(assertThrows(ConfigException.class, () -> RunFolder.resume(dir.resolve("no"))).getMessage()
                .startsWith("there is no run in "));
        // After the refusals the folder is free again.
        RunFolder.resume(path).close();
    }

    @Test
    void configurationInTheFolderReadsBack() throws Exception {
        try (RunFolder run = RunFolder.create(dir.resolve("run"))) {
            TrainConfig config = TrainConfig.parse(TrainConfigTest.GOOD, "a.yaml", List.of());
            run.writeConfig(config);
            assertEquals(config, TrainConfig.load(run.configFile(), List.of()));
        }
    }

    @Test
    void resumeWithoutCheckpointIsSaid() throws Exception {
        try (RunFolder run = RunFolder.create(dir.resolve("run"))) {
            assertTrue(assertThrows(ConfigException.class, () -> run.openCheckpoint(null)).getMessage()
                    .contains("has no checkpoint yet"));
        }
    }

    @Test
    void newNamesDoNotCollide() throws Exception {
        LocalDateTime now = LocalDateTime.of(2026, 11, 23, 9, 15, 0);
        Path first = RunFolder.newPath(dir, "seed 120m/x", now);
        assertEquals(dir.resolve("seed-120m-x-20261123-091500"), first);
        Files.createDirectories(first);
        assertEquals(dir.resolve("seed-120m-x-20261123-091500-2"), RunFolder.newPath(dir, "seed 120m/x", now));
    }

    @Test
    void statesOfOtherModelsAreRefused() {
        TrainerState saved = state(100);
        assertEquals(List.of(), saved.checkAgainst(state(0)));
        TrainerState otherMachine = state(0, 42, "cpu sse threads 8", "m1", "t1", "d1");
        assertEquals(1, saved.checkAgainst(otherMachine).size());
        for (TrainerState other : List.of(state(0, 42, "k", "m2", "t1", "d1"),
                state(0, 42, "k", "m1", "t2", "d1"),
                state(0, 42, "k", "m1", "t1", "d2"),
                state(0, 43, "k", "m1", "t1", "d1"))) {
            assertTrue(assertThrows(ConfigException.class, () -> saved.checkAgainst(other)).getMessage()
                    .startsWith("the checkpoint of step 100 belongs to another "));
        }
    }

    @Test
    void metricsAreCutAfterTheCheckpoint() throws Exception {
        Path file = dir.resolve("metrics.jsonl");
        MemoryFigures memory = MemoryFigures.now(7);
        try (MetricsLogger log = MetricsLogger.open(file, 0)) {
            for (int step = 10; step <= 50; step += 10) {
                log.log(new MetricsLogger.StepMetrics(step, 0.1, 3.5, 1e-3, 1.25, 1000, step * 100L, memory, null, null, 0));
            }
            log.log(40, EvalReport.of(32, List.of(EvalResult.of("en", 10, 5, 20))));
        }
        Files.writeString(file, "{\"step\": 6", StandardOpenOption.APPEND);
        try (MetricsLogger log = MetricsLogger.open(file, 30)) {
            log.log(new MetricsLogger.StepMetrics(40, 0.1, 3.25, 1e-3, 1.25, 1000, 4000, memory, null, null,
                    0));
        }
        List<String> lines = Files.readAllLines(file);
        assertEquals(4, lines.size());
        JsonNode last = new ObjectMapper().readTree(lines.get(3));
        assertEquals(40, last.get("step").asLong());
        assertEquals(3.25, last.get("loss").asDouble());
        assertEquals(1.25, last.get("grad_norm").asDouble());
        assertEquals(7, last.get("memory").get("device_bytes").asLong());
        assertTrue(last.get("memory").get("native_bytes").asLong() > 0);
    }
}
