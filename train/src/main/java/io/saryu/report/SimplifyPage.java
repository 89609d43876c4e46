package io.saryu.report;

import io.saryu.files.AtomicFile;
import io.saryu.simplify.SimplifyScore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Scores of simplifications as one page that opens without a network. */
public final class SimplifyPage {
    private static final String TWO_DIGITS = "%.2f";

    private final StringBuilder out = new StringBuilder();

    private SimplifyPage() {
    }

    /**
     * Writes the page; the file is replaced whole.
     *
     * @param name   of the texts
     * @param scores one or more; the first is shown large
     * @throws IOException when the file cannot be written
     */
    public static void write(Path file, String name, List<SimplifyScore> scores) throws IOException {
        SimplifyPage page = new SimplifyPage();
        SimplifyScore first = scores.getFirst();
        Html.header(page.out, "Saryu simplification", name);
        page.out.append("</h1>\n<p class=\"facts\">").append(Html.escape(String.format(Locale.ROOT, "%,d texts", first.all().texts())))
                .append("</p>\n</header>\n");
        page.tiles(first);
        page.systems(scores);
        page.examples(scores);
        AtomicFile.writeString(file, Html.page(name + " - Saryu", page.out.toString(), List.of(), false));
    }

    private void tiles(SimplifyScore score) {
        SimplifyScore.Figures f = score.all();
        HtmlBlocks.tiles(out, new HtmlBlocks.Tile("SARI", format(TWO_DIGITS, f.sari()), score.system()),
                new HtmlBlocks.Tile("BLEU", format(TWO_DIGITS, f.bleu()), "against the references"),
                new HtmlBlocks.Tile("Length", format("%.1f %%", 100 * f.compressionRatio()), "of the source's characters"),
                new HtmlBlocks.Tile("Copies", format("%.1f %%", 100 * f.exactCopies()), "outputs that are their source"));
    }

    private void systems(List<SimplifyScore> scores) {
        out.append("<section><h2>Scores</h2>\n");
        HtmlBlocks.table(out, "", "", "texts", "SARI", "add", "keep", "delete", "BLEU", "words per reference word", "length", "copies");
        for (SimplifyScore score : scores) {
            row(score.system(), score.all());
            for (Map.Entry<String, SimplifyScore.Figures> language : score.languages().entrySet()) {
                row(score.system() + ", " + language.getKey(), language.getValue());
            }
        }
        HtmlBlocks.endTable(out);
        out.append("<p>SARI as EASSE computes it: its parts are F1s of the sequences of 1 to 4 words that were added, kept and deleted. BLEU ")
                .append(Html.escape(scores.getFirst().all().bleuSignature())).append(". Length: characters of an output for each of its")
                .append(" source. A copy scores well in BLEU and badly in SARI.</p></section>\n");
    }

    private void row(String name, SimplifyScore.Figures f) {
        HtmlBlocks.row(out, Html.escape(name), format("%,d", f.texts()), format(TWO_DIGITS, f.sari()), format(TWO_DIGITS, f.sariAdd()),
                format(TWO_DIGITS, f.sariKeep()), format(TWO_DIGITS, f.sariDelete()), format(TWO_DIGITS, f.bleu()),
                format("%.3f", f.lengthRatio()), format("%.3f", f.compressionRatio()), format("%.1f %%", 100 * f.exactCopies()));
    }

    private void examples(List<SimplifyScore> scores) {
        out.append("<section><h2>Examples</h2>\n<p>The worst, the best and some between, by the SARI of the text alone.</p>\n");
        for (int i = 0; i < scores.size(); i++) {
            out.append("<details").append(i == 0 ? " open" : "").append("><summary>").append(Html.escape(scores.get(i).system()))
                    .append("</summary>\n");
            scores.get(i).examples().forEach(this::example);
            out.append("</details>\n");
        }
        out.append("</section>\n");
    }

    private void example(SimplifyScore.Example e) {
        out.append("<blockquote dir=\"auto\"><span class=\"tag\">").append(format("row %,d", e.row())).append("</span><span class=\"tag\">")
                .append(format("SARI %.1f", e.sari())).append("</span>\n");
        line("input", e.source());
        out.append("<b>");
        line("output", e.output());
        out.append("</b>");
        e.references().forEach(reference -> line("reference", reference));
        out.append("</blockquote>\n");
    }

    private void line(String what, String text) {
        out.append("<span class=\"what\">").append(what).append("</span> ").append(Html.escape(Html.shortened(text))).append('\n');
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
