package io.saryu.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saryu.train.JsonLines;
import io.saryu.train.Pretraining;
import io.saryu.train.Progress;
import io.saryu.train.TinyRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.framework.Summary;
import org.tensorflow.util.Event;
import org.tensorflow.util.SessionLog;

/** TensorBoard's files of a run that was stopped after 7 steps, and taken up from its checkpoint of step 5. */
class TensorBoardTest {
    private static final int RESUMED = 5;
    @TempDir
    static Path dir;
    private static Path run;
    private static Path folder;

    @BeforeAll
    static void train() throws IOException {
        run = dir.resolve("run");
        folder = run.resolve("tensorboard");
        int[] asked = {0};
        Pretraining.start(TinyRun.get().config(run), "tiny", Progress.NONE, () -> ++asked[0] == 14);
        Pretraining.resume(TinyRun.get().config(run), "step-" + RESUMED, Progress.NONE, () -> false);
    }

    private static Map<Long, Float> metrics(String pointer) throws IOException {
        Map<Long, Float> values = new TreeMap<>();
        for (JsonNode line : JsonLines.read(run.resolve("metrics.jsonl"))) {
            if (line.at(pointer).isNumber()) {
                values.put(line.get("step").asLong(), (float) line.at(pointer).asDouble());
            }
        }
        return values;
    }

    @Test
    void holdsWhatMetricsHold() throws IOException {
        Map<Long, Float> loss = Events.scalar(folder, "train/loss");
        assertEquals(TinyRun.STEPS, loss.size());
        assertEquals(metrics("/loss"), loss);
        assertEquals(metrics("/lr"), Events.scalar(folder, "train/learning_rate"));
        assertEquals(metrics("/grad_norm"), Events.scalar(folder, "train/grad_norm"));
        assertEquals(metrics("/tokens_per_second"), Events.scalar(folder, "train/tokens_per_second"));
        assertEquals(metrics("/memory/native_bytes"), Events.scalar(folder, "memory/resident_bytes"));
        assertEquals(metrics("/eval/overall/loss"), Events.scalar(folder, "eval/loss"));
        for (int i = 0; i < TinyRun.LANGUAGES.size(); i++) {
            Map<Long, Float> bits = Events.scalar(folder, "eval/" + TinyRun.LANGUAGES.get(i) + "/bits_per_byte");
            assertEquals(List.of(6L, 12L, 18L, 20L), List.copyOf(bits.keySet()));
            assertEquals(metrics("/eval/results/" + i + "/bits_per_byte"), bits);
        }
        assertTrue(Events.scalar(folder, "train/mfu").values().stream().allMatch(v -> v > 0 && Float.isFinite(v)));
    }

    @Test
    void aResumedRunCallsBackWhatItDoesAgain() throws IOException {
        List<Path> files = Events.files(folder);
        assertEquals(2, files.size());
        for (Path file : files) {
            Event first = Events.read(file).getFirst();
            assertEquals("brain.Event:2", first.getFileVersion());
            assertTrue(first.getWallTime() > 1.5e9, "seconds of the epoch");
        }
        Event restart = Events.read(files.get(1)).get(1);
        assertEquals(SessionLog.SessionStatus.START, restart.getSessionLog().getStatus());
        assertEquals(RESUMED + 1, restart.getStep());
    }

    @Test
    void holdsTheSamplesAsText() throws IOException {
        List<String> texts = new ArrayList<>();
        for (Event event : Events.read(Events.files(folder).get(1))) {
            for (Summary.Value value : event.getSummary().getValueList()) {
                if (value.getTag().equals("samples/hi")) {
                    assertEquals("text", value.getMetadata().getPluginData().getPluginName());
                    assertEquals(1, value.getTensor().getTensorShape().getDim(0).getSize());
                    texts.add(value.getTensor().getStringVal(0).toStringUtf8());
                }
            }
        }
        List<JsonNode> samples = JsonLines.read(run.resolve("samples.jsonl"));
        assertEquals(samples.size(), texts.size());
        for (int i = 0; i < texts.size(); i++) {
            JsonNode hindi = samples.get(i).get("samples").get(1);
            assertEquals("hi", hindi.get("name").asText());
            String plain = texts.get(i).replace("**", "").replaceAll("\\\\(.)", "$1");
            assertEquals((hindi.get("prompt").asText().replaceAll("\\s+", " ").strip() + " "
                    + hindi.get("text").asText().replaceAll("\\s+", " ")).replace("*", ""), plain.replace("*", ""));
        }
    }

    /** TensorBoard's own reader, where a Python has it: {@code -Dsaryu.python=...}, else python3. */
    @Test
    @Tag("slow")
    void tensorBoardReadsIt() throws Exception {
        String python = System.getProperty("saryu.python", "python3");
        assumeTrue(answer(python, "import tensorboard") != null, "no Python with tensorboard");
        String answer = answer(python, """
                import json, sys
                from tensorboard.backend.event_processing.plugin_event_accumulator import EventAccumulator
                from tensorboard.util.tensor_util import make_ndarray
                a = EventAccumulator(sys.argv[1], tensor_size_guidance={'scalars': 0, 'text': 0})
                a.Reload()
                print(json.dumps({'loss': [[e.step, float(make_ndarray(e.tensor_proto))] for e in a.Tensors('train/loss')],
                                  'eval': [e.step for e in a.Tensors('eval/en/loss')],
                                  'text': [e.step for e in a.Tensors('samples/en')]}))
                """);
        assertNotNull(answer, "TensorBoard cannot read the files");
        JsonNode read = new ObjectMapper().readTree(answer);
        Map<Long, Float> loss = new TreeMap<>();
        read.get("loss").forEach(e -> assertEquals(null, loss.put(e.get(0).asLong(), (float) e.get(1).asDouble())));
        assertEquals(metrics("/loss"), loss);
        assertEquals("[6,12,18,20]", read.get("eval").toString());
        assertEquals("[6,12,18,20]", read.get("text").toString());
    }

    /** What a script prints, or null when it fails or there is no Python. */
    private static String answer(String python, String script) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(python, "-c", script, folder.toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? out : null;
        } catch (IOException e) {
            return null;
        }
    }
}
