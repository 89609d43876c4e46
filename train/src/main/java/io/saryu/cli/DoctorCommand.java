package io.saryu.cli;

import io.saryu.report.Amounts;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "doctor", description = "Says what was found on this machine, what is missing and what to do.")
final class DoctorCommand extends SaryuSubcommand {
    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    @Override
    void execute() {
        DoctorReport report = DoctorReport.examine();
        if (json) {
            printJson(report);
            return;
        }
        line("saryu", report.saryu());
        line("java", report.java() + " in " + report.javaHome());
        line("system", report.system());
        line("cores", Integer.toString(report.cores()));
        line("memory", Amounts.bytes(report.memory()) + ", Java heap up to " + Amounts.bytes(report.heap()));
        report.parts().forEach(p -> line(p.name(), p.reason() == null ? p.found()
                : p.found() == null ? "not usable" : p.found() + ", not usable"));
        out().println();
        if (report.advice().isEmpty()) {
            out().println("Nothing is missing.");
        } else {
            report.advice().forEach(a -> out().println("- " + a));
        }
    }

    private void line(String name, String value) {
        out().printf("%-20s %s%n", name, value);
    }
}
