package io.saryu.cli;

import io.saryu.model.LanguageModel;
import io.saryu.simplify.Simplifier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "simplify", description = "Makes sentences easier to read with a model that was tuned to; a line in, a line out.")
final class SimplifyCommand extends SaryuSubcommand {
    @Mixin
    private ModelOptions model;

    @Mixin
    private LineTask lines;

    @Option(names = "--instruction", defaultValue = Simplifier.INSTRUCTION, paramLabel = "TEXT",
            description = "What the model is asked to do (default ${DEFAULT-VALUE}).")
    private String instruction;

    @Option(names = "--max-new-tokens", defaultValue = "256", paramLabel = "N",
            description = "Tokens of an answer at most (default ${DEFAULT-VALUE}).")
    private int maxNewTokens;

    @Override
    void execute() throws Exception {
        try (LanguageModel m = model.open()) {
            Simplifier simplifier = new Simplifier(m, instruction, maxNewTokens);
            Interrupt.stop(() -> {
                lines.run(texts -> simplifier.apply(texts).stream().map(t -> new LineTask.Result(t, null)).toList(), err());
                return null;
            });
        }
    }
}
