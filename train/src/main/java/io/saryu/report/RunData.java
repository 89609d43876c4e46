package io.saryu.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.saryu.train.ConfigException;
import io.saryu.train.JsonLines;
import io.saryu.train.RunState;
import io.saryu.train.Sample;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What a run folder tells of its run. All that a report shows comes from here. */
final class RunData {
    /** Texts of one evaluation. */
    record SampleSet(long step, List<Sample> samples) {
    }

    private final Path folder;
    private final Map<String, Series> series = new LinkedHashMap<>();
    private final Set<String> languages = new LinkedHashSet<>();
    private final Map<String, JsonNode> lastEvaluation = new LinkedHashMap<>();
    private final List<SampleSet> samples = new ArrayList<>();
    private final List<JsonNode> sessions = new ArrayList<>();
    private String config = "";
    private JsonNode ended;
    private Instant updated = Instant.EPOCH;

    private RunData(Path folder) {
        this.folder = folder;
    }

    /**
     * Reads a run folder; a last line that is not complete, and what is not JSON, is passed over.
     *
     * @throws ConfigException when it is no run folder, or there is nothing in it to show yet
     */
    static RunData read(Path folder) throws IOException {
        if (!Files.isRegularFile(folder.resolve("config.yaml"))) {
            throw new ConfigException("there is no run in " + folder + ": it has no config.yaml; give the folder that saryu"
                    + " train wrote, such as runs/NAME");
        }
        RunData data = new RunData(folder);
        data.config = new String(Files.readAllBytes(folder.resolve("config.yaml")), StandardCharsets.UTF_8);
        Path metrics = folder.resolve("metrics.jsonl");
        if (Files.isDirectory(metrics)) {
            throw new IOException(metrics + " is a folder where a run keeps a file; move the folder away");
        }
        for (JsonNode line : JsonLines.read(metrics)) {
            data.metrics(line);
        }
        if (data.series.isEmpty()) {
            throw new ConfigException("the run in " + folder + " has no metrics yet: metrics.jsonl "
                    + (Files.exists(metrics) ? "holds no step" : "is not there") + "; wait until it has done its first"
                    + " train.logging_steps steps");
        }
        data.updated = Files.getLastModifiedTime(metrics).toInstant();
        for (JsonNode line : JsonLines.read(folder.resolve("samples.jsonl"))) {
            data.samples(line);
        }
        for (JsonNode line : JsonLines.read(folder.resolve("sessions.jsonl"))) {
            if (line.path("started").isObject()) {
                data.sessions.add(line.path("started"));
                data.ended = null;
            } else if (line.path("ended").isObject()) {
                data.ended = line.path("ended");
            }
        }
        return data;
    }

    private void metrics(JsonNode line) {
        if (!line.path("step").isNumber()) {
            return;
        }
        double step = line.path("step").asDouble();
        JsonNode eval = line.path("eval");
        if (eval.isObject()) {
            eval.path("results").forEach(r -> evaluation(step, r.path("name").asText(), r));
            evaluation(step, "", eval.path("overall"));
            return;
        }
        line.properties().forEach(e -> add(step, e.getKey(), e.getValue()));
        line.path("memory").properties().forEach(e -> add(step, "memory/" + e.getKey(), e.getValue()));
    }

    private void evaluation(double step, String name, JsonNode result) {
        if (!name.isEmpty()) {
            languages.add(name);
        }
        lastEvaluation.put(name, result);
        for (String figure : List.of("loss", "perplexity", "bits_per_byte")) {
            add(step, "eval/" + name + "/" + figure, result.path(figure));
        }
    }

    private void add(double step, String name, JsonNode value) {
        if (value.isNumber()) {
            series.computeIfAbsent(name, n -> new Series()).add(step, value.asDouble());
        }
    }

    private void samples(JsonNode line) {
        List<Sample> texts = new ArrayList<>();
        line.path("samples").forEach(s -> texts.add(new Sample(s.path("name").asText(null), s.path("prompt").asText(""),
                s.path("text").asText(""))));
        if (line.path("step").isNumber() && !texts.isEmpty()) {
            samples.add(new SampleSet(line.path("step").asLong(), texts));
        }
    }

