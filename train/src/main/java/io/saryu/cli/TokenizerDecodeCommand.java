package io.saryu.cli;

import io.saryu.files.TokenFile;
import io.saryu.tokenizer.StreamingDecoder;
import io.saryu.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

@Command(name = "decode", description = "Prints the text of ids, or of a token file.")
final class TokenizerDecodeCommand extends SaryuSubcommand {
    private static final int AT_ONCE = 1 << 16;

    @Parameters(arity = "0..*", paramLabel = "ID", description = "Ids.")
    private List<Integer> ids = List.of();

    @Option(names = "--tokenizer", required = true, paramLabel = "DIR", description = "Tokenizer or model folder.")
    private Path tokenizerFolder;

    @Option(names = "--file", paramLabel = "FILE", description = "Token file; each document is followed by a newline.")
    private Path file;

    @Override
    void execute() throws Exception {
        if (ids.isEmpty() == (file == null)) {
            throw new ParameterException(line(), "give either ids or --file FILE");
        }
        try (Tokenizer tokenizer = Tokenizer.load(tokenizerFolder)) {
            if (file == null) {
                out().println(tokenizer.decode(ids.stream().mapToInt(Integer::intValue).toArray()));
                return;
            }
            try (TokenFile tokens = TokenFile.open(file)) {
                if (tokens.info().vocabSize() > tokenizer.vocabSize()) {
                    throw new IllegalArgumentException(file + " was encoded with a vocabulary of "
                            + tokens.info().vocabSize() + " and this tokenizer has " + tokenizer.vocabSize()
                            + "; give the tokenizer that made it");
                }
                Interrupt.stop(() -> {
                    print(tokens, tokenizer);
                    return null;
                });
            }
        }
    }

    private void print(TokenFile tokens, Tokenizer tokenizer) throws Exception {
        int[] some = new int[AT_ONCE];
        StreamingDecoder decoder = new StreamingDecoder(tokenizer);
        for (long at = 0; at < tokens.length() && !Thread.currentThread().isInterrupted() && !out().checkError(); ) {
            int n = (int) Math.min(AT_ONCE, tokens.length() - at);
            tokens.copyTo(at, some, 0, n);
            for (int id : Arrays.copyOf(some, n)) {
                if (id == tokenizer.eosId()) {
                    out().println(decoder.finish());
                    decoder = new StreamingDecoder(tokenizer);
                } else {
                    out().print(decoder.add(id));
                }
            }
            at += n;
        }
        out().print(decoder.finish());
    }
}
