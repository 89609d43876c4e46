package io.saryu.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.saryu.report.Chart.Format;
import io.saryu.train.RunState;
import io.saryu.train.Sample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The report of one run. */
final class RunPage {
    private static final int RECENT = 20;
    /** Earlier evaluations whose texts are shown; a long run has thousands. */
    private static final int MOST_SAMPLE_SETS = 20;
    private static final int LONGEST_CONFIG = 100_000;

    private final RunData run;
    private final RunState state;
    private final StringBuilder out = new StringBuilder();

    private RunPage(RunData run, RunState state) {
        this.run = run;
        this.state = state;
    }

    /** The page as HTML. */
    static String of(RunData run, RunState state) throws IOException {
        RunPage page = new RunPage(run, state);
        List<Chart> charts = Charts.ofRun(run);
        page.header();
        page.tiles();
        Html.charts(page.out, charts);
        page.evaluation();
        page.samples();
        page.environment();
        return Html.page(run.name() + " - Saryu", page.out.toString(), charts, state == RunState.RUNNING);
    }

    private void header() {
        long step = run.step();
        long total = run.totalSteps();
        Html.header(out, "Saryu training run", run.name());
        out.append(" ").append(stateMark(state)).append("</h1>\n<p class=\"facts\">");
        List<String> facts = new ArrayList<>();
        if (run.session("parameters").isNumber()) {
            facts.add(parameters(run.session("parameters").asDouble()) + " parameters");
        }
        facts.add(total > 0 ? String.format(Locale.ROOT, "step %,d of %,d", step, total)
                : String.format(Locale.ROOT, "step %,d", step));
        if (!run.series("tokens").isEmpty()) {
            facts.add(Chart.text(Format.COUNT, run.series("tokens").last()) + " tokens");
        }
        double left = run.secondsLeft();
        if (state == RunState.RUNNING && Double.isFinite(left)) {
            facts.add("about " + Amounts.duration(left) + " left");
        }
        out.append(Html.escape(String.join(" \u00b7 ", facts)));
        String time = run.updated().toString();
        out.append(" \u00b7 updated <time datetime=\"").append(time).append("\">").append(time.substring(0, 16).replace('T', ' '))
                .append(" UTC</time></p>\n");
        if (total > 0 && state != RunState.FINISHED) {
            out.append(String.format(Locale.ROOT, "<progress max=\"%d\" value=\"%d\" aria-label=\"Steps done\"></progress>%n",
                    total, step));
        }
        out.append("</header>\n");
    }

    static String stateMark(RunState state) {
        String name = state.name().toLowerCase(Locale.ROOT);
        return "<span class=\"state " + name + "\">" + (state == RunState.LOST ? "ended without a word" : name) + "</span>";
    }

    static String parameters(double n) {
        return n >= 1e9 ? String.format(Locale.ROOT, "%.2f B", n / 1e9) : n >= 1e6 ? String.format(Locale.ROOT, "%.1f M", n / 1e6)
                : String.format(Locale.ROOT, "%,.0f", n);
    }

    private void tiles() {
        out.append("<section class=\"tiles\" aria-label=\"Figures\">\n");
        Series validation = run.series("eval//loss");
        if (!validation.isEmpty()) {
            tile("Validation loss", Chart.text(Format.LOSS, validation.last()), String.format(Locale.ROOT,
                    "perplexity %,.1f", Math.exp(validation.last())));
        }
        tile("Training loss", Chart.text(Format.LOSS, run.series("loss").last()), run.series("loss").size() > 1
                ? "from " + Chart.text(Format.LOSS, run.series("loss").value(0)) : "");
        tile("Speed", Chart.text(Format.COUNT, run.series("tokens_per_second").recentMedian(RECENT)), "tokens a second");
        Series mfu = run.mfu();
        if (!mfu.isEmpty()) {
            tile("MFU", Chart.text(Format.PERCENT, mfu.recentMedian(RECENT)), String.format(Locale.ROOT, "of %,.0f GFLOP/s",
                    run.session("peak_flops").asDouble() / 1e9));
        }
        Series peak = run.series("memory/peak_bytes");
        if (!peak.isEmpty() && peak.max() > 0) {
            tile("Peak memory", Amounts.of(peak.max(), "bytes"), "resident");
        }
        double seconds = run.trainingSeconds();
        if (Double.isFinite(seconds)) {
            tile("Training time", Amounts.duration(seconds), run.sessions() > 1 ? "in " + run.sessions() + " sessions" : "");
        }
        out.append("</section>\n");
    }

