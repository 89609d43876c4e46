package io.saryu.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.saryu.eval.EvalReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Appends to {@code metrics.jsonl}: one JSON object a line, on the disk as soon as it is logged. Not thread-safe. */
public final class MetricsLogger implements AutoCloseable {
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

    private final JsonLines out;

    private MetricsLogger(JsonLines out) {
        this.out = out;
    }

    /**
     * Opens the file and drops the lines of steps after {@code step}: a resumed run does them again. Half a line, which a
     * killed process may leave, is dropped too.
     */
    public static MetricsLogger open(Path file, long step) throws IOException {
        return new MetricsLogger(JsonLines.open(file, step));
    }

    /** A training line. */
    public void log(StepMetrics metrics) throws IOException {
        out.write(metrics);
    }

    /** An evaluation line: {@code {"step": 100, "eval": {...}}}. */
    public void log(long step, EvalReport report) throws IOException {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("step", step);
        line.put("eval", report);
        out.write(line);
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
