package io.saryu.report;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;

/** Pieces of a page: escaped text, charts with their data, the page around them with all that it needs inside. */
final class Html {
    /** A chart has no more points across than this; a screen does not show more. */
    private static final int MOST_POINTS = 1200;
    /** Points of all charts together, so that a comparison of many runs stays small enough for a phone. */
    private static final int MOST_POINTS_IN_ALL = 24_000;
    private static final int LONGEST_TEXT = 2000;
    private static final MathContext DIGITS = new MathContext(6);
    private static final String UPLOT = "META-INF/resources/webjars/uplot/";

    private Html() {
    }

    /** Text for element content and quoted attributes. Nothing that a model wrote or a path holds can become markup. */
    static String escape(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> {
                    // No control characters but line breaks and tabs, and no halves of surrogate pairs, are text in HTML.
                    boolean control = Character.isISOControl(c) && c != '\n' && c != '\t';
                    out.appendCodePoint(control || c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c);
                }
            }
        });
        return out.toString();
    }

    /** How a page begins; the caller adds what it likes to the header and ends it. */
    static void header(StringBuilder out, String eyebrow, String heading) {
        out.append("<header>\n<p class=\"eyebrow\">").append(escape(eyebrow)).append("</p>\n<h1>").append(escape(heading));
    }

    /** A text's beginning, where the whole would be too much. */
    static String shortened(String text) {
        return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "\u2026";
    }

    /** All charts of a page. */
    static void charts(StringBuilder out, List<Chart> charts) {
        out.append("<section class=\"charts\" aria-label=\"Charts\">\n");
        charts.forEach(c -> chart(out, c));
        out.append("</section>\n");
    }

    /** A name behind the mark that its line in the charts has. */
    static String named(String color, String name) {
        return "<i style=\"--c:var(" + color + ")\"></i>" + escape(name);
    }

    /** A chart's place, with its legend. */
    private static void chart(StringBuilder out, Chart chart) {
        out.append("<figure class=\"chart").append(chart.wide() ? " wide" : "").append("\" id=\"chart-").append(chart.id())
                .append("\">\n<figcaption><h3>").append(escape(chart.title())).append("</h3> <span>")
                .append(escape(chart.note())).append("</span></figcaption>\n");
        out.append("<div class=\"plot\" role=\"img\" aria-label=\"").append(escape(chart.description())).append("\"></div>\n");
        if (chart.lines().size() > 1) {
            out.append("<ul class=\"legend\">");
            for (Chart.Line line : chart.lines()) {
                out.append("<li><button type=\"button\" aria-pressed=\"true\"><i class=\"").append(line.dashed() ? "dashed" : "")
                        .append("\" style=\"--c:var(").append(line.color()).append(")\"></i><span class=\"name\">")
                        .append(escape(line.label())).append("</span>");
                // Over steps the last value is how it stands; elsewhere it is just the end of the axis.
                if (chart.over().equals(Chart.STEP)) {
                    out.append(" <b>").append(escape(Chart.text(chart.format(), line.series().last()))).append("</b>");
                }
                out.append("</button></li>");
            }
            out.append("</ul>\n");
        }
        out.append("</figure>\n");
    }

    /** What report.js draws, as JSON that may stand in a script element. */
    static String data(List<Chart> charts) {
        int lines = charts.stream().mapToInt(c -> c.lines().size()).sum();
        int most = Math.clamp(MOST_POINTS_IN_ALL / Math.max(1, lines), 50, MOST_POINTS);
        StringBuilder out = new StringBuilder("[");
        for (Chart chart : charts) {
            out.append(out.length() > 1 ? ",\n" : "").append("{\"id\":\"").append(chart.id()).append("\",\"format\":\"")
                    .append(chart.format()).append("\",\"zero\":").append(chart.fromZero()).append(",\"over\":\"")
                    .append(chart.over()).append("\",\"log\":").append(chart.log()).append(",\"lines\":[");
            for (int i = 0; i < chart.lines().size(); i++) {
                Chart.Line line = chart.lines().get(i);
                Series s = line.series().thinned(most);
                out.append(i > 0 ? "," : "").append("{\"label\":").append(json(line.label())).append(",\"color\":\"")
                        .append(line.color()).append("\",\"dashed\":").append(line.dashed()).append(",\"x\":[");
                for (int k = 0; k < s.size(); k++) {
                    out.append(k > 0 ? "," : "").append((long) s.step(k));
                }
                out.append("],\"y\":[");
                for (int k = 0; k < s.size(); k++) {
                    out.append(k > 0 ? "," : "").append(number(s.value(k)));
                }
                out.append("]}");
            }
            out.append("]}");
        }
        return out.append("]").toString();
    }

    private static String number(double value) {
        return new BigDecimal(value).round(DIGITS).stripTrailingZeros().toString();
    }

    /** A JSON string that no HTML parser mistakes for the end of its script element. */
    private static String json(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' || c < 0x20 || c > 0x7E) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }

    /**
     * The whole page. It asks nothing of a network, and its policy forbids it to.
     *
     * @param body   between {@code main} tags
     * @param reload whether it looks for news of itself now and then
     */
    static String page(String title, String body, List<Chart> charts, boolean reload) throws IOException {
        // Who waits for news needs the script also before there is a chart.
        return charts.isEmpty() && !reload ? around(title, "", body, "", reload) : withCharts(title, body, charts, reload);
    }

    private static String withCharts(String title, String body, List<Chart> charts, boolean reload) throws IOException {
        String version = version();
        String scripts = """
                <script type="application/json" id="data">%s</script>
                <!-- uPlot %s, inlined below.
                %s-->
                <script>%s</script>
                <script>
                %s
                </script>""".formatted(data(charts), version, resource(UPLOT + version + "/LICENSE").replace("--", "- -"),
                resource(UPLOT + version + "/dist/uPlot.iife.min.js"), own("report.js"));
        return around(title, resource(UPLOT + version + "/dist/uPlot.min.css"), body
                + "\n<noscript><p>The charts are drawn by a script of this page; allow scripts to see them.</p></noscript>", scripts, reload);
    }

    private static String around(String title, String style, String body, String scripts, boolean reload) throws IOException {
        return """
                <!DOCTYPE html>
                <html lang="en"%s>
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta name="color-scheme" content="light dark">
                <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:">
                <title>%s</title>
                <style>
                %s
                %s
                </style>
                </head>
                <body>
                <main>
                %s
                </main>
                %s
                </body>
                </html>
                """.formatted(reload ? " data-reload" : "", escape(title), style, own("report.css"), body, scripts);
    }

    /** The version of the charting library that Maven put beside us, which is part of its files' names. */
    private static String version() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = open("META-INF/maven/org.webjars.npm/uplot/pom.properties")) {
            properties.load(in);
        }
        return properties.getProperty("version");
    }

    private static String own(String name) throws IOException {
        try (InputStream in = Html.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = open(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static InputStream open(String name) throws IOException {
        InputStream in = Html.class.getClassLoader().getResourceAsStream(name);
        if (in == null) {
            throw new IOException("this build of Saryu lacks " + name + ", which reports are made of; build it again");
        }
        return in;
    }
}
