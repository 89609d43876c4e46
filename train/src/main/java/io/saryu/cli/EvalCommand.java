package io.saryu.cli;

import io.saryu.data.EvalWindows;
import io.saryu.data.TokenFileSequence;
import io.saryu.eval.EvalReport;
import io.saryu.eval.Evaluator;
import io.saryu.files.TokenFile;
import io.saryu.model.LanguageModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "eval", description = "Measures how well a model predicts token files: loss, perplexity, bits per byte.")
final class EvalCommand extends SaryuSubcommand {
    @Mixin
    private ModelOptions model;

    @Option(names = "--data", required = true, paramLabel = "NAME=FILE",
            description = "Token file that saryu tokenizer encode wrote. May be given several times.")
    private List<String> data;

    @Option(names = "--context", paramLabel = "T",
            description = "Tokens of a window, each predicting the next (default: the model's longest context).")
    private Integer context;

    @Option(names = "--batch", defaultValue = "8", paramLabel = "N",
            description = "Windows computed at once (default ${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    @Override
    void execute() throws Exception {
        Map<String, List<String>> files = NamedInputs.parse(data, "en=en.validation.bin");
        if (batch < 1) {
            throw new IllegalArgumentException("--batch is " + batch + "; give at least 1");
        }
        List<TokenFileSequence> opened = new ArrayList<>();
        try (LanguageModel m = model.open()) {
            int longest = m.network().config().maxPositionEmbeddings();
            int length = context == null ? longest : context;
            if (length < 1 || length > longest) {
                throw new IllegalArgumentException("--context is " + length + "; this model takes from 1 to " + longest
                        + " tokens");
            }
            Map<String, EvalWindows> texts = new LinkedHashMap<>();
            for (Map.Entry<String, List<String>> e : files.entrySet()) {
                if (e.getValue().size() > 1) {
                    throw new IllegalArgumentException("'" + e.getKey() + "' is given twice; give each text its own name");
                }
                TokenFileSequence tokens = new TokenFileSequence(TokenFile.open(Path.of(e.getValue().getFirst())));
                opened.add(tokens);
                String made = tokens.info().tokenizerSha256();
                if (made != null && !made.equals(m.tokenizer().sha256())) {
                    throw new IllegalArgumentException(tokens.path() + " was encoded with another tokenizer than this model's;"
                            + " encode the text again with saryu tokenizer encode");
                }
                texts.put(e.getKey(), new EvalWindows(tokens, length, Math.max(0, tokens.info().textBytes())));
            }
            EvalReport report = Interrupt.stop(() -> new Evaluator(m.network(), m.context(), batch).run(texts, progress()));
            out().print(json ? report.toJson() + System.lineSeparator() : report.toText());
        } finally {
            for (TokenFileSequence file : opened) {
                file.close();
            }
        }
    }
}
