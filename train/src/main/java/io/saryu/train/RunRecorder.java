package io.saryu.train;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes {@code sessions.jsonl} (when which process worked on the run, on what, and how it left) and {@code samples.jsonl}
 * (what the model wrote). They are no part of {@code metrics.jsonl}, which is equal for equal runs.
 */
final class RunRecorder implements RunListener {
    private final RunFolder run;
    private JsonLines sessions;
    private JsonLines samples;

    RunRecorder(RunFolder run) {
        this.run = run;
    }

    @Override
    public void started(RunSession session) throws IOException {
        sessions = JsonLines.open(run.path().resolve("sessions.jsonl"), line -> true);
        samples = JsonLines.open(run.path().resolve("samples.jsonl"), session.step());
        sessions.write(Map.of("started", session));
    }

    @Override
    public void sampled(long step, List<Sample> texts) throws IOException {
        if (samples != null) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("step", step);
            line.put("samples", texts);
            samples.write(line);
        }
    }

    @Override
    public void ended(RunState state, long step) throws IOException {
        if (sessions != null) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("state", state.name().toLowerCase(Locale.ROOT));
            line.put("step", step);
            line.put("time", RunSession.now());
            sessions.write(Map.of("ended", line));
        }
    }

    @Override
    public void close() throws IOException {
        if (sessions != null) {
            sessions.close();
        }
        if (samples != null) {
            samples.close();
        }
    }
}
