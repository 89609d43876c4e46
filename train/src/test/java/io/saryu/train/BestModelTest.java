package io.saryu.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saryu.files.MalformedFileException;
import io.saryu.files.SafetensorsFile;
import io.saryu.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real runs that learn one sentence by heart, so that other text is predicted better at first and ever worse then. */
class BestModelTest {
    private static final int STEPS = 60;

    @TempDir
    Path dir;

    private List<String> text;

    @BeforeEach
    void writeText() throws IOException {
        text = RepetitiveText.ofFewLines(dir);
    }

    private TrainConfig config(String run, String... sets) {
        List<String> all = new ArrayList<>(text);
        all.addAll(List.of("train.max_steps=" + STEPS, "train.eval_steps=4", "train.save_steps=15",
                "train.per_device_train_batch_size=2"));
        all.addAll(List.of(sets));
        return TinyRun.get().config(dir.resolve(run), all.toArray(String[]::new));
    }

    private static Pretraining.Result train(TrainConfig config) throws IOException {
        return Pretraining.start(config, "tiny", Progress.NONE, () -> false);
    }

    private static Pretraining.Result resume(TrainConfig config) throws IOException {
        return Pretraining.resume(config, null, Progress.NONE, () -> false);
    }

    /** Validation loss by step. */
    private Map<Long, Double> evaluations(String run) throws IOException {
        Map<Long, Double> all = new TreeMap<>();
        for (String line : Files.readAllLines(dir.resolve(run).resolve("metrics.jsonl"))) {
            JsonNode json = new ObjectMapper().readTree(line);
            if (json.has("eval")) {
                all.put(json.get("step").asLong(), json.get("eval").get("overall").get("loss").asDouble());
            }
        }
        return all;
    }

    private static long argMin(Map<Long, Double> losses) {
        return losses.entrySet().stream().min(Map.Entry.comparingByValue()).orElseThrow().getKey();
    }

    private List<String> checkpoints(String run) throws IOException {
        try (Stream<Path> all = Files.list(dir.resolve(run).resolve("checkpoints"))) {
            return all.map(p -> p.getFileName().toString()).sorted().toList();
        }
    }

