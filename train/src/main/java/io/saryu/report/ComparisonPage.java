package io.saryu.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.saryu.report.Chart.Format;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Several runs side by side: curves over each other, final figures, and what their configurations differ in. */
final class ComparisonPage {
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final int RECENT = 20;
    private static final int LONGEST_VALUE = 200;
    private static final String UNKNOWN = "-";
    private static final String VALIDATION = "validation loss";

    private final List<RunData> runs;
    private final List<String> names;
    private final StringBuilder out = new StringBuilder();

    private ComparisonPage(List<RunData> runs, List<String> names) {
        this.runs = runs;
        this.names = names;
    }

    /** The page as HTML. */
    static String of(List<RunData> runs) throws IOException {
        List<String> names = names(runs);
        ComparisonPage page = new ComparisonPage(runs, names);
        List<Chart> charts = Charts.ofRuns(runs, names);
        String title = "Comparison of " + runs.size() + " runs";
        Html.header(page.out, "Saryu", title);
        page.out.append("</h1>\n</header>\n");
        page.figures();
        Html.charts(page.out, charts);
        page.differences();
        page.samples();
        return Html.page(title + " - Saryu", page.out.toString(), charts, false);
    }

    /** The runs' names; those that are equal get a number. */
    private static List<String> names(List<RunData> runs) {
        List<String> names = new ArrayList<>();
        for (RunData run : runs) {
            String name = run.name();
            for (int i = 2; names.contains(name); i++) {
                name = run.name() + " (" + i + ")";
            }
            names.add(name);
        }
        return names;
    }

    private String head(int i) {
        return Html.named(Charts.color(i), names.get(i));
    }

    private void figures() throws IOException {
        Set<String> languages = new LinkedHashSet<>();
        runs.forEach(r -> languages.addAll(r.languages()));
        Map<String, Function<RunData, String>> columns = new LinkedHashMap<>();
        columns.put("steps", r -> Chart.text(Format.COUNT, r.step()));
        columns.put("tokens", r -> Chart.text(Format.COUNT, r.series("tokens").last()));
        columns.put("parameters", r -> r.session("parameters").isNumber()
                ? RunPage.parameters(r.session("parameters").asDouble()) : UNKNOWN);
        columns.put("training loss", r -> Chart.text(Format.LOSS, r.series("loss").last()));
        columns.put(VALIDATION, r -> Chart.text(Format.LOSS, r.series("eval//loss").last()));
        if (languages.size() > 1) {
            languages.forEach(l -> columns.put(l, r -> Chart.text(Format.LOSS, r.series("eval/" + l + "/loss").last())));
        }
        columns.put("bits per byte", r -> Chart.text(Format.LOSS, r.series("eval//bits_per_byte").last()));
        columns.put("tokens/s", r -> Chart.text(Format.COUNT, r.series("tokens_per_second").recentMedian(RECENT)));
        columns.put("peak memory", r -> Chart.text(Format.BYTES, r.series("memory/peak_bytes").max()));
        columns.put("training time", r -> Double.isFinite(r.trainingSeconds()) ? Amounts.duration(r.trainingSeconds())
                : UNKNOWN);
        columns.values().removeIf(c -> runs.stream().map(c).allMatch(UNKNOWN::equals));

        out.append("<section><h2>Final figures</h2>\n<div class=\"scroll\"><table><thead><tr><th>run</th><th></th>");
        columns.keySet().forEach(name -> out.append("<th>").append(Html.escape(name)).append("</th>"));
        out.append("</tr></thead><tbody>\n");
        double best = runs.stream().mapToDouble(r -> r.series("eval//loss").last()).filter(Double::isFinite).min()
                .orElse(Double.NaN);
        for (int i = 0; i < runs.size(); i++) {
            RunData run = runs.get(i);
            out.append("<tr><th scope=\"row\">").append(head(i)).append("</th><td>").append(RunPage.stateMark(run.state()))
                    .append("</td>");
            columns.forEach((name, text) -> out.append(name.equals(VALIDATION) && run.series("eval//loss").last() == best
                    ? "<td class=\"best\">" : "<td>").append(Html.escape(text.apply(run))).append("</td>"));
            out.append("</tr>\n");
        }
        out.append("</tbody></table></div></section>\n");
    }

    private void cell(String text) {
        out.append("<td>").append(Html.escape(text)).append("</td>");
    }

    private void differences() {
        List<Map<String, String>> all = runs.stream().map(r -> flat(r.config())).toList();
        Set<String> keys = new TreeSet<>();
        all.forEach(m -> keys.addAll(m.keySet()));
        keys.removeIf(k -> all.stream().map(m -> Objects.toString(m.get(k))).distinct().count() == 1);
        out.append("<section><h2>Configurations</h2>\n");
        if (keys.isEmpty()) {
            out.append("<p>All values are equal.</p></section>\n");
            return;
        }
        out.append("<p>Where they differ:</p>\n<div class=\"scroll\"><table class=\"text\"><thead><tr><th>key</th>");
        for (int i = 0; i < runs.size(); i++) {
            out.append("<th>").append(head(i)).append("</th>");
        }
        out.append("</tr></thead><tbody>\n");
        for (String key : keys) {
            out.append("<tr><th scope=\"row\"><code>").append(Html.escape(key)).append("</code></th>");
            all.forEach(m -> cell(m.getOrDefault(key, "-")));
            out.append("</tr>\n");
        }
        out.append("</tbody></table></div></section>\n");
    }

    /** Key paths and values of a configuration; none of one that is damaged. */
    private static Map<String, String> flat(String yaml) {
        Map<String, String> values = new LinkedHashMap<>();
        try {
            flatten("", YAML.readTree(yaml), values);
        } catch (JsonProcessingException e) {
            values.clear();
        }
        return values;
    }

    private static void flatten(String path, JsonNode node, Map<String, String> values) {
        if (node.isObject()) {
            node.properties().forEach(e -> flatten(path.isEmpty() ? e.getKey() : path + "." + e.getKey(), e.getValue(), values));
        } else {
            String text = node.isValueNode() ? node.asText() : node.toString();
            values.put(path, text.length() <= LONGEST_VALUE ? text : text.substring(0, LONGEST_VALUE) + "\u2026");
        }
    }

    private void samples() {
        if (runs.stream().allMatch(r -> r.samples().isEmpty())) {
            return;
        }
        out.append("<section><h2>What they write</h2>\n");
        for (int i = 0; i < runs.size(); i++) {
            if (!runs.get(i).samples().isEmpty()) {
                RunData.SampleSet last = runs.get(i).samples().getLast();
                out.append("<h3>").append(head(i)).append(", step ").append(Chart.text(Format.COUNT, last.step()))
                        .append("</h3>\n");
                last.samples().forEach(s -> RunPage.sample(out, s));
            }
        }
        out.append("</section>\n");
    }
}
