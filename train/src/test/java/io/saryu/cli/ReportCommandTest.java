package io.saryu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saryu.train.Pretraining;
import io.saryu.train.Progress;
import io.saryu.train.TinyRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path dir;

    /** A copy of what the tiny run tells, without its weights. */
    private Path copyOfRun(String name) throws IOException {
        Path run = TinyRun.get().model().getParent();
        Path copy = Files.createDirectories(dir.resolve(name));
        for (String file : List.of("config.yaml", "metrics.jsonl", "samples.jsonl", "sessions.jsonl", ".lock")) {
            Files.copy(run.resolve(file), copy.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        return copy;
    }

    private static String page(Path file) throws IOException {
        String page = Files.readString(file);
        // Nothing that a browser would fetch: neither elements that load something, nor styles that do.
        assertFalse(Pattern.compile("(?i)<link|<iframe|<object|<img|\\s(src|href|action)\\s*=|url\\(|@import").matcher(
                page.replaceAll("(?s)<script>var uPlot.*?</script>|<!--.*?-->", "").replaceAll("(?s)<pre.*?</pre>|<blockquote.*?</blockquote>", ""))
                .find());
        assertTrue(page.contains("default-src 'none'"), "no policy that forbids a network");
        return page;
    }

    private static JsonNode data(String page) throws IOException {
        Matcher m = Pattern.compile("(?s)<script type=\"application/json\" id=\"data\">(.*?)</script>").matcher(page);
        assertTrue(m.find());
        return JSON.readTree(m.group(1));
    }

    private static JsonNode chart(String page, String id) throws IOException {
        for (JsonNode chart : data(page)) {
            if (chart.get("id").asText().equals(id)) {
                return chart;
            }
        }
        throw new AssertionError("no chart " + id);
    }

    private static List<String> labels(JsonNode chart) {
        return chart.get("lines").findValuesAsText("label");
    }

    @Test
    void theRunWroteItsReportAndTheCommandWritesTheSame() throws Exception {
        Path run = TinyRun.get().model().getParent();
        String own = page(run.resolve("report.html"));
        JsonNode loss = chart(own, "loss");
        assertEquals(List.of("training", "en", "hi", "awa", "overall"), labels(loss));
        assertEquals(TinyRun.STEPS, loss.at("/lines/0/x").size());
        assertEquals("[6,12,18,20]", loss.at("/lines/1/x").toString());
        for (String id : List.of("bits", "lr", "norm", "speed", "mfu", "memory")) {
            assertTrue(chart(own, id).at("/lines/0/y").size() > 0, id);
        }
        assertTrue(own.contains("finished</span>") && own.contains("Step 18") && own.contains("hidden_size: 32"), own);
        Path file = dir.resolve("page.html");
        Cli cli = Cli.run("report", run.toString(), "--out", file.toString());
        assertEquals(0, cli.exit(), cli.err());
        assertEquals("report: " + file + System.lineSeparator(), cli.out());
        assertEquals(own, page(file));
    }

    @Test
    void whatAModelWroteIsNoMarkup() throws Exception {
        Path run = copyOfRun("evil");
        String evil = "</script></blockquote><img src=x onerror=alert(1)>\"'&<!--\u0000HALF";
        Files.writeString(run.resolve("samples.jsonl"), JSON.writeValueAsString(JSON.createObjectNode().put("step", 6)
                .set("samples", JSON.createArrayNode().add(JSON.createObjectNode().put("name", evil).put("prompt", evil)
                        .put("text", evil)))).replace("HALF", "\\ud800") + "\n");
        String metrics = Files.readString(run.resolve("metrics.jsonl"));
        Files.writeString(run.resolve("metrics.jsonl"), metrics.replace("\"name\":\"en\"",
                "\"name\":" + JSON.writeValueAsString("</script><b>\u2028")));
        Files.writeString(run.resolve("config.yaml"), "a: '</pre><script>alert(1)</script>'\n");
        Cli cli = Cli.run("report", run.toString(), "-q");
        assertEquals(0, cli.exit(), cli.err());
        String page = page(run.resolve("report.html"));
        assertFalse(page.contains("<img") || page.contains("<script>alert") || page.contains("</script><b>"));
        assertTrue(page.contains("&lt;/script&gt;&lt;/blockquote&gt;&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;&lt;!--"));
        assertTrue(labels(chart(page, "loss")).contains("</script><b>\u2028"));
    }

    @Test
    void halfALineAndRubbishArePassedOver() throws Exception {
        Path run = copyOfRun("torn");
        Path metrics = run.resolve("metrics.jsonl");
        Files.write(metrics, new byte[] {'\n', 0, 0, (byte) 0xFF, '\n'}, StandardOpenOption.APPEND);
        Files.writeString(metrics, "[1]\n{\"step\":\"x\"}\n{\"step\":21,\"loss\":\"NaN\"}\n{\"step\":22,\"loss\":1.5", StandardOpenOption.APPEND);
        Files.writeString(run.resolve("samples.jsonl"), "{\"step\"", StandardOpenOption.APPEND);
        Cli cli = Cli.run("report", run.toString(), "-q");
        assertEquals(0, cli.exit(), cli.err());
        assertEquals(TinyRun.STEPS, chart(page(run.resolve("report.html")), "loss").at("/lines/0/x").size());
    }

    @Test
    void aLongRunMakesASmallPage() throws Exception {
        Path run = copyOfRun("long");
        List<String> lines = Files.readAllLines(run.resolve("metrics.jsonl"));
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 2000; i++) {
            for (String line : lines) {
                int step = Integer.parseInt(line.replaceFirst("\\{\"step\":(\\d+).*", "$1"));
                all.append(line.replaceFirst("\\{\"step\":\\d+", "{\"step\":" + (20 * i + step))).append('\n');
            }
        }
        Files.writeString(run.resolve("metrics.jsonl"), all);
        assertEquals(0, Cli.run("report", run.toString(), "-q").exit());
        assertTrue(Files.size(run.resolve("report.html")) < 1_000_000, Files.size(run.resolve("report.html")) + " bytes");
        JsonNode x = chart(page(run.resolve("report.html")), "loss").at("/lines/0/x");
        assertEquals(40_000, x.get(x.size() - 1).asInt());
    }

    @Test
    void severalRunsAreCompared() throws Exception {
        Path other = dir.resolve("other").resolve("run");
        Pretraining.start(TinyRun.get().config(other, "train.learning_rate=1.0e-3", "train.max_steps=8", "train.sample_prompts=[]"),
                "tiny", Progress.NONE, () -> false);
        assertFalse(Files.readString(other.resolve("report.html")).contains("What it writes"));
        Path first = TinyRun.get().model().getParent();
        Path file = dir.resolve("both.html");
        Cli cli = Cli.run("report", first.toString(), other.toString(), first.toString(), "-o", file.toString());
        assertEquals(0, cli.exit(), cli.err());
        String page = page(file);
        List<String> names = labels(chart(page, "validation"));
        assertEquals(3, names.size());
        assertEquals("other/run", names.get(1));
        assertEquals(names.get(0) + " (2)", names.get(2));
        assertEquals(3, chart(page, "validation-2").get("lines").size());
        assertTrue(page.contains("<code>train.learning_rate</code></th><td>0.003</td><td>0.001</td><td>0.003</td>"), page);
        assertFalse(page.contains("<code>train.seed</code>"));
    }

    @Test
    void refusalsAreOneSentence() throws Exception {
        Path empty = Files.createDirectory(dir.resolve("empty"));
        Path young = Files.createDirectory(dir.resolve("young"));
        Files.writeString(young.resolve("config.yaml"), "device: cpu\n");
        Path file = Files.writeString(dir.resolve("file"), "x");
        Path odd = Files.createDirectory(dir.resolve("odd"));
        Files.writeString(odd.resolve("config.yaml"), "device: cpu\n");
        Files.createDirectory(odd.resolve("metrics.jsonl"));
        for (List<String> c : List.of(List.of("2", "there is no run in " + empty + ": it has no config.yaml", empty.toString()),
                List.of("2", "has no metrics yet: metrics.jsonl is not there; wait until", young.toString()),
                List.of("1", "is not a folder", file.toString()),
                List.of("1", "metrics.jsonl is a folder where a run keeps a file; move", odd.toString()),
                List.of("2", "there is no run in " + empty, TinyRun.get().model().getParent().toString(), empty.toString()))) {
            Cli cli = Cli.run(Stream.concat(Stream.of("report", "-q", "-o",
                    dir.resolve("no.html").toString()), c.subList(2, c.size()).stream()).toArray(String[]::new));
            assertEquals(1, cli.err().lines().count(), cli.err());
            assertTrue(cli.err().contains(c.get(1)), cli.err());
            assertEquals(Integer.parseInt(c.get(0)), cli.exit(), cli.err());
            assertFalse(Files.exists(dir.resolve("no.html")));
        }
        Files.writeString(young.resolve("metrics.jsonl"), "{\"ste");
        assertTrue(Cli.run("report", young.toString()).err().contains("metrics.jsonl holds no step; wait until"));
    }

    /** What cannot be written for watchers is a warning; the run ends as it should. */
    @Test
    void aRunThatCannotBeWatchedGoesOn() throws Exception {
        Path run = Files.createDirectory(dir.resolve("run"));
        Files.writeString(run.resolve("tensorboard"), "a file in the way");
        Files.createDirectories(run.resolve("report.html").resolve("in the way"));
        Files.createDirectory(run.resolve("samples.jsonl"));
        Path config = Files.writeString(dir.resolve("tiny.yaml"), TinyRun.get().yaml(run));
        Cli cli = Cli.run("train", "--config", config.toString(), "-q");
        assertEquals(0, cli.exit(), cli.err());
        List<String> warnings = cli.err().lines().toList();
        assertEquals(3, warnings.size(), cli.err());
        for (String name : List.of("samples.jsonl", "tensorboard", "report.html")) {
            assertTrue(warnings.stream().anyMatch(w -> w.startsWith("warning: the run goes on, but cannot be watched as usual: ")
                    && w.contains(name)), cli.err());
        }
        assertTrue(Files.exists(run.resolve("model/model.safetensors")));
        assertEquals(24, Files.readAllLines(run.resolve("metrics.jsonl")).size());
    }

    @Test
    void promptsAreChecked() throws Exception {
        String longPrompt = "word ".repeat(40).strip();
        for (List<String> c : List.of(List.of("'" + longPrompt + "'", "a list of texts"),
                List.of("['" + longPrompt + "']", "tokens ('word word word word ...'), and data.context_length is 32; shorten it"),
                List.of("[one, null]", "a list of texts"))) {
            Path config = Files.writeString(dir.resolve("tiny.yaml"), TinyRun.get().yaml(dir.resolve("no")));
            Cli cli = Cli.run("train", "--config", config.toString(), "-q", "--set", "train.sample_prompts=" + c.get(0));
            assertEquals(2, cli.exit(), cli.err());
            assertTrue(cli.err().contains("sample_prompts") && cli.err().contains(c.get(1)), cli.err());
            assertFalse(Files.exists(dir.resolve("no")));
        }
    }
}
