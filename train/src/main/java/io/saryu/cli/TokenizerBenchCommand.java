package io.saryu.cli;

import io.saryu.backend.Backends;
import io.saryu.benchmark.EncodeBenchmark;
import io.saryu.tokenizer.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "bench", description = "Measures encoding, in turn with the Python package sentencepiece where one is given.")
final class TokenizerBenchCommand extends SaryuSubcommand {
    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Plain text files.")
    private List<Path> files;

    @Option(names = "--tokenizer", required = true, paramLabel = "DIR", description = "Tokenizer or model folder.")
    private Path tokenizerFolder;

    @Option(names = "--rounds", defaultValue = "5", paramLabel = "N",
            description = "Measured rounds of each (default ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--threads", defaultValue = "0", paramLabel = "N",
            description = "CPU threads; 0 takes SARYU_THREADS or all cores.")
    private int threads;

    @Option(names = "--python", paramLabel = "FILE", description = "A Python with sentencepiece to compare with.")
    private String python;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Override
    void execute() throws Exception {
        if (rounds < 1) {
            throw new IllegalArgumentException("--rounds must be at least 1");
        }
        for (Path file : files) {
            if (!Files.isRegularFile(file)) {
                throw new IllegalArgumentException("there is no file " + file + "; give plain text files");
            }
        }
        Path model = Files.isDirectory(tokenizerFolder) ? tokenizerFolder.resolve(Tokenizer.FILE_NAME) : tokenizerFolder;
        Tokenizer.load(model).close();
        Path peers = Path.of(System.getProperty("saryu.home", "."), "bench", "peers");
        int workers = Math.min(Backends.threads(threads), Tokenizer.MAX_THREADS);
        EncodeBenchmark.Result result = Interrupt.stop(() -> EncodeBenchmark.run(model, files, workers, rounds, python, peers,
                progress()::line));
        if (json) {
            printJson(result);
        } else {
            out().print(result.table());
        }
    }
}
