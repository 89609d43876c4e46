package io.saryu.cli;

import io.saryu.files.AtomicFile;
import io.saryu.model.LanguageModel;
import io.saryu.report.SimplifyPage;
import io.saryu.simplify.ReferenceText;
import io.saryu.simplify.Simplifier;
import io.saryu.simplify.SimplifyScore;
import io.saryu.text.ProgressListener;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "simplify", description = "Compares simplifications with those that people wrote: SARI, BLEU, length, copies. Scores a"
        + " model, outputs that any system wrote, and the copy of the input as a baseline.")
final class ScoreSimplifyCommand extends SaryuSubcommand {
    @Parameters(arity = "1", paramLabel = "ROWS", description = "JSON lines with a text and its simplifications, one or several (src, source,"
            + " complex, input, ... and refs, references, dst, simple, output, ...); plain or packed.")
    private Path file;

    @ArgGroup(exclusive = false)
    private ModelOptions model;

    @Option(names = "--output", paramLabel = "FILE", description = "Score the lines of this file, one of each text in their order, without"
            + " a model. Several times; NAME=FILE names the system.")
    private List<String> outputs = List.of();

    @Option(names = "--copy", description = "Also score the inputs themselves.")
    private boolean copy;

    @Option(names = "--instruction", paramLabel = "TEXT", description = "What the model is asked to do (default: " + Simplifier.INSTRUCTION
            + ")")
    private String instruction = Simplifier.INSTRUCTION;

    @Option(names = "--max-new-tokens", defaultValue = "256", paramLabel = "N",
            description = "Tokens of an answer at most (default ${DEFAULT-VALUE}).")
    private int maxNewTokens;

    @Option(names = "--source-field", paramLabel = "KEY", description = "Key of the text in the rows (default: the usual ones).")
    private String sourceField;

    @Option(names = "--target-field", paramLabel = "KEY", description = "Key of the simplifications (default: the usual ones).")
    private String targetField;

    @Option(names = "--limit", paramLabel = "N", description = "Only the first N texts.")
    private Integer limit;

    @Option(names = "--batch", defaultValue = "16", paramLabel = "N", description = "Texts computed at once (default ${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--save", paramLabel = "FILE", description = "Write the model's simplifications, a line each, for --output.")
    private Path save;

    @Mixin
    private ScoreOutput output;

    private int tooLong;

    /** The report. */
    private record Report(String file, List<SimplifyScore> systems) {
    }

    @Override
    void execute() throws Exception {
        if (model == null && outputs.isEmpty() && !copy) {
            throw new IllegalArgumentException("there is nothing to score; give --model DIR, --output FILE or --copy");
        }
        if (model == null && save != null) {
            throw new IllegalArgumentException("--save keeps what a model writes; give --model DIR, too");
        }
        if (batch < 1 || limit != null && limit < 1) {
            throw new IllegalArgumentException("--batch and --limit are numbers of texts; give at least 1");
        }
        output.check(List.of(file));
        List<ReferenceText> all = ReferenceText.read(file, sourceField, targetField);
        List<ReferenceText> rows = limit == null ? all : all.subList(0, Math.min(limit, all.size()));
        Map<String, List<String>> systems = new LinkedHashMap<>();
        for (String given : outputs) {
            int equals = given.indexOf('=');
            Path path = Path.of(given.substring(equals + 1));
            put(systems, equals < 1 ? path.getFileName().toString() : given.substring(0, equals), lines(path, all.size(), rows.size()));
        }
        List<SimplifyScore> scores = new ArrayList<>();
        if (model != null) {
            scores.add(SimplifyScore.of("model", rows, simplify(rows)));
        }
        systems.forEach((name, lines) -> scores.add(SimplifyScore.of(name, rows, lines)));
        if (copy) {
            scores.add(SimplifyScore.of("copy", rows, rows.stream().map(ReferenceText::source).toList()));
        }
        output.write(this, new Report(file.toString(), scores), page -> SimplifyPage.write(page, file.getFileName().toString(), scores),
                () -> print(scores));
        if (tooLong > 0) {
            err().printf(Locale.ROOT, "saryu: %,d texts are longer than the model's context; they count as copied%n", tooLong);
        }
    }

