package io.saryu.report;

import java.util.List;
import java.util.Locale;

/**
 * One chart of a report: figures over steps, or over something else.
 *
 * @param id       of its element
 * @param title    what is shown
 * @param note     unit and what else one needs to know; may be empty
 * @param format   how values are written
 * @param fromZero whether the axis begins at 0
 * @param wide     whether it takes a whole row
 * @param over     what the axis across counts; charts over steps show the same ones and share a crosshair
 * @param log      whether that axis is logarithmic
 * @param lines    none of them empty
 */
record Chart(String id, String title, String note, Format format, boolean fromZero, boolean wide, String over, boolean log,
        List<Line> lines) {
    /** What most charts are over. */
    static final String STEP = "step";


    /** How values are written; report.js knows the names. */
    enum Format { LOSS, SMALL, COUNT, PERCENT, BYTES }

    /**
     * One line of a chart.
     *
     * @param label  in the legend
     * @param color  CSS variable, so that it follows light and dark
     * @param dashed for sums over others
     * @param series what it shows
     */
    record Line(String label, String color, boolean dashed, Series series) {
    }

    /** Without lines that have no points. */
    static Chart of(String id, String title, String note, Format format, boolean fromZero, boolean wide, List<Line> lines) {
        return over(STEP, false, id, title, note, format, fromZero, wide, lines);
    }

    /** As {@link #of}, over something else than steps. */
    static Chart over(String over, boolean log, String id, String title, String note, Format format, boolean fromZero,
            boolean wide, List<Line> lines) {
        return new Chart(id, title, note, format, fromZero, wide, over, log,
                lines.stream().filter(l -> !l.series.isEmpty()).toList());
    }

    /** A value as a person reads it. */
    static String text(Format format, double value) {
        if (!Double.isFinite(value)) {
            return "-";
        }
        return switch (format) {
            case LOSS -> String.format(Locale.ROOT, "%.4f", value);
            case SMALL -> String.format(Locale.ROOT, value != 0 && Math.abs(value) < 0.01 ? "%.2e" : "%.3f", value);
            case COUNT -> String.format(Locale.ROOT, "%,.0f", value);
            case PERCENT -> String.format(Locale.ROOT, "%.1f %%", 100 * value);
            case BYTES -> Amounts.of(value, "bytes");
        };
    }

    /** What the chart shows, for those who do not see it. */
    String description() {
        StringBuilder s = new StringBuilder(title);
        for (Line line : lines) {
            s.append(String.format(Locale.ROOT, "; %s from %s at %s %,.0f to %s at %s %,.0f", line.label,
                    text(format, line.series.value(0)), over, line.series.step(0), text(format, line.series.last()), over,
                    line.series.lastStep()));
        }
        return s.toString();
    }
}
