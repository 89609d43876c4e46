package io.saryu.simplify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.saryu.text.Corpus;
import io.saryu.text.InputFormat;
import io.saryu.text.LineReader;
import io.saryu.text.ReadOptions;
import io.saryu.text.ReadReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Reads aligned pairs: JSON lines, or, where the name of the file says {@code .tsv}, two columns with a tab between. Plain or
 * packed. A line that cannot be used is counted; none stops the others.
 */
final class PairFile {
    private static final ObjectMapper JSON = JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
    /** Lines as they are: the fields of a line are this class's work. */
    private static final ReadOptions LINES = new ReadOptions(1 << 20, false, InputFormat.TEXT, "text");
    static final List<String> SOURCES = List.of("src", "source", "complex", "normal", "original", "input", "sentence");
    static final List<String> TARGETS = List.of("dst", "target", "simple", "simplified", "simplification", "output", "refs",
            "references", "simplifications");
    /** As many words more or fewer: no simplification but another text. */
    private static final int MISALIGNED = 4;

    private final String language;
    private final String sourceField;
    private final String targetField;
    private final int mostReferences;
    private final PairReport report;
    private final Consumer<Pair> to;

    /**
     * @param sourceField    key of the source; null to look for the usual ones
     * @param targetField    key of the target, a text or several; null to look for the usual ones
     * @param mostReferences targets to take of one source
     */
    PairFile(String language, String sourceField, String targetField, int mostReferences, PairReport report, Consumer<Pair> to) {
        this.language = language;
        this.sourceField = sourceField;
        this.targetField = targetField;
        this.mostReferences = mostReferences;
        this.report = report;
        this.to = to;
    }

    /** Reads all pairs of some files. */
    void read(List<String> inputs) throws IOException {
        try (LineReader lines = new LineReader(Corpus.of(inputs), LINES)) {
            for (String line = lines.next(); line != null; line = lines.next()) {
                if (!line.isBlank()) {
                    String name = lines.file().getFileName().toString();
                    String where = lines.file() + " line " + lines.lineNumber();
                    if (name.contains(".tsv")) {
                        columns(line, name, where);
                    } else {
                        json(line, name, where);
                    }
                }
            }
            for (ReadReport.BadLine bad : lines.report().badLineSamples()) {
                report.leaveOut(PairReport.Problem.BROKEN_LINE, bad.file() + " line " + bad.line() + ": " + bad.detail());
            }
        }
    }

    private void columns(String line, String name, String where) {
        String[] columns = line.split("\t", -1);
        if (columns.length != 2) {
            report.leaveOut(PairReport.Problem.BROKEN_LINE, where + ": " + columns.length + " columns, not a source and a target");
            return;
        }
        pair(columns[0], columns[1], name, where);
    }

    private void json(String line, String name, String where) {
        JsonNode json;
        try {
            json = JSON.readTree(line);
        } catch (JsonProcessingException e) {
            report.leaveOut(PairReport.Problem.BROKEN_LINE, where + ": not JSON");
            return;
        }
        JsonNode source = find(json, sourceField, SOURCES);
        JsonNode target = find(json, targetField, TARGETS);
        if (source == null || !source.isTextual() || target == null) {
            report.leaveOut(PairReport.Problem.BROKEN_LINE, where + ": no field of a source and a target, it has "
                    + String.join(", ", names(json)));
            return;
        }
        List<JsonNode> targets = new ArrayList<>();
        if (target.isArray()) {
            target.forEach(targets::add);
        } else {
            targets.add(target);
        }
        for (JsonNode one : targets.subList(0, Math.min(targets.size(), mostReferences))) {
            if (one.isTextual()) {
                pair(source.asText(), one.asText(), name, where);
            } else {
                report.leaveOut(PairReport.Problem.BROKEN_LINE, where + ": a target that is no text");
            }
        }
    }

    static JsonNode find(JsonNode json, String field, List<String> usual) {
        return field != null ? json.get(field) : usual.stream().map(json::get).filter(n -> n != null).findFirst().orElse(null);
    }

    static Set<String> names(JsonNode json) {
        Set<String> names = new TreeSet<>();
        json.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private void pair(String source, String target, String name, String where) {
        String s = source.strip();
        String t = target.strip();
        if (s.isEmpty() || t.isEmpty()) {
            report.leaveOut(PairReport.Problem.EMPTY, where);
        } else if (s.replaceAll("\\s+", " ").equals(t.replaceAll("\\s+", " "))) {
            report.leaveOut(PairReport.Problem.SAME, where);
        } else if (words(t) > MISALIGNED * words(s) || words(s) > MISALIGNED * words(t) + MISALIGNED) {
            report.leaveOut(PairReport.Problem.MISALIGNED, where);
        } else {
            to.accept(new Pair(s, t, language, name, false, s));
        }
    }

    private static int words(String text) {
        return text.split("\\s+").length;
    }
}
