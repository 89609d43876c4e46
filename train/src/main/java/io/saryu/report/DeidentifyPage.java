package io.saryu.report;

import io.saryu.deid.SpanMisses;
import io.saryu.deid.SpanScore;
import io.saryu.files.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Scores of de-identification as one page that opens without a network. */
public final class DeidentifyPage {
    private static final String NUMBER = "%,d";
    private static final String RATE = "%.4f";
    private static final String PERCENT = "%.2f %%";

    private final StringBuilder out = new StringBuilder();

    private DeidentifyPage() {
    }

    /**
     * The scores of one file.
     *
     * @param name   of the file
     * @param result its figures
     * @param misses examples of what went wrong
     */
    public record Scored(String name, SpanScore.Result result, List<SpanMisses.Miss> misses) {
    }

    /**
     * Writes the page; the file is replaced whole.
     *
     * @param model  what was measured
     * @param scores one or more
     * @throws IOException when the file cannot be written
     */
    public static void write(Path file, String model, List<Scored> scores) throws IOException {
        DeidentifyPage page = new DeidentifyPage();
        Html.header(page.out, "Saryu de-identification", model);
        page.out.append("</h1>\n<p class=\"facts\">").append(format(NUMBER + " texts", scores.stream().mapToLong(s -> s.result().texts())
                .sum())).append("</p>\n</header>\n");
        scores.forEach(page::file);
        page.out.append("<section><h2>What the figures mean</h2>\n<p>Strict: start, end and tag are right. Relaxed: the tag is right and a")
                .append(" character is shared. Leak rate: of the characters of personal data, the share left as it was. Over-masked: of all")
                .append(" other characters, the share replaced. White space is not counted.</p></section>\n");
        AtomicFile.writeString(file, Html.page("De-identification - Saryu", page.out.toString(), List.of(), false));
    }

    private void file(Scored scored) {
        SpanScore.Result r = scored.result();
        out.append("<section><h2>").append(Html.escape(scored.name())).append("</h2></section>\n");
        HtmlBlocks.tiles(out, new HtmlBlocks.Tile("Strict F1", format(RATE, r.all().strict().f1()), format("relaxed " + RATE,
                        r.all().relaxed().f1())),
                new HtmlBlocks.Tile("Leak rate", format(PERCENT, 100 * r.leakRate()), format(PERCENT + " of the stretches",
                        100 * r.leakedRate())),
                new HtmlBlocks.Tile("Over-masked", format(PERCENT, 100 * r.overMasked()), "of the other characters"),
                new HtmlBlocks.Tile("Stretches", format(NUMBER, r.all().there()), format("in " + NUMBER + " texts", r.texts())));
        if (!r.languages().isEmpty()) {
            languages(r.languages());
        }
        table(r);
        r.languages().forEach((language, result) -> {
            out.append("<details><summary>").append(Html.escape(language)).append("</summary>\n");
            table(result);
            out.append("</details>\n");
        });
        misses(scored.misses());
    }

    private void languages(Map<String, SpanScore.Result> languages) {
        HtmlBlocks.table(out, "", "language", "texts", "stretches", "strict F1", "relaxed F1", "leak rate", "over-masked");
        languages.forEach((language, r) -> HtmlBlocks.row(out, Html.escape(language), format(NUMBER, r.texts()),
                format(NUMBER, r.all().there()), format(RATE, r.all().strict().f1()), format(RATE, r.all().relaxed().f1()),
                format(PERCENT, 100 * r.leakRate()), format(PERCENT, 100 * r.overMasked())));
        HtmlBlocks.endTable(out);
        out.append("<p></p>\n");
    }

    private void table(SpanScore.Result r) {
        HtmlBlocks.table(out, "", "tag", "there", "found", "correct", "precision", "recall", "F1", "relaxed precision", "recall", "F1");
        List<SpanScore.Row> rows = new ArrayList<>(r.tags());
        rows.add(r.all());
        for (SpanScore.Row row : rows) {
            HtmlBlocks.row(out, Html.escape(row.tag()), format(NUMBER, row.there()), format(NUMBER, row.found()),
                    format(NUMBER, row.correct()), format(RATE, row.strict().precision()), format(RATE, row.strict().recall()),
                    format(RATE, row.strict().f1()), format(RATE, row.relaxed().precision()), format(RATE, row.relaxed().recall()),
                    format(RATE, row.relaxed().f1()));
        }
        HtmlBlocks.endTable(out);
    }

    private void misses(List<SpanMisses.Miss> misses) {
        for (SpanMisses.Kind kind : SpanMisses.Kind.values()) {
            List<SpanMisses.Miss> some = misses.stream().filter(m -> m.kind() == kind).toList();
            if (!some.isEmpty()) {
                out.append("<details").append(kind == SpanMisses.Kind.LEFT ? " open" : "").append("><summary>").append(switch (kind) {
                    case LEFT -> "Left as it was";
                    case OTHERWISE -> "Hidden, but with another tag or other bounds";
                    case INVENTED -> "Replaced, and no personal data";
                }).append("</summary>\n");
                some.forEach(this::miss);
                out.append("</details>\n");
            }
        }
    }

    private void miss(SpanMisses.Miss miss) {
        out.append("<blockquote dir=\"auto\"><span class=\"tag\">").append(Html.escape(miss.tag())).append("</span> ")
                .append(Html.escape(miss.before())).append("<mark>").append(Html.escape(Html.shortened(miss.text()))).append("</mark>")
                .append(Html.escape(miss.after()));
        if (!miss.found().isEmpty()) {
            out.append("\n<span class=\"what\">found</span> ").append(Html.escape(String.join(" | ", miss.found())));
        }
        out.append("</blockquote>\n");
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
