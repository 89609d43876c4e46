package io.saryu.report;

import io.saryu.report.Chart.Format;
import io.saryu.report.Chart.Line;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** Which charts a report has. */
final class Charts {
    private static final int COLORS = 8;

    private Charts() {
    }

    /** The CSS variable of the i-th language or run. */
    static String color(int i) {
        return "--s" + (i % COLORS + 1);
    }

    /** Of one run: languages in colours, training in grey. */
    static List<Chart> ofRun(RunData run) {
        List<Chart> charts = new ArrayList<>();
        List<Line> loss = new ArrayList<>();
        loss.add(new Line("training", "--quiet", false, run.series("loss")));
        loss.addAll(languages(run, "loss"));
        charts.add(Chart.of("loss", "Loss", "nats a token, training and validation", Format.LOSS, false, true, loss));
        charts.add(Chart.of("bits", "Bits per byte", "validation; compares across vocabularies", Format.LOSS, false, false,
                languages(run, "bits_per_byte")));
        charts.add(one("lr", "Learning rate", "", Format.SMALL, true, run.series("lr")));
        charts.add(one("norm", "Gradient norm", "before clipping", Format.SMALL, false, run.series("grad_norm")));
        charts.add(one("speed", "Speed", "tokens a second, training only", Format.COUNT, true,
                run.series("tokens_per_second")));
        charts.add(one("mfu", "Model FLOPs utilisation", "of the matrix product rate measured at the start", Format.PERCENT,
                true, run.mfu()));
        charts.add(Chart.of("memory", "Memory", "of the process", Format.BYTES, true, false, List.of(
                new Line("resident", "--s1", false, run.series("memory/native_bytes")),
                new Line("workspace", "--s2", false, run.series("memory/device_bytes")),
                new Line("Java heap", "--s3", false, run.series("memory/heap_bytes")))));
        charts.add(one("scale", "Loss scale", "fp16; halves at an overflow", Format.COUNT, true, run.series("loss_scale")));
        charts.add(Chart.of("skipped", "Steps without an update", "since the start of the run", Format.COUNT, true, false,
                Stream.of(new Line("overflow", "--s1", false, run.series("skipped_steps")),
                        new Line("bad loss", "--s2", false, run.series("bad_steps"))).filter(l -> l.series().last() > 0).toList()));
        charts.removeIf(c -> c.lines().isEmpty());
        return charts;
    }

    private static List<Line> languages(RunData run, String figure) {
        List<Line> lines = new ArrayList<>();
        for (String language : run.languages()) {
            lines.add(new Line(language, color(lines.size()), false, run.series("eval/" + language + "/" + figure)));
        }
        if (lines.size() > 1) {
            lines.add(new Line("overall", "--ink", true, run.series("eval//" + figure)));
        }
        return lines;
    }

    private static Chart one(String id, String title, String note, Format format, boolean fromZero, Series series) {
        return Chart.of(id, title, note, format, fromZero, false, List.of(new Line(title.toLowerCase(Locale.ROOT),
                "--s1", false, series)));
    }

    /**
     * Of several runs, each in its colour.
     *
     * @param names of the runs, all different
     */
    static List<Chart> ofRuns(List<RunData> runs, List<String> names) {
        Set<String> languages = new LinkedHashSet<>();
        runs.forEach(r -> languages.addAll(r.languages()));
        List<Chart> charts = new ArrayList<>();
        charts.add(many("validation", "Validation loss", "nats a token, all languages", Format.LOSS, false, true, runs, names,
                r -> r.series("eval//loss")));
        charts.add(many("loss", "Training loss", "nats a token", Format.LOSS, false, true, runs, names,
                r -> r.series("loss")));
        int i = 0;
        if (languages.size() > 1) {
            for (String language : languages) {
                charts.add(many("validation-" + i++, "Validation loss, " + language, "nats a token", Format.LOSS, false, false,
                        runs, names, r -> r.series("eval/" + language + "/loss")));
            }
        }
        charts.add(many("bits", "Bits per byte", "validation, all languages", Format.LOSS, false, false, runs, names,
                r -> r.series("eval//bits_per_byte")));
        charts.add(many("lr", "Learning rate", "", Format.SMALL, true, false, runs, names, r -> r.series("lr")));
        charts.add(many("norm", "Gradient norm", "before clipping", Format.SMALL, false, false, runs, names,
                r -> r.series("grad_norm")));
        charts.add(many("speed", "Speed", "tokens a second, training only", Format.COUNT, true, false, runs, names,
                r -> r.series("tokens_per_second")));
        charts.add(many("memory", "Memory", "resident, of the process", Format.BYTES, true, false, runs, names,
                r -> r.series("memory/native_bytes")));
        charts.removeIf(c -> c.lines().isEmpty());
        return charts;
    }

    private static Chart many(String id, String title, String note, Format format, boolean fromZero, boolean wide,
            List<RunData> runs, List<String> names, Function<RunData, Series> figure) {
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            lines.add(new Line(names.get(i), color(i), i >= COLORS, figure.apply(runs.get(i))));
        }
        return Chart.of(id, title, note, format, fromZero, wide, lines);
    }
}
