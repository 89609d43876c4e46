package io.saryu.cli;

import io.saryu.deid.Deidentifier;
import io.saryu.deid.DeidentifyOptions;
import io.saryu.deid.MarkedText;
import io.saryu.deid.Redaction;
import io.saryu.deid.ReplacementStyle;
import io.saryu.deid.SpanScore;
import io.saryu.model.LanguageModel;
import io.saryu.report.DeidentifyPage;
import io.saryu.text.ProgressListener;
import io.saryu.tokenizer.TaskTags;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "deidentify", description = "Compares what is found in texts with the personal data that is known to be there: strict and"
        + " relaxed F1 by tag and language, leaks, over-masking.")
final class ScoreDeidentifyCommand extends SaryuSubcommand {
    @Parameters(arity = "1..*", paramLabel = "FILE", description = "JSON lines with a text and its spans, as saryu data deidentify"
            + " writes them, or with 'text' and 'label'.")
    private List<Path> files;

    @Mixin
    private ModelOptions model;

    @Option(names = "--map", split = ",", paramLabel = "LABEL=TAG",
            description = "What other labels mean: PERSON=NAME,GPE=LOCATION. Labels not named are not scored.")
    private List<String> map = List.of();

    @Option(names = "--instruction", defaultValue = DeidentifyOptions.INSTRUCTION, paramLabel = "TEXT",
            description = "What the model is asked to do (default ${DEFAULT-VALUE}).")
    private String instruction;

    @Option(names = "--threshold", defaultValue = "0.5", paramLabel = "P",
            description = "Probability from which on a tag is put (default ${DEFAULT-VALUE}).")
    private double threshold;

    @Option(names = "--no-patterns", description = "Measure the model alone, without patterns and checksums beside it.")
    private boolean noPatterns;

    @Option(names = "--limit", paramLabel = "N", description = "Only the first N texts of each file.")
    private Integer limit;

    @Option(names = "--batch", defaultValue = "32", paramLabel = "N", description = "Texts computed at once (default ${DEFAULT-VALUE}).")
    private int batch;

    @Mixin
    private ScoreOutput output;

    @Override
    void execute() throws Exception {
        Map<String, String> tags = tags();
        if (limit != null && limit < 1) {
            throw new IllegalArgumentException("--limit is " + limit + "; give at least 1");
        }
        output.check(files);
        try (LanguageModel m = model.open()) {
            Deidentifier deidentifier = new Deidentifier(m, new DeidentifyOptions(null, instruction, threshold, !noPatterns,
                    ReplacementStyle.TAG, batch));
            Map<String, SpanScore.Result> results = new LinkedHashMap<>();
            List<DeidentifyPage.Scored> scored = new ArrayList<>();
            for (Path file : files) {
                List<MarkedText> texts = MarkedText.read(file, tags);
                List<MarkedText> some = limit == null ? texts : texts.subList(0, Math.min(limit, texts.size()));
                SpanScore score = stage(progress(), "score " + file.getFileName(), "texts", l -> score(deidentifier, some, tags, l));
                results.put(file.toString(), score.result());
                scored.add(new DeidentifyPage.Scored(file.getFileName().toString(), score.result(), score.misses()));
            }
            output.write(this, results, page -> DeidentifyPage.write(page, model.name(), scored), () -> results.forEach(this::print));
        }
    }

    private Map<String, String> tags() {
        Map<String, String> tags = new LinkedHashMap<>();
        NamedInputs.parse(map, "PERSON=NAME").forEach((label, names) -> {
            String tag = "[" + names.getFirst() + "]";
            if (!TaskTags.all().contains(tag)) {
                throw new IllegalArgumentException("--map names the tag " + tag + "; the tags are " + String.join(" ", TaskTags.all()));
            }
            tags.put(label, tag);
        });
        return tags;
    }

    private SpanScore score(Deidentifier deidentifier, List<MarkedText> texts, Map<String, String> tags,
            ProgressListener listener) throws InterruptedException {
        SpanScore score = new SpanScore();
        Set<String> scored = tags.isEmpty() ? new HashSet<>(TaskTags.all()) : new HashSet<>(tags.values());
        for (int from = 0; from < texts.size(); from += batch) {
            List<MarkedText> some = texts.subList(from, Math.min(texts.size(), from + batch));
            List<Redaction> redactions = deidentifier.apply(some.stream().map(MarkedText::text).toList());
            for (int i = 0; i < some.size(); i++) {
                score.add(some.get(i), redactions.get(i).replacements().stream().map(Redaction.Replacement::span).toList(), scored);
            }
            listener.onProgress(from + some.size(), texts.size());
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        return score;
    }

    private void print(String file, SpanScore.Result r) {
        out().printf(Locale.ROOT, "%s: %,d texts%n%-24s %26s %26s %26s%n%-24s %8s %8s %8s %8s %8s %8s %8s %8s %8s%n", file, r.texts(), "", "",
                "strict", "relaxed", "", "there", "found", "correct", "prec.", "recall", "F1", "prec.", "recall", "F1");
        r.tags().forEach(this::print);
        print(r.all());
        leaks("all", r);
        r.languages().forEach(this::leaks);
        out().println();
    }

    private void print(SpanScore.Row row) {
        SpanScore.Rates s = row.strict();
        SpanScore.Rates x = row.relaxed();
        out().printf(Locale.ROOT, "%-24s %,8d %,8d %,8d %8.4f %8.4f %8.4f %8.4f %8.4f %8.4f%n", row.tag(), row.there(), row.found(),
                row.correct(), s.precision(), s.recall(), s.f1(), x.precision(), x.recall(), x.f1());
    }

    private void leaks(String name, SpanScore.Result r) {
        out().printf(Locale.ROOT, "%s: strict F1 %.4f, relaxed %.4f; leak rate %.2f %% of the characters (%.2f %% of what is there has one"
                + " left); over-masked %.2f %% of the others%n", name, r.all().strict().f1(), r.all().relaxed().f1(), 100 * r.leakRate(),
                100 * r.leakedRate(), 100 * r.overMasked());
    }
}