    private byte[] tensors(String file) throws IOException {
        try (SafetensorsFile f = SafetensorsFile.open(dir.resolve(file))) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            for (String name : f.names().stream().sorted().toList()) {
                try (Tensor t = Tensor.allocate(name, f.info(name).dtype(), f.info(name).shape())) {
                    f.read(name, t.segment());
                    out.writeBytes(name.getBytes(StandardCharsets.UTF_8));
                    out.writeBytes(t.segment().toArray(ValueLayout.JAVA_BYTE));
                }
            }
            return out.toByteArray();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void theFinishedModelIsTheBestAndItsCheckpointStays(int limit) throws Exception {
        Pretraining.Result result = train(config("run", "train.load_best_model_at_end=true",
                "train.save_total_limit=" + limit));
        Map<Long, Double> losses = evaluations("run");
        long best = argMin(losses);
        assertTrue(best > 4 && best < STEPS - 15 && best % 15 != 0, losses.toString());
        assertEquals(best, result.outcome().modelStep());
        assertEquals(STEPS, result.outcome().steps());
        assertEquals(losses.get(best), result.outcome().report().overall().loss());
        assertEquals(new BestEvaluation(best, losses.get(best), losses.size() - (int) (best / 4)), result.outcome().best());
        List<String> kept = new ArrayList<>(List.of("step-" + STEPS, "step-" + best));
        if (limit == 3) {
            kept.add("step-" + (STEPS - 15));
        }
        assertEquals(kept.stream().sorted().toList(), checkpoints("run"));
        assertArrayEquals(tensors("run/checkpoints/step-" + best + "/model.safetensors"), tensors("run/model/model.safetensors"));
        assertTrue(Files.readString(dir.resolve("run/model/README.md")).contains(best + " steps of "));
    }

    /** Without being asked for, the best checkpoint among those of save_steps stays, and the last weights are the model. */
    @Test
    void theBestCheckpointStaysAnyhow() throws Exception {
        Pretraining.Result result = train(config("run", "train.eval_steps=10", "train.save_steps=10",
                "train.save_total_limit=2"));
        long best = argMin(evaluations("run"));
        assertTrue(best < STEPS - 10, evaluations("run").toString());
        assertEquals(STEPS, result.outcome().modelStep());
        assertEquals(List.of("step-" + best, "step-" + STEPS), checkpoints("run"));
        assertArrayEquals(tensors("run/checkpoints/step-60/model.safetensors"), tensors("run/model/model.safetensors"));
    }

    @ParameterizedTest
    @CsvSource({"1,false", "3,false", "3,true"})
    void evaluationsThatDoNotImproveEndTheRun(int patience, boolean loadBest) throws Exception {
        Pretraining.Result result = train(config("run", "train.early_stopping_patience=" + patience,
                "train.load_best_model_at_end=" + loadBest));
        train(config("whole"));
        long end = 0;
        int since = 0;
        Map<Long, Double> seen = new TreeMap<>();
        for (Map.Entry<Long, Double> e : evaluations("whole").entrySet()) {
            end = e.getKey();
            seen.put(e.getKey(), e.getValue());
            since = argMin(seen) == end ? 0 : since + 1;
            if (since == patience) {
                break;
            }
        }
        long best = argMin(seen);
        assertTrue(best > 4 && end < STEPS, evaluations("whole").toString());
        assertTrue(result.outcome().early() && !result.outcome().stopped());
        assertEquals(end, result.outcome().steps());
        assertEquals(new BestEvaluation(best, evaluations("whole").get(best), patience), result.outcome().best());
        assertEquals(loadBest ? best : end, result.outcome().modelStep());
        assertEquals(evaluations("whole").get(loadBest ? best : end), result.outcome().report().overall().loss());
        assertTrue(checkpoints("run").contains("step-" + end));
    }

    /** No evaluation can be better by 50 nats, so all after the first count. */
    @Test
    void improvementsBelowTheThresholdDoNotCount() throws Exception {
        Pretraining.Result result = train(config("run", "train.eval_steps=2", "train.early_stopping_patience=2",
                "train.early_stopping_threshold=50"));
        assertEquals(6, result.outcome().steps());
        assertEquals(argMin(evaluations("run")), result.outcome().best().step());
        assertTrue(result.outcome().best().step() > 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 33, 36, 41, 50})
    void resumesBitIdenticallyBeforeAnEarlyEnd(int stop) throws Exception {
        String[] sets = {"train.early_stopping_patience=3", "train.load_best_model_at_end=true"};
        Pretraining.Result straight = train(config("straight", sets));
        int[] asked = {0};
        Pretraining.Result half = Pretraining.start(config("halved", sets), "tiny", Progress.NONE, () -> ++asked[0] == stop);
        assertTrue(half.outcome().stopped());
        assertEquals(straight.outcome(), resume(config("halved", sets)).outcome());
        assertEquals(checkpoints("straight").getLast(), checkpoints("halved").getLast());
        String last = "checkpoints/step-" + straight.outcome().steps() + "/trainer_state.json";
        assertEquals(Files.readString(dir.resolve("straight").resolve(last)), Files.readString(dir.resolve("halved").resolve(last)));
        assertArrayEquals(tensors("straight/model/model.safetensors"), tensors("halved/model/model.safetensors"));
    }

    @Test
    void aRunThatStoppedEarlyEndsAtOnceUntilItsPatienceIsRaised() throws Exception {
        String[] sets = {"train.early_stopping_patience=2", "train.load_best_model_at_end=true"};
        Pretraining.Result first = train(config("run", sets));
        List<String> metrics = Files.readAllLines(dir.resolve("run/metrics.jsonl"));
        TinyRun.deleteTree(dir.resolve("run/model"));
        try (LogCapture log = new LogCapture()) {
            assertEquals(first.outcome(), resume(config("run", sets)).outcome());
            assertEquals(List.of("the run had stopped early at step " + first.outcome().steps() + " and is not trained further;"
                    + " raise train.early_stopping_patience to go on"), log.lines());
        }
        assertEquals(metrics, Files.readAllLines(dir.resolve("run/metrics.jsonl")));
        assertTrue(Files.exists(dir.resolve("run/model/config.json")));
        Pretraining.Result more = resume(config("run", "train.early_stopping_patience=4", sets[1]));
        assertEquals(first.outcome().steps() + 8, more.outcome().steps());
        assertEquals(train(config("straight", "train.early_stopping_patience=4", sets[1])).outcome(), more.outcome());
    }

    @Test
    void aBestCheckpointThatIsDamagedIsSaid() throws Exception {
        String[] sets = {"train.early_stopping_patience=2", "train.load_best_model_at_end=true"};
        long best = train(config("run", sets)).outcome().modelStep();
        Files.write(dir.resolve("run/checkpoints/step-" + best + "/model.safetensors"), new byte[100]);
        String said = assertThrows(MalformedFileException.class, () -> resume(config("run", sets))).getMessage();
        assertTrue(said.contains("step-" + best + " is damaged: model.safetensors has 100 bytes") && said.endsWith("resume with"
                + " --set train.load_best_model_at_end=false to take the last weights instead"), said);
        assertFalse(said.contains("\n"), said);
        Pretraining.Result rest = resume(config("run", sets[0], "train.load_best_model_at_end=false"));
        assertEquals(rest.outcome().steps(), rest.outcome().modelStep());
    }

    @Test
    void aRunWithoutEvaluationHasNoBest() throws Exception {
        Pretrainer.Outcome outcome = train(config("run", "train.max_steps=5", "data.validation={}", "train.eval_steps=0")).outcome();
        assertEquals(BestEvaluation.NONE, outcome.best());
        assertNull(outcome.report());
        assertEquals(List.of("step-5"), checkpoints("run"));
    }

    /** Losses, and by hand what transformers' EarlyStoppingCallback makes of them with a threshold of 0.1. */
    @Test
    void countsAsTransformersDoes() {
        double[] losses = {5, 4, 3.95, 3.87, 3.8, 3.6, 3.7, Math.nextDown(3.5), 3.45};
        long[] bestStep = {1, 2, 3, 4, 5, 6, 6, 8, 9};
        int[] since = {0, 0, 1, 2, 3, 0, 1, 0, 1};
        BestEvaluation best = BestEvaluation.NONE;
        for (int i = 0; i < losses.length; i++) {
            best = best.after(i + 1, losses[i], 0.1);
            assertEquals(new BestEvaluation(bestStep[i], losses[(int) bestStep[i] - 1], since[i]), best);
            assertEquals(since[i] >= 2, best.isExhausted(2));
            assertFalse(best.isExhausted(0));
        }
    }
}
