package io.saryu.cli;

import io.saryu.files.AtomicFile;
import io.saryu.text.LanguageExamples;
import io.saryu.text.LanguageModel;
import io.saryu.text.LanguageScore;
import io.saryu.text.LanguageTrainer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "check-train", description = "Trains the language model of 'corpus check' from labelled lines.")
final class CorpusCheckTrainCommand extends SaryuSubcommand {
    @Parameters(paramLabel = "TSV", description = "Lines of a text, a tab and its language, as AWA BRA BHO MAG HIN; .xz and .gz too.")
    private String table;

    @Option(names = {"-o", "--out"}, required = true, paramLabel = "FILE", description = "Model to write.")
    private Path output;

    @Option(names = "--also", paramLabel = "LANG=INPUT",
            description = "Text that is all in one language, to train on too; not tested on.")
    private List<String> also = List.of();

    @Option(names = "--also-lines", defaultValue = "1500", paramLabel = "N",
            description = "Lines of each --also, evenly spread (default ${DEFAULT-VALUE}).")
    private int alsoLines;

    @Option(names = "--folds", defaultValue = "5", paramLabel = "N",
            description = "Folds of the cross-validation; 0 leaves it out (default ${DEFAULT-VALUE}).")
    private int folds;

    @Option(names = "--seed", defaultValue = "1", paramLabel = "N", description = "Of the folds (default ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    /** What is printed. */
    private record Report(String output, int examples, int also, int folds, long seed, Double macroF1, LanguageScore score) {
    }

    @Override
    void execute() throws Exception {
        if (alsoLines < 1) {
            throw new IllegalArgumentException("--also-lines must be at least 1, not " + alsoLines);
        }
        List<LanguageTrainer.Example> examples = LanguageExamples.ofTable(table);
        List<LanguageTrainer.Example> more = new ArrayList<>();
        for (String input : also) {
            for (Map.Entry<String, List<String>> one : NamedInputs.parse(List.of(input), "hi=hi.txt").entrySet()) {
                more.addAll(LanguageExamples.ofText(one.getKey(), one.getValue(), alsoLines));
            }
        }
        LanguageTrainer trainer = new LanguageTrainer(LanguageTrainer.Options.DEFAULT);
        LanguageScore score = folds == 0 ? null : trainer.crossValidate(examples, more, folds, seed);
        List<LanguageTrainer.Example> all = new ArrayList<>(examples);
        all.addAll(more);
        LanguageModel model = trainer.train(all);
        AtomicFile.write(output, out -> out.write(model.toBytes()));
        if (json) {
            printJson(new Report(output.toString(), examples.size(), more.size(), folds, seed,
                    score == null ? null : score.macroF1(), score));
            return;
        }
        out().printf("%s: %s, from %,d labelled lines and %,d more%n", output, String.join(", ", model.languages()),
                examples.size(), more.size());
        if (score != null) {
            out().printf("macro F1 %.4f in %d folds, seed %d:", score.macroF1(), folds, seed);
            for (int i = 0; i < score.languages().size(); i++) {
                out().printf(" %s %.4f", score.languages().get(i), score.f1(i));
            }
            out().println();
        }
    }
}
