package io.saryu.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.saryu.eval.EvalReport;
import io.saryu.files.AtomicFile;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/** Appends to {@code metrics.jsonl}: one JSON object a line, on the disk as soon as it is logged. Not thread-safe. */
public final class MetricsLogger implements AutoCloseable {
    private static final JsonMapper JSON =
            JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

    /**
     * Figures of a training step, or means over the steps since the line before.
     *
     * @param step            optimizer steps done
     * @param epoch           of the data, with fraction
     * @param loss            in nats per token, of the steps that were not skipped for being bad; null when all were
     * @param lr              learning rate
     * @param gradNorm        before clipping, of the steps that were not skipped; null when all were
     * @param tokensPerSecond of all ranks
     * @param tokens          consumed since the start of the run
     * @param memory          of the process
     * @param lossScale       of the last step; null, and not written, without fp16
     * @param skippedSteps    updates skipped for an overflow since the start of the run; null without fp16
     * @param badSteps        steps since the start of the run whose loss jumped, or whose loss or norm was not finite
     */
    public record StepMetrics(long step, double epoch, Double loss, double lr, Double gradNorm, double tokensPerSecond,
            long tokens, MemoryFigures memory, @JsonInclude(JsonInclude.Include.NON_NULL) Double lossScale,
            @JsonInclude(JsonInclude.Include.NON_NULL) Long skippedSteps, long badSteps) {
    }

    private final Path file;
    private final Writer out;

    private MetricsLogger(Path file, Writer out) {
        this.file = file;
        this.out = out;
    }

    /**
     * Opens the file and drops the lines of steps after {@code step}: a resumed run does them again. Half a line, which a
     * killed process may leave, is dropped too.
     */
    public static MetricsLogger open(Path file, long step) throws IOException {
        if (Files.exists(file)) {
            StringBuilder kept = new StringBuilder();
            boolean dropped = false;
            for (String line : Files.readString(file).lines().toList()) {
                if (stepOf(line) <= step) {
                    kept.append(line).append('\n');
                } else {
                    dropped = true;
                }
            }
            if (dropped) {
                AtomicFile.writeString(file, kept.toString());
            }
        }
        return new MetricsLogger(file, Files.newBufferedWriter(file, StandardCharsets.UTF_8, StandardOpenOption.CREATE,
                StandardOpenOption.APPEND));
    }

    private static long stepOf(String line) {
        try {
            JsonNode step = JSON.readTree(line).path("step");
            return step.canConvertToLong() ? step.asLong() : Long.MAX_VALUE;
        } catch (JsonProcessingException e) {
            return Long.MAX_VALUE;
        }
    }

    /** A training line. */
    public void log(StepMetrics metrics) throws IOException {
        write(metrics);
    }

    /** An evaluation line: {@code {"step": 100, "eval": {...}}}. */
    public void log(long step, EvalReport report) throws IOException {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("step", step);
        line.put("eval", report);
        write(line);
    }

    private void write(Object line) throws IOException {
        try {
            out.write(JSON.writeValueAsString(line) + "\n");
            out.flush();
        } catch (IOException e) {
            throw new IOException("cannot write " + file + ": " + e.getMessage() + "; free space or change permissions, then"
                    + " continue with --resume", e);
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
