package io.saryu.cli;

import io.saryu.report.Report;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "report", description = "Writes a page that shows a run, or compares several; it opens without a network.")
final class ReportCommand extends SaryuSubcommand {
    @Parameters(arity = "1..*", paramLabel = "RUN", description = "Folders that saryu train wrote.")
    private List<Path> runs;

    @Option(names = {"-o", "--out"}, paramLabel = "FILE",
            description = "The page (default: report.html in the run's folder, or comparison.html here for several).")
    private Path file;

    @Override
    void execute() throws Exception {
        for (Path run : runs) {
            if (Files.exists(run) && !Files.isDirectory(run)) {
                throw new NotDirectoryException(run.toString());
            }
        }
        Path target = file != null ? file : runs.size() == 1 ? runs.getFirst().resolve("report.html") : Path.of("comparison.html");
        Report.write(runs, target);
        out().println("report: " + target);
    }
}
