package io.saryu.cli;

import io.saryu.backend.Backends;
import io.saryu.data.EncodeCorpus;
import io.saryu.report.Amounts;
import io.saryu.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

@Command(name = "encode", description = "Encodes text to a token file for training, or one text to ids on the terminal.")
final class TokenizerEncodeCommand extends SaryuSubcommand {
    @Parameters(arity = "0..*", paramLabel = "INPUT", description = "Text files, folders or globs.")
    private List<String> inputs = List.of();

    @Option(names = "--tokenizer", required = true, paramLabel = "DIR", description = "Tokenizer or model folder.")
    private Path tokenizerFolder;

    @Option(names = {"-o", "--out"}, paramLabel = "FILE", description = "Token file (.bin) to write.")
    private Path output;

    @Option(names = "--text", paramLabel = "TEXT", description = "Print the ids of this text; \\n means a newline.")
    private String text;

    @Option(names = "--language", defaultValue = "und", paramLabel = "CODE",
            description = "Language to note beside the token file, such as hi (default ${DEFAULT-VALUE}: not said).")
    private String language;

    @Option(names = "--threads", defaultValue = "0", paramLabel = "N",
            description = "CPU threads; 0 takes SARYU_THREADS or all cores.")
    private int threads;

    @Mixin
    private EncoderOption encoder;

    @Mixin
    private ReadingOptions reading;

    @Mixin
    private ReadingOptions.Unit unit;

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    @Override
    void execute() throws Exception {
        boolean toFile = !inputs.isEmpty() && output != null && text == null;
        boolean toTerminal = inputs.isEmpty() && output == null && text != null;
        if (!toFile && !toTerminal) {
            throw new ParameterException(line(), "give either text files and --out FILE, or --text TEXT alone");
        }
        try (Tokenizer tokenizer = Tokenizer.load(tokenizerFolder, encoder.encoder())) {
            if (toTerminal) {
                int[] ids = tokenizer.encode(Escapes.interpret(text));
                if (json) {
                    printJson(ids);
                } else {
                    out().println(Arrays.stream(ids).mapToObj(String::valueOf).collect(Collectors.joining(" ")));
                }
                return;
            }
            EncodeCorpus.Options options = new EncodeCorpus.Options(unit.unit(), language,
                    Math.min(Backends.threads(threads), Tokenizer.MAX_THREADS), reading.options());
            EncodeCorpus.Report report = textStage("encode",
                    listener -> EncodeCorpus.run(inputs, output, tokenizer, options, listener));
            if (json) {
                printJson(report);
                return;
            }
            out().printf("%s: %,d tokens of %,d documents, %s of text (%.2f bytes a token), %,d bad lines left out%n",
                    report.output(), report.tokens(), report.documents(), Amounts.bytes(report.textBytes()),
                    (double) report.textBytes() / report.tokens(), report.badLines());
        }
    }
}
