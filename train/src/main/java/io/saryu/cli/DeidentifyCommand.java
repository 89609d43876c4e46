package io.saryu.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saryu.deid.Deidentifier;
import io.saryu.deid.DeidentifyOptions;
import io.saryu.deid.Redaction;
import io.saryu.deid.ReplacementStyle;
import io.saryu.deid.Span;
import io.saryu.deid.SurrogateKey;
import io.saryu.model.LanguageModel;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "deidentify", description = "Replaces personal data by tags such as [NAME], or by invented values, and changes nothing else. What comes out"
        + " is the input with stretches replaced, whatever the model.")
final class DeidentifyCommand extends SaryuSubcommand {
    private static final JsonMapper JSON = new JsonMapper();

    @Mixin
    private ModelOptions model;

    @Mixin
    private LineTask lines;

    @Option(names = "--instruction", defaultValue = DeidentifyOptions.INSTRUCTION, paramLabel = "TEXT",
            description = "What the model is asked to do (default ${DEFAULT-VALUE}).")
    private String instruction;

    @Option(names = "--threshold", defaultValue = "0.5", paramLabel = "P",
            description = "Probability from which on a tag is put; lower finds more and errs more (default ${DEFAULT-VALUE}).")
    private double threshold;

    @Option(names = "--style", defaultValue = "tag", paramLabel = "tag|numbered|surrogate",
            description = "[NAME], or [NAME_1] with the same number for the same value, or an invented value of the same kind, the same for"
                    + " the same value and key (default ${DEFAULT-VALUE}).")
    private ReplacementStyle style;

    @Option(names = "--key-file", paramLabel = "FILE", description = "The secret that surrogates are chosen with, 16 bytes or more, such as"
            + " openssl rand -hex 32 makes. Who has it can tell what a surrogate stands for.")
    private Path keyFile;

    @Option(names = "--no-patterns", description = "Trust the model alone; no patterns and checksums beside it.")
    private boolean noPatterns;

    @Override
    void execute() throws Exception {
        if (style == ReplacementStyle.SURROGATE != (keyFile != null)) {
            throw new IllegalArgumentException(keyFile == null ? "--style surrogate needs a key; give --key-file FILE, made with openssl rand"
                    + " -hex 32 > FILE" : "--key-file is for surrogates; give --style surrogate, too");
        }
        SurrogateKey key = keyFile == null ? null : SurrogateKey.read(keyFile);
        try (LanguageModel m = model.open()) {
            Deidentifier deidentifier = new Deidentifier(m,
                    new DeidentifyOptions(null, instruction, threshold, !noPatterns, style, lines.batch(), key));
            Interrupt.stop(() -> {
                lines.run(texts -> deidentifier.apply(texts).stream().map(DeidentifyCommand::result).toList(), err());
                return null;
            });
        }
    }

    /** With the offsets of what was replaced, in characters (code points), as most programs count them. */
    private static LineTask.Result result(Redaction redaction) {
        ObjectNode detail = JSON.createObjectNode();
        ArrayNode spans = detail.putArray("spans");
        String input = redaction.input();
        for (Redaction.Replacement r : redaction.replacements()) {
            Span s = r.span();
            spans.addObject().put("start", input.codePointCount(0, s.start())).put("end", input.codePointCount(0, s.end()))
                    .put("tag", s.tag()).put("replacement", r.text()).put("confidence", Math.round(s.confidence() * 1e4) / 1e4)
                    .put("source", s.source().name().toLowerCase(Locale.ROOT));
        }
        return new LineTask.Result(redaction.text(), detail);
    }
}
