package io.saryu.instruct;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads JSON lines of {@code {"instruction": ..., "input": ..., "output": ...}}, plain or packed. A row that cannot be used is
 * counted and left out; none stops the others. Other keys of a row are allowed and not read.
 */
public final class InstructionFile {
    private static final ObjectMapper JSON = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    /** Also of a file whose name says that it holds records: they are taken apart here. */
    private static final ReadOptions AS_LINES = new ReadOptions(1 << 20, false, InputFormat.TEXT, "text");

    private InstructionFile() {
    }

    /**
     * Reads a file.
     *
     * @param check  what a row must pass
     * @param report counts what is left out
     * @throws IOException when the file cannot be read
     */
    public static List<InstructionExample> read(Path file, RowCheck check, RowReport report) throws IOException {
        List<InstructionExample> rows = new ArrayList<>();
        Set<InstructionExample> seen = new HashSet<>();
        try (LineReader lines = new LineReader(Corpus.of(file), AS_LINES)) {
            for (String line = lines.next(); line != null; line = lines.next()) {
                if (line.isBlank()) {
                    continue;
                }
                report.read();
                InstructionExample row = parse(line, file, lines.lineNumber(), report);
                if (row == null) {
                    continue;
                }
                Optional<RowCheck.Finding> found = check.check(row);
                if (found.isPresent()) {
                    report.refuse(found.get().problem(), file, lines.lineNumber(), found.get().excerpt());
                } else if (!seen.add(row)) {
                    report.refuse(RowProblem.DUPLICATE, file, lines.lineNumber(), "");
                } else {
                    rows.add(row);
                }
            }
            for (ReadReport.BadLine bad : lines.report().badLineSamples()) {
                report.read();
                report.refuse(RowProblem.NOT_TEXT, file, bad.line(), bad.detail());
            }
            report.more(RowProblem.NOT_TEXT, lines.report().badLineCount() - lines.report().badLineSamples().size());
        }
        return rows;
    }

    private static InstructionExample parse(String line, Path file, long number, RowReport report) {
        JsonNode json;
        try {
            json = JSON.readTree(line);
        } catch (JsonProcessingException e) {
            report.refuse(RowProblem.BROKEN_JSON, file, number, e.getOriginalMessage().lines().findFirst().orElse(""));
            return null;
        }
        if (!json.isObject()) {
            report.refuse(RowProblem.BROKEN_JSON, file, number, "");
            return null;
        }
        JsonNode input = json.get("input");
        boolean noInput = input == null || input.isNull();
        if (!json.path("instruction").isTextual() || !json.path("output").isTextual() || !noInput && !input.isTextual()) {
            report.refuse(RowProblem.WRONG_FIELDS, file, number, String.join(", ", fields(json)));
            return null;
        }
        return new InstructionExample(json.get("instruction").asText(), noInput ? "" : input.asText(),
                json.get("output").asText());
    }

    private static List<String> fields(JsonNode json) {
        List<String> names = new ArrayList<>();
        json.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