    /** The folder's name, with that of the folder around it, where there is one. */
    String name() {
        Path path = folder.toAbsolutePath().normalize();
        int n = path.getNameCount();
        return n == 0 ? path.toString() : path.subpath(Math.max(0, n - 2), n).toString();
    }

    /** A figure by its name in metrics.jsonl; that of a language is {@code eval/NAME/loss}, overall {@code eval//loss}. */
    Series series(String name) {
        return series.getOrDefault(name, new Series());
    }

    /** Texts that the run was evaluated on, in order. */
    Set<String> languages() {
        return languages;
    }

    /** The newest evaluation of a language, or of all together with the empty name; missing where there is none. */
    JsonNode evaluation(String language) {
        return lastEvaluation.getOrDefault(language, MissingNode.getInstance());
    }

    List<SampleSet> samples() {
        return samples;
    }

    /** The resolved configuration's YAML. */
    String config() {
        return config;
    }

    /** A value of the newest session, or a missing node. */
    JsonNode session(String key) {
        return sessions.isEmpty() ? MissingNode.getInstance()
                : sessions.getLast().path(key);
    }

    /** Processes that have worked on the run. */
    int sessions() {
        return sessions.size();
    }

    /** Steps that have metrics. */
    long step() {
        return series.values().stream().mapToLong(s -> s.isEmpty() ? 0 : (long) s.lastStep()).max().orElse(0);
    }

    /** Steps of the whole run, or 0 where it is not known. */
    long totalSteps() {
        return session("total_steps").asLong(0);
    }

    /** When metrics were last written. */
    Instant updated() {
        return updated;
    }

    /** How the run is, as far as the folder tells. */
    RunState state() throws IOException {
        if (ended != null) {
            try {
                return RunState.valueOf(ended.path("state").asText().toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException e) {
                return RunState.STOPPED;
            }
        }
        if (sessions.isEmpty()) {
            // Written before there were sessions.
            return Files.isDirectory(folder.resolve("model")) ? RunState.FINISHED : RunState.STOPPED;
        }
        Path lock = folder.resolve(".lock");
        String pid = Files.isReadable(lock) ? new String(Files.readAllBytes(lock), StandardCharsets.US_ASCII) : "";
        boolean alive = pid.matches("\\d{1,9}") && ProcessHandle.of(Long.parseLong(pid)).isPresent();
        return alive ? RunState.RUNNING : RunState.LOST;
    }

    /** Seconds of training, evaluations and checkpoints left out; NaN where speeds are not known. */
    double trainingSeconds() {
        Series tokens = series("tokens");
        Series speed = series("tokens_per_second");
        if (tokens.size() != speed.size() || tokens.isEmpty()) {
            return Double.NaN;
        }
        double seconds = 0;
        double before = 0;
        for (int i = 0; i < tokens.size(); i++) {
            seconds += (tokens.value(i) - before) / Math.max(1e-9, speed.value(i));
            before = tokens.value(i);
        }
        return seconds;
    }

    /** Seconds until the last step at the pace of this session, evaluations and checkpoints included; NaN where unknown. */
    double secondsLeft() {
        double done = step() - session("step").asDouble(Double.NaN);
        try {
            double took = (updated.toEpochMilli() - Instant.parse(session("time").asText()).toEpochMilli()) / 1000.0;
            return done > 0 && took > 0 ? (totalSteps() - step()) * took / done : Double.NaN;
        } catch (DateTimeParseException e) {
            return Double.NaN;
        }
    }

    /** Share of the measured peak by step; empty where no peak is known. */
    Series mfu() {
        double factor = session("flops_per_token").asDouble(Double.NaN) / session("peak_flops").asDouble(Double.NaN);
        return Double.isFinite(factor) ? series("tokens_per_second").times(factor) : new Series();
    }
}
