package io.saryu.instruct;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What one data set had, what of it is used, and why the rest is not. */
public final class RowReport {
    private static final int EXAMPLES = 3;
    private static final int LONGEST = 60;

    private final String name;
    private final String task;
    private final String language;
    private final Map<RowProblem, Long> refused = new EnumMap<>(RowProblem.class);
    private final List<String> examples = new ArrayList<>();
    private long rows;
    private long training;
    private long validation;

    /**
     * @param name     of the data set
     * @param task     what its rows ask for; may be null
     * @param language may be null
     */
    public RowReport(String name, String task, String language) {
        this.name = name;
        this.task = task;
        this.language = language;
    }

    /** Counts a row. */
    public void read() {
        rows++;
    }

    /** Says how many rows came into use. */
    public void used(long train, long valid) {
        training = train;
        validation = valid;
    }

    /**
     * Counts a row that is left out; the first of each kind are shown.
     *
     * @param line    from 1, or 0 where it is not known
     * @param excerpt of the row, to show; may be empty
     */
    public void refuse(RowProblem problem, Path file, long line, String excerpt) {
        long before = refused.merge(problem, 1L, Long::sum) - 1;
        if (before < EXAMPLES) {
            String shown = excerpt.length() <= LONGEST ? excerpt : excerpt.substring(0, LONGEST) + "...";
            examples.add(file + (line > 0 ? " line " + line : "") + ": " + problem.text()
                    + (shown.isEmpty() ? "" : " (" + shown.replaceAll("\\p{Cntrl}", "?") + ")"));
        }
    }

    void more(RowProblem problem, long count) {
        if (count > 0) {
            refused.merge(problem, count, Long::sum);
            rows += count;
        }
    }

    public String name() {
        return name;
    }

    /** Rows of the files, blank lines not counted. */
    public long rows() {
        return rows;
    }

    /** Rows that are trained on. */
    public long training() {
        return training;
    }

    /** Rows that are held out. */
    public long validation() {
        return validation;
    }

    /** Rows left out, by kind. */
    public Map<RowProblem, Long> refused() {
        return Collections.unmodifiableMap(refused);
    }

    /** Rows left out. */
    public long refusedCount() {
        return refused.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The first rows of each kind that was left out: file, line and what is wrong. */
    public List<String> examples() {
        return Collections.unmodifiableList(examples);
    }

    /**
     * A report as it is now.
     *
     * @param rows       of the files, blank lines not counted
     * @param training   rows that are trained on
     * @param validation rows that are held out
     * @param leftOut    rows, by kind
     * @param examples   the first of each kind
     */
    public record Counts(String name, String task, String language, long rows, long training, long validation,
            Map<RowProblem, Long> leftOut, List<String> examples) {
    }

    /** This report as it is now. */
    public Counts counts() {
        return new Counts(name, task, language, rows, training, validation, new LinkedHashMap<>(refused), List.copyOf(examples));
    }

    /** A table of counts by data set, then by language and task, then what was left out and why. */
    public static String table(List<RowReport> reports) {
        StringBuilder s = new StringBuilder(String.format(Locale.ROOT, "%-22s %-16s %-9s %9s %9s %11s %9s%n", "data", "task",
                "language", "rows", "training", "validation", "left out"));
        for (RowReport r : reports) {
            s.append(String.format(Locale.ROOT, "%-22s %-16s %-9s %,9d %,9d %,11d %,9d%n", r.name, text(r.task), text(r.language),
                    r.rows, r.training, r.validation, r.refusedCount()));
        }
        for (RowReport r : reports) {
            r.refused.forEach((problem, count) -> s.append(String.format(Locale.ROOT, "%s: left out %,d %s %s%n", r.name, count,
                    count == 1 ? "row" : "rows", problem.text())));
            r.examples.forEach(e -> s.append("  ").append(e).append('\n'));
        }
        return s.toString();
    }

    private static String text(String value) {
        return value == null ? "-" : value;
    }
}
