package io.saryu.cli;

import io.saryu.generate.GenerationOptions;
import io.saryu.generate.TextGenerator;
import io.saryu.model.LanguageModel;
import io.saryu.text.SentenceSplitter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "simplify", description = "Makes sentences easier to read with a model that was tuned to; a line in, a line out.")
final class SimplifyCommand extends SaryuSubcommand {
    @Mixin
    private ModelOptions model;

    @Mixin
    private LineTask lines;

    @Option(names = "--instruction", defaultValue = "Simplify the following sentence to make it easier to read.", paramLabel = "TEXT",
            description = "What the model is asked to do (default ${DEFAULT-VALUE}).")
    private String instruction;

    @Option(names = "--max-new-tokens", defaultValue = "256", paramLabel = "N",
            description = "Tokens of an answer at most (default ${DEFAULT-VALUE}).")
    private int maxNewTokens;

    private final SentenceSplitter splitter = new SentenceSplitter();

    @Override
    void execute() throws Exception {
        try (LanguageModel m = model.open()) {
            // A model that was not tuned is refused before the first line.
            m.prompt(instruction, "");
            Interrupt.stop(() -> {
                lines.run(texts -> simplify(m, texts), err());
                return null;
            });
        }
    }

    /** Sentence by sentence, as the model was tuned; a blank line stays as it is. */
    private List<LineTask.Result> simplify(LanguageModel m, List<String> texts) {
        List<List<String>> sentences = texts.stream().map(splitter::split).toList();
        List<String> prompts = sentences.stream().flatMap(List::stream).map(s -> m.prompt(instruction, s)).toList();
        Iterator<String> answers = m.generate(prompts, GenerationOptions.greedy(maxNewTokens), TextGenerator.Listener.NONE).iterator();
        List<LineTask.Result> results = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            List<String> simple = new ArrayList<>();
            sentences.get(i).forEach(s -> simple.add(answers.next().strip()));
            results.add(new LineTask.Result(simple.isEmpty() ? texts.get(i) : String.join(" ", simple), null));
        }
        return results;
    }
}