    private static void put(Map<String, List<String>> systems, String name, List<String> lines) {
        if (systems.put(name, lines) != null) {
            throw new IllegalArgumentException("two outputs are named '" + name + "'; name them with --output NAME=FILE");
        }
    }

    private List<String> lines(Path path, int all, int some) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new IllegalArgumentException(path + (Files.exists(path) ? " is not a file" : " is not there")
                    + "; give a text file with a line of each text");
        }
        List<String> lines;
        try {
            lines = Files.readAllLines(path);
        } catch (CharacterCodingException e) {
            throw new IOException(path + " is not UTF-8 text; give a line of text for each row of " + file, e);
        }
        if (lines.size() != all && lines.size() != some) {
            throw new IllegalArgumentException(String.format(Locale.ROOT, "%s has %,d lines, and %s has %,d texts; give one line of each"
                    + " text, in their order", path, lines.size(), file, all));
        }
        return lines.subList(0, some);
    }

    private List<String> simplify(List<ReferenceText> rows) throws Exception {
        try (LanguageModel m = model.open()) {
            Simplifier simplifier = new Simplifier(m, instruction, maxNewTokens);
            List<String> simple = stage(progress(), "simplify " + file.getFileName(), "texts", l -> simplify(simplifier, rows, l));
            if (save != null) {
                StringBuilder lines = new StringBuilder();
                simple.forEach(s -> lines.append(s.replaceAll("\\R", " ")).append('\n'));
                AtomicFile.writeString(save, lines.toString());
            }
            return simple;
        }
    }

    private List<String> simplify(Simplifier simplifier, List<ReferenceText> rows, ProgressListener listener) throws InterruptedException {
        List<String> simple = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += batch) {
            List<String> some = rows.subList(from, Math.min(rows.size(), from + batch)).stream().map(ReferenceText::source).toList();
            simple.addAll(simplify(simplifier, some));
            listener.onProgress(simple.size(), rows.size());
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        return simple;
    }

    /** All at once; where that is refused, one by one, so that only a text that is too long stays as it is. */
    private List<String> simplify(Simplifier simplifier, List<String> texts) {
        try {
            return simplifier.apply(texts);
        } catch (IllegalArgumentException e) {
            if (texts.size() > 1) {
                return texts.stream().flatMap(t -> simplify(simplifier, List.of(t)).stream()).toList();
            }
            tooLong++;
            return texts;
        }
    }

    private void print(List<SimplifyScore> scores) {
        out().printf(Locale.ROOT, "%s: %,d texts%n%-20s %7s %7s %7s %7s %7s %8s %8s %8s%n", file, scores.getFirst().all().texts(), "",
                "SARI", "add", "keep", "delete", "BLEU", "words", "length", "copies");
        for (SimplifyScore score : scores) {
            print(score.system(), score.all());
            score.languages().forEach((language, figures) -> print("  " + language, figures));
        }
        SimplifyScore.Figures first = scores.getFirst().all();
        out().printf(Locale.ROOT, "%nSARI as EASSE computes it (%.2f with the precision of deleting, as the paper has it).%nBLEU %s%n"
                + "words: of the outputs for each of the references; length: characters of an output for each of its source%n",
                (first.sariAdd() + first.sariKeep() + first.sariDeletePrecision()) / 3, first.bleuSignature());
    }

    private void print(String name, SimplifyScore.Figures f) {
        out().printf(Locale.ROOT, "%-20s %7.2f %7.2f %7.2f %7.2f %7.2f %8.3f %8.3f %6.1f %%%n", name, f.sari(), f.sariAdd(), f.sariKeep(),
                f.sariDelete(), f.bleu(), f.lengthRatio(), f.compressionRatio(), 100 * f.exactCopies());
    }
}
