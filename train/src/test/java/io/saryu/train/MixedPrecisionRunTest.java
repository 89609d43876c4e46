package io.saryu.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole runs in bf16 and fp16. */
class MixedPrecisionRunTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path dir;

    private Pretraining.Result train(String name, String... sets) throws IOException {
        return Pretraining.start(TinyRun.get().config(dir.resolve(name), sets), "tiny", Progress.NONE, () -> false);
    }

    private List<JsonNode> steps(String name) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(dir.resolve(name).resolve("metrics.jsonl"))) {
            JsonNode json = JSON.readTree(line);
            if (json.has("loss")) {
                lines.add(json);
            }
        }
        return lines;
    }

    @ParameterizedTest
    @ValueSource(strings = {"bf16", "fp16"})
    void endsWithinOnePercentOfFp32(String precision) throws IOException {
        String[] length = {"train.max_steps=80", "train.eval_steps=0"};
        double single = train("fp32", length).outcome().report().overall().loss();
        double half = train(precision, length[0], length[1], "train." + precision + "=true").outcome().report().overall().loss();
        double start = steps("fp32").getFirst().get("loss").asDouble();
        assertTrue(single < start - 0.5, "80 steps taught nothing: " + start + " to " + single);
        assertEquals(single, half, 0.01 * single);
    }

    /** From 2^40 the scale falls step by step until gradients fit; then the run learns. */
    @Test
    void anOverflowingRunRecovers() throws IOException {
        train("run", "train.fp16=true", "train.max_steps=100", "train.eval_steps=0", "train.fp16_init_scale=1099511627776");
        List<JsonNode> lines = steps("run");
        int skipped = 0;
        for (JsonNode line : lines) {
            assertEquals(Math.scalb(1.0, 40 - skipped), line.get("loss_scale").asDouble(), line.toString());
            boolean overflow = line.get("skipped_steps").asInt() > skipped;
            skipped += overflow ? 1 : 0;
            assertEquals(skipped, line.get("skipped_steps").asInt());
            assertEquals(overflow, line.get("grad_norm").isNull(), line.toString());
        }
        assertTrue(lines.get(5).get("grad_norm").isNull() && skipped > 5 && skipped < 40, "skipped " + skipped);
        assertTrue(lines.getLast().get("loss").asDouble() < lines.getFirst().get("loss").asDouble() - 0.3);
    }
}
