package io.saryu.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A worker process that answers a line with a line of JSON. What else it says goes to a log of its own, which is gone with it
 * unless it failed.
 */
final class BenchmarkProcess implements AutoCloseable {
    /** Of the log, in the message of a failure: the folder of the log may not be there any more when it is read. */
    private static final int LAST_LINES = 20;
    private static final long CLOSE_SECONDS = 10;

    private final String name;
    private final Path log;
    private final Process process;
    private final BufferedWriter in;
    private final BufferedReader out;
    private final JsonNode ready;
    private boolean failed;

    /**
     * Starts it and waits until it is ready.
     *
     * @param logs the folder for its log, which is named like it
     * @throws IOException when it does not start or ends before it is ready, with the last lines that it said
     */
    BenchmarkProcess(String name, List<String> command, Path logs) throws IOException {
        this.name = name;
        this.log = logs.resolve(name.replaceAll("[^A-Za-z0-9]+", "-") + ".log");
        this.process = new ProcessBuilder(command).redirectError(log.toFile()).start();
        this.in = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.ready = answer();
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

    /**
     * Sends one request and waits for its answer.
     *
     * @throws IOException when it has ended, with the last lines that it said
     */
    JsonNode ask(String request) throws IOException {
        try {
            in.write(request);
            in.newLine();
            in.flush();
        } catch (IOException e) {
            // It has ended, and what it said tells more than that nobody reads.
            throw ended();
        }
        return answer();
    }

    private JsonNode answer() throws IOException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith("{")) {
                return new ObjectMapper().readTree(line);
            }
        }
        throw ended();
    }

    private IOException ended() throws IOException {
        failed = true;
        process.destroy();
        List<String> said = new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().filter(l -> !l.isBlank()).toList();
        if (said.isEmpty()) {
            return new IOException("the benchmark process '" + name + "' ended early and said nothing");
        }
        return new IOException("the benchmark process '" + name + "' ended early; the last of what it said, which is in " + log + ":"
                + System.lineSeparator()
                + String.join(System.lineSeparator(), said.subList(Math.max(0, said.size() - LAST_LINES), said.size())));
    }

    /** Returns when it has ended, and a GPU has its memory back. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        if (!failed) {
            try {
                Files.deleteIfExists(log);
            } catch (IOException e) {
                // It stays where temporary files are.
            }
        }
    }

    /** A folder for the logs of some processes. */
    static Path newLogs() throws IOException {
        return Files.createTempDirectory("saryu-bench");
    }

    /** Removes a folder that holds no log any more. */
    static void removeIfEmpty(Path logs) {
        try {
            Files.deleteIfExists(logs);
        } catch (IOException e) {
            // It holds what a process said that failed.
        }
    }
}