    private void tile(String name, String value, String note) {
        HtmlBlocks.tile(out, new HtmlBlocks.Tile(name, value, note));
    }

    private void evaluation() {
        if (run.languages().isEmpty()) {
            return;
        }
        out.append(String.format(Locale.ROOT, "<section><h2>Validation at step %,.0f</h2>%n<div class=\"scroll\"><table>"
                + "<thead><tr><th></th><th>loss</th><th>perplexity</th><th>bits per byte</th><th>tokens</th><th>bytes</th></tr>"
                + "</thead><tbody>%n", run.series("eval//loss").lastStep()));
        int i = 0;
        for (String language : run.languages()) {
            row(Html.named(Charts.color(i++), language), run.evaluation(language));
        }
        if (run.languages().size() > 1) {
            row("<i class=\"dashed\" style=\"--c:var(--ink)\"></i>overall", run.evaluation(""));
        }
        out.append("</tbody></table></div></section>\n");
    }

    private void row(String name, JsonNode r) {
        out.append("<tr><th scope=\"row\">").append(name).append("</th>");
        cell(Format.LOSS, r.path("loss"));
        out.append("<td>").append(r.path("perplexity").isNumber()
                ? String.format(Locale.ROOT, "%,.2f", r.path("perplexity").asDouble()) : "-").append("</td>");
        cell(Format.LOSS, r.path("bits_per_byte"));
        cell(Format.COUNT, r.path("tokens"));
        cell(Format.COUNT, r.path("bytes"));
        out.append("</tr>\n");
    }

    private void cell(Format format, JsonNode value) {
        out.append("<td>").append(value.isNumber() ? Chart.text(format, value.asDouble()) : "-").append("</td>");
    }

    private void samples() {
        if (run.samples().isEmpty()) {
            return;
        }
        out.append("<section><h2>What it writes</h2>\n");
        List<RunData.SampleSet> sets = run.samples();
        for (int i = sets.size() - 1; i >= Math.max(0, sets.size() - MOST_SAMPLE_SETS); i--) {
            boolean newest = i == sets.size() - 1;
            out.append(String.format(Locale.ROOT, "<details class=\"samples\"%s><summary>Step %,d</summary>%n",
                    newest ? " open" : "", sets.get(i).step()));
            sets.get(i).samples().forEach(s -> sample(out, s));
            out.append("</details>\n");
        }
        out.append("</section>\n");
    }

    static void sample(StringBuilder out, Sample sample) {
        out.append("<blockquote dir=\"auto\">");
        if (sample.name() != null) {
            out.append("<span class=\"tag\">").append(Html.escape(sample.name())).append("</span> ");
        }
        out.append("<b>").append(Html.escape(Html.shortened(sample.prompt()))).append("</b>")
                .append(Html.escape(Html.shortened(sample.text()))).append("</blockquote>\n");
    }

    private void environment() {
        out.append("<section><h2>How it runs</h2>\n<dl>\n");
        entry("Backend", run.session("backend"));
        entry("Threads", run.session("threads"));
        entry("Saryu", run.session("saryu"));
        entry("Java", run.session("java"));
        entry("System", run.session("system"));
        entry("Cores", run.session("cores"));
        if (run.session("memory_bytes").isNumber()) {
            entry("Memory", Amounts.of(run.session("memory_bytes").asDouble(), "bytes"));
        }
        entry("Tokens a step", run.session("tokens_per_step"));
        if (run.session("flops_per_token").isNumber()) {
            entry("FLOPs a token", String.format(Locale.ROOT, "%,.1f million (6 N + 12 L NH HS T)",
                    run.session("flops_per_token").asDouble() / 1e6));
        }
        entry("Begun", run.session("time"));
        entry("Folder", run.name());
        String config = run.config().length() <= LONGEST_CONFIG ? run.config() : run.config().substring(0, LONGEST_CONFIG);
        out.append("</dl>\n<details><summary>Configuration</summary>\n<pre tabindex=\"0\">").append(Html.escape(config))
                .append("</pre></details></section>\n");
    }

    private void entry(String name, JsonNode value) {
        if (value.isValueNode() && !value.isNull()) {
            entry(name, value.isIntegralNumber() ? String.format(Locale.ROOT, "%,d", value.asLong()) : value.asText());
        }
    }

    private void entry(String name, String value) {
        out.append("<div><dt>").append(name).append("</dt><dd>").append(Html.escape(value)).append("</dd></div>\n");
    }
}
