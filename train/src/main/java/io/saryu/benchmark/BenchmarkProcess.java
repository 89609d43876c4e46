package io.saryu.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A worker process that answers a line with a line of JSON. */
final class BenchmarkProcess implements AutoCloseable {
    private final String name;
    private final Process process;
    private final BufferedWriter in;
    private final BufferedReader out;
    private final JsonNode ready;

    /** Starts it and waits until it is ready; its standard error goes to {@code log}. */
    BenchmarkProcess(String name, List<String> command, Path log) throws IOException {
        this.name = name;
        this.process = new ProcessBuilder(command).redirectError(log.toFile()).start();
        this.in = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.ready = answer(log);
    }

    String name() {
        return name;
    }

    /** What it is, with versions. */
    String description() {
        return ready.path("ready").asText();
    }

    /** Parameters of its model. */
    long parameters() {
        return ready.path("parameters").asLong();
    }

    /** Bytes of weights that a token's pass reads. */
    long weightBytes() {
        return ready.path("weight_bytes").asLong();
    }

    /** Sends one request and waits for its answer. */
    JsonNode ask(String request, Path log) throws IOException {
        in.write(request);
        in.newLine();
        in.flush();
        return answer(log);
    }

    private JsonNode answer(Path log) throws IOException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith("{")) {
                return new ObjectMapper().readTree(line);
            }
        }
        throw new IOException("the benchmark process '" + name + "' ended early; its messages are in " + log);
    }

    @Override
    public void close() {
        process.destroy();
    }
}
