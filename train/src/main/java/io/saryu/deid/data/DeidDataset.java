package io.saryu.deid.data;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saryu.files.AtomicFile;
import io.saryu.files.AtomicFolder;
import io.saryu.text.ProgressListener;
import io.saryu.tokenizer.TaskTags;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Makes a folder of de-identification data: for each language {@code LANG.train.jsonl} and {@code LANG.validation.jsonl}, rows
 * as {@link DeidRow} has them, and a data set card.
 */
public final class DeidDataset {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Progress is told so often. */
    private static final int STEP = 500;

    private DeidDataset() {
    }

    /**
     * What to make.
     *
     * @param count              rows of each language, both sides together, at least 10
     * @param validationFraction of these rows, above 0 and below 1
     * @param languages          of en, hi, awa; none twice
     * @param seed               another seed gives other rows; the templates and names of the two sides do not depend on it
     */
    public record Options(int count, double validationFraction, List<String> languages, long seed) {
        /** Checks them. */
        public Options {
            languages = List.copyOf(languages);
            if (count < 10) {
                throw new IllegalArgumentException("the count is " + count + "; give at least 10 rows a language");
            }
            if (!(validationFraction > 0 && validationFraction < 1) || Math.round(count * validationFraction) < 1
                    || Math.round(count * validationFraction) >= count) {
                throw new IllegalArgumentException("the validation fraction is " + validationFraction
                        + "; give one above 0 and below 1 that leaves both sides a row");
            }
            if (languages.isEmpty() || new HashSet<>(languages).size() < languages.size()
                    || !DeidGenerator.LANGUAGES.containsAll(languages)) {
                throw new IllegalArgumentException("the languages are " + String.join(",", languages) + "; give en, hi or awa, none twice");
            }
        }
    }

    /**
     * What one file holds.
     *
     * @param split     train or validation
     * @param templates that its rows were made of
     * @param withoutData rows without any personal data
     * @param spans     by tag, in the order of the tags' ids
     */
    public record FileReport(String file, String language, String split, int rows, int templates, int withoutData, Map<String, Integer> spans) {
    }

    /** What was made. */
    public record Report(String folder, long seed, List<FileReport> files) {
    }

    /**
     * Makes the folder.
     *
     * @param folder new or empty
     * @throws DirectoryNotEmptyException when there is something in it
     * @throws IOException                when it cannot be written; nothing is left then
     */
    public static Report write(Path folder, Options options, ProgressListener listener) throws IOException {
        refuseFull(folder);
        List<FileReport> files = new ArrayList<>();
        long total = (long) options.count() * options.languages().size();
        Path parent = folder.toAbsolutePath().normalize().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        AtomicFolder.write(folder, temporary -> {
            long done = 0;
            for (String language : options.languages()) {
                DeidGenerator generator = new DeidGenerator(language, options.seed());
                int held = (int) Math.round(options.count() * options.validationFraction());
                for (Side side : Side.values()) {
                    int rows = side == Side.TRAIN ? options.count() - held : held;
                    long before = done;
                    files.add(file(temporary, language, generator, side, rows, n -> listener.onProgress(before + n, total)));
                    done += rows;
                    listener.onProgress(done, total);
                }
            }
            AtomicFile.writeString(temporary.resolve("README.md"), DeidCard.text(options, files));
        });
        return new Report(folder.toString(), options.seed(), files);
    }

    private static void refuseFull(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (Stream<Path> inside = Files.list(folder)) {
                if (inside.findAny().isPresent()) {
                    throw new DirectoryNotEmptyException(folder.toString());
                }
            }
        }
    }

    /** Hears how many rows of a file are made. */
    @FunctionalInterface
    private interface RowCount {
        void at(int rows);
    }

    private static FileReport file(Path folder, String language, DeidGenerator generator, Side side, int count, RowCount made)
            throws IOException {
        Map<String, Integer> spans = new LinkedHashMap<>();
        TaskTags.all().forEach(tag -> spans.put(tag, 0));
        List<String> lines = new ArrayList<>(count);
        int[] without = {0};
        int templates = generator.rows(side, count, row -> {
            row.spans().forEach(span -> spans.merge(span.tag(), 1, Integer::sum));
            without[0] += row.spans().isEmpty() ? 1 : 0;
            lines.add(json(row).toString());
            if (lines.size() % STEP == 0) {
                made.at(lines.size());
            }
        }).size();
        String name = language + "." + side.fileName() + ".jsonl";
        AtomicFile.write(folder.resolve(name), out -> writeLines(out, lines));
        return new FileReport(name, language, side.fileName(), count, templates, without[0], spans);
    }

    private static void writeLines(OutputStream out, List<String> lines) throws IOException {
        for (String line : lines) {
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    private static ObjectNode json(DeidRow row) {
        ObjectNode json = JSON.createObjectNode().put("instruction", row.instruction()).put("input", row.input())
                .put("output", row.output()).put("language", row.language());
        ArrayNode spans = json.putArray("spans");
        row.spans().forEach(s -> spans.addObject().put("start", s.start()).put("end", s.end()).put("tag", s.tag()));
        return json;
    }
}
