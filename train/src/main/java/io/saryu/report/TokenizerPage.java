package io.saryu.report;

import io.saryu.files.AtomicFile;
import io.saryu.report.Chart.Format;
import io.saryu.report.Chart.Line;
import io.saryu.tokenizer.TokenDistribution;
import io.saryu.tokenizer.TokenizerComparison;
import io.saryu.tokenizer.TokenizerStatistics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;

/** What a tokenizer makes of text, as one page that opens without a network. */
public final class TokenizerPage {
    private static final String NUMBER = "%,d";
    private static final String THREE_DIGITS = "%.3f";

    private final TokenizerStatistics.Report report;
    private final StringBuilder out = new StringBuilder();

    private TokenizerPage(TokenizerStatistics.Report report) {
        this.report = report;
    }

    /**
     * Writes the page; the file is replaced whole.
     *
     * @param name       of the tokenizer
     * @param vocabSize  pieces V
     * @param comparison with another one; null for none
     * @throws IOException when the file cannot be written
     */
    public static void write(Path file, String name, int vocabSize, TokenizerStatistics.Report report,
            TokenizerComparison comparison) throws IOException {
        TokenizerPage page = new TokenizerPage(report);
        List<Chart> charts = page.charts();
        Html.header(page.out, "Saryu tokenizer", name);
        page.out.append("</h1>\n<p class=\"facts\">").append(format(NUMBER + " pieces, " + NUMBER + " tokens of text",
                vocabSize, report.totalTokens())).append("</p>\n</header>\n");
        page.languages();
        if (comparison != null) {
            page.comparison(comparison);
        }
        Html.charts(page.out, charts);
        page.splitWords();
        AtomicFile.writeString(file, Html.page(name + " - Saryu", page.out.toString(), charts, false));
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }

    private String head(int i) {
        return Html.named(Charts.color(i), report.languages().get(i).language());
    }

    private void languages() {
        out.append("<section><h2>Languages</h2>\n");
        HtmlBlocks.table(out, "", "language", "characters", "Devanagari", "words", "tokens", "share", "tokens a word", "bytes a token", "unknown",
                "byte fallback", "pieces used");
        for (int i = 0; i < report.languages().size(); i++) {
            TokenizerStatistics.Language l = report.languages().get(i);
            HtmlBlocks.row(out, head(i), format(NUMBER, l.characters()), format(THREE_DIGITS, l.devanagariFraction()),
                    format(NUMBER, l.words()), format(NUMBER, l.tokens()),
                    format("%.2f %%", 100.0 * l.tokens() / Math.max(1, report.totalTokens())),
                    format(THREE_DIGITS, l.tokensPerWord()), format("%.2f", l.bytesPerToken()),
                    format(NUMBER, l.unknownTokens()), format(NUMBER, l.byteFallbackTokens()),
                    format(NUMBER, report.details().get(i).piecesUsed()));
        }
        HtmlBlocks.endTable(out);
        out.append("</section>\n");
    }

    private void comparison(TokenizerComparison comparison) {
        out.append("<section><h2>Beside another tokenizer</h2>\n<p>").append(Html.escape(format("%s has " + NUMBER
                + " learnt pieces, %s has " + NUMBER + ", and " + NUMBER + " are in both.", comparison.first(),
                comparison.firstPieces(), comparison.second(), comparison.secondPieces(), comparison.commonPieces())))
                .append("</p>\n");
        HtmlBlocks.table(out, "", "language", "tokens", "with the other", "difference", "tokens a word", "with the other");
        for (TokenizerComparison.Row r : comparison.rows()) {
            double words = Math.max(1, r.words());
            HtmlBlocks.row(out, Html.escape(r.language()), format(NUMBER, r.firstTokens()), format(NUMBER, r.secondTokens()),
                    format("%+.2f %%", 100 * r.difference()), format(THREE_DIGITS, r.firstTokens() / words),
                    format(THREE_DIGITS, r.secondTokens() / words));
        }
        HtmlBlocks.endTable(out);
        out.append("</section>\n");
    }

    private List<Chart> charts() {
        List<Chart> charts = new ArrayList<>();
        charts.add(Chart.over("tokens a word", false, "fertility", "Fertility", "share of the words that take so many tokens",
                Format.PERCENT, true, true, lines(d -> shares(d.tokensPerWord()))));
        charts.add(Chart.over("tokens a line up to", true, "lengths", "Lengths",
                "share of the lines, between this and half as many tokens", Format.PERCENT, true, false,
                lines(d -> shares(d.tokensPerLine()))));
        charts.add(Chart.over("pieces", true, "coverage", "Coverage", "share of the tokens that the most frequent pieces make",
                Format.PERCENT, true, false, lines(TokenizerPage::coverage)));
        charts.removeIf(chart -> chart.lines().isEmpty());
        return charts;
    }

    private List<Line> lines(Function<TokenDistribution.Details, Series> figure) {
        return IntStream.range(0, report.details().size()).mapToObj(i -> new Line(report.languages().get(i).language(),
                Charts.color(i), false, figure.apply(report.details().get(i)))).toList();
    }

    private static Series shares(List<TokenDistribution.Bin> bins) {
        double sum = Math.max(1, bins.stream().mapToLong(TokenDistribution.Bin::count).sum());
        Series series = new Series();
        bins.forEach(bin -> series.add(bin.upTo(), bin.count() / sum));
        return series;
    }

    private static Series coverage(TokenDistribution.Details details) {
        Series series = new Series();
        details.coverage().forEach(point -> series.add(point.pieces(), point.share()));
        return series;
    }

    private void splitWords() {
        out.append("<section><h2>Words of the most tokens</h2>\n<p>Of letters alone; pieces as the vocabulary has them, ")
                .append("with \u2581 for the blank.</p>\n");
        for (int i = 0; i < report.details().size(); i++) {
            List<TokenDistribution.SplitWord> words = report.details().get(i).longestSplit();
            if (words.isEmpty()) {
                continue;
            }
            out.append("<details").append(i == 0 ? " open" : "").append("><summary>").append(head(i)).append("</summary>\n");
            HtmlBlocks.table(out, " class=\"text\"", "word", "tokens", "pieces", "times");
            for (TokenDistribution.SplitWord word : words) {
                HtmlBlocks.row(out, Html.escape(word.word()), format(NUMBER, word.pieces().size()), String.join(" | ", word.pieces()),
                        format(NUMBER, word.count()));
            }
            HtmlBlocks.endTable(out);
            out.append("</details>\n");
        }
        out.append("</section>\n");
    }
}
