package io.saryu.cli;

import io.saryu.deid.Deidentifier;
import io.saryu.deid.DeidentifyOptions;
import io.saryu.deid.MarkedText;
import io.saryu.deid.Redaction;
import io.saryu.deid.ReplacementStyle;
import io.saryu.deid.Span;
import io.saryu.deid.SpanScore;
import io.saryu.model.LanguageModel;
import io.saryu.text.ProgressListener;
import io.saryu.tokenizer.TaskTags;
import java.nio.file.Path;
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

@Command(name = "deidentify", description = "Compares what is found in texts with the personal data that is known to be there: strict F1"
        + " (start, end and tag), and leaks.")
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

    @Option(names = "--json", description = "Print the figures as JSON.")
    private boolean json;

    @Override
    void execute() throws Exception {
        Map<String, String> tags = tags();
        try (LanguageModel m = model.open()) {
            Deidentifier deidentifier = new Deidentifier(m, new DeidentifyOptions(null, instruction, threshold, !noPatterns,
                    ReplacementStyle.TAG, batch));
            Map<String, SpanScore.Result> results = new LinkedHashMap<>();
            for (Path file : files) {
                List<MarkedText> texts = MarkedText.read(file, tags);
                List<MarkedText> some = limit == null ? texts : texts.subList(0, Math.min(limit, texts.size()));
                results.put(file.toString(), textStage("score " + file.getFileName(), l -> score(deidentifier, some, tags, l)));
            }
            if (json) {
                printJson(results);
            } else {
                results.forEach(this::print);
            }
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

    private SpanScore.Result score(Deidentifier deidentifier, List<MarkedText> texts, Map<String, String> tags,
            ProgressListener listener) {
        SpanScore score = new SpanScore();
        Set<String> scored = tags.isEmpty() ? new HashSet<>(TaskTags.all()) : new HashSet<>(tags.values());
        for (int from = 0; from < texts.size() && !Thread.currentThread().isInterrupted(); from += batch) {
            List<MarkedText> some = texts.subList(from, Math.min(texts.size(), from + batch));
            List<Redaction> redactions = deidentifier.apply(some.stream().map(MarkedText::text).toList());
            for (int i = 0; i < some.size(); i++) {
                List<Span> found = redactions.get(i).replacements().stream().map(Redaction.Replacement::span)
                        .filter(s -> scored.contains(s.tag())).toList();
                score.add(some.get(i), found);
            }
            listener.onProgress(from + some.size(), texts.size());
        }
        return score.result();
    }

    private void print(String file, SpanScore.Result r) {
        out().printf(Locale.ROOT, "%s: %,d texts%n%-24s %8s %8s %8s %10s %8s %8s%n", file, r.texts(), "", "there", "found", "correct",
                "precision", "recall", "F1");
        r.tags().forEach(this::print);
        print(r.all());
        out().printf(Locale.ROOT, "left unmarked: %.2f %% of what is there (a character or more of it), %.2f %% of its characters%n%n",
                100 * r.leakRate(), 100 * r.characterRate());
    }

    private void print(SpanScore.Row row) {
        out().printf(Locale.ROOT, "%-24s %,8d %,8d %,8d %10.4f %8.4f %8.4f%n", row.tag(), row.there(), row.found(), row.correct(),
                row.precision(), row.recall(), row.f1());
    }
}
