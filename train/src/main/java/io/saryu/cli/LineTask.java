package io.saryu.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saryu.files.AtomicFile;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Files or standard input in, a line for each line out, in their order. A line that cannot be worked on is marked in the output,
 * in its place, and does not stop the rest.
 */
final class LineTask {
    private static final JsonMapper JSON = new JsonMapper();

    @Parameters(arity = "0..*", paramLabel = "FILE", description = "Text files, a text a line (default: standard input).")
    private List<Path> files = List.of();

    @Option(names = {"-o", "--out"}, paramLabel = "FILE", description = "File to write (default: standard output).")
    private Path output;

    @Option(names = "--field", paramLabel = "NAME", description = "The input is JSONL; work on this field of each object.")
    private String field;

    @Option(names = "--json", description = "Write a JSON object for each line.")
    private boolean json;

    @Option(names = "--batch", defaultValue = "16", paramLabel = "N",
            description = "Lines computed at once (default ${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--max-line-bytes", defaultValue = "1048576", paramLabel = "N",
            description = "Longer lines are marked and left out (default ${DEFAULT-VALUE}).")
    private int mostBytes;

    private long lines;
    private long bad;

    /** What is done with texts. */
    @FunctionalInterface
    interface Work {
        /** A result for each text, in their order. */
        List<Result> apply(List<String> texts);
    }

    /**
     * What became of a text.
     *
     * @param text   the new text
     * @param detail more about it, for JSON; may be null
     */
    record Result(String text, JsonNode detail) {
    }

    int batch() {
        if (batch < 1) {
            throw new IllegalArgumentException("--batch is " + batch + "; give at least 1");
        }
        return batch;
    }

    /** Reads, works and writes until the input ends. */
    void run(Work work, PrintWriter err) throws IOException {
        for (Path file : files) {
            if (!Files.isRegularFile(file)) {
                throw new IllegalArgumentException(file + (Files.exists(file) ? " is not a file" : " is not there") + "; give text files");
            }
            if (output != null && Files.exists(output) && Files.isSameFile(output, file)) {
                throw new IllegalArgumentException("the output " + output + " is also an input; give the output another name");
            }
        }
        if (output != null) {
            AtomicFile.write(output, out -> all(work, out, err));
        } else {
            all(work, System.out, err);
        }
        if (bad > 0) {
            err.printf("saryu: %,d of %,d lines could not be worked on; they are marked in the output%n", bad, lines);
        }
    }

    private void all(Work work, OutputStream out, PrintWriter err) throws IOException {
        if (files.isEmpty()) {
            stream(System.in, "standard input", work, out, err);
        }
        for (Path file : files) {
            try (InputStream in = Files.newInputStream(file)) {
                stream(in, file.toString(), work, out, err);
            }
        }
    }

    private void stream(InputStream in, String name, Work work, OutputStream out, PrintWriter err) throws IOException {
        LineSource source = new LineSource(new BufferedInputStream(in, 1 << 16), mostBytes);
        for (LineSource.Line line = source.next(); line != null; line = source.next()) {
            List<LineSource.Line> some = new ArrayList<>(List.of(line));
            while (some.size() < batch() && source.ready()) {
                LineSource.Line more = source.next();
                if (more == null) {
                    break;
                }
                some.add(more);
            }
            write(some, name, work, out, err);
            out.flush();
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
        }
    }

    /** A line on its way: its text, what became of it, or what is wrong. */
    private record Item(LineSource.Line line, ObjectNode object, String text, Result result, String problem) {
        Item done(Result what) {
            return new Item(line, object, text, what, null);
        }

        Item failed(String why) {
            return new Item(line, object, text, null, why);
        }
    }

    /** All at once; where that is refused, one by one, so that only what is wrong is left out. */
    private static List<Item> applied(List<Item> items, Work work) {
        List<String> texts = items.stream().filter(i -> i.problem() == null).map(Item::text).toList();
        try {
            Iterator<Result> results = texts.isEmpty() ? List.<Result>of().iterator() : work.apply(texts).iterator();
            return items.stream().map(i -> i.problem() == null ? i.done(results.next()) : i).toList();
        } catch (IllegalArgumentException e) {
            if (items.size() == 1) {
                return List.of(items.getFirst().failed(e.getMessage()));
            }
            return items.stream().flatMap(i -> applied(List.of(i), work).stream()).toList();
        }
    }

    private void write(List<LineSource.Line> some, String name, Work work, OutputStream out, PrintWriter err) throws IOException {
        List<Item> items = some.stream().map(this::item).toList();
        items = applied(items, work);
        for (Item item : items) {
            lines++;
            Result result = item.result();
            if (result == null) {
                bad++;
                err.printf("saryu: line %,d of %s is left out: %s%n", item.line().number(), name, item.problem());
            }
            out.write(render(item, result).getBytes(StandardCharsets.UTF_8));
            if (item.line().ended()) {
                out.write('\n');
            }
        }
    }

    private Item item(LineSource.Line line) {
        if (line.problem() != null || field == null) {
            return new Item(line, null, line.text(), null, line.problem() != null ? line.problem() : unpaired(line.text()));
        }
        try {
            JsonNode node = JSON.readTree(line.text());
            if (node instanceof ObjectNode object && object.path(field).isTextual()) {
                return new Item(line, object, object.path(field).asText(), null, unpaired(object.path(field).asText()));
            }
            return new Item(line, null, null, null, "it is no JSON object with a text '" + field + "'");
        } catch (JsonProcessingException e) {
            return new Item(line, null, null, null, "it is not JSON: " + e.getOriginalMessage().lines().findFirst().orElse(""));
        }
    }

    /** JSON can say half a character, which no file can hold. */
    private static String unpaired(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean pair = Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1));
            if (Character.isSurrogate(c) && !pair) {
                return "it holds half of a surrogate pair";
            }
            i += pair ? 1 : 0;
        }
        return null;
    }

    private String render(Item item, Result result) throws IOException {
        if (!json && field == null) {
            return result == null ? "[line " + item.line().number() + ": " + item.problem() + "]" : result.text();
        }
        ObjectNode object = item.object() == null ? JSON.createObjectNode() : item.object();
        if (item.object() == null) {
            object.put("line", item.line().number());
        }
        if (result == null) {
            return JSON.writeValueAsString(object.put("error", item.problem()));
        }
        object.put(field == null ? "text" : field, result.text());
        if (json && result.detail() != null) {
            object.setAll((ObjectNode) result.detail());
        }
        return JSON.writeValueAsString(object);
    }
}
