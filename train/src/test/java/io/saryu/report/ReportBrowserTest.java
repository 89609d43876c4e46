package io.saryu.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.saryu.text.ProgressListener;
import io.saryu.text.ReadOptions;
import io.saryu.tokenizer.Tokenizer;
import io.saryu.tokenizer.TokenizerStatistics;
import io.saryu.train.TinyRun;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reports as a browser shows them: a real headless Chromium, where there is one. */
@Tag("slow")
class ReportBrowserTest {
    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");
    /** Series colours of report.css, light then dark: English, Hindi, Awadhi. */
    private static final int[][] COLORS = {{0x2a78d6, 0xd9541e, 0x12875c}, {0x5b9ff0, 0xf0824f, 0x3cc08c}};

    @TempDir
    Path dir;
    private String browser;

    @BeforeEach
    void find() {
        browser = Stream.of(System.getenv("PATH").split(File.pathSeparator)).flatMap(p -> NAMES.stream().map(n -> Path.of(p, n)))
                .filter(Files::isExecutable).map(Path::toString).findFirst().orElse(null);
        assumeTrue(browser != null, "none of " + NAMES + " is on the PATH");
    }

    /** What the browser printed: the page's elements after its scripts, and what it logged. */
    private record Visit(String dom, List<String> console) {
    }

    private Visit visit(Path page, int width, boolean dark, String... action) throws Exception {
        List<String> command = new ArrayList<>(List.of(browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                "--enable-logging=stderr", "--virtual-time-budget=5000", "--window-size=" + width + ",1600",
                "--user-data-dir=" + dir.resolve("profile"), "--blink-settings=preferredColorScheme=" + (dark ? 0 : 1)));
        command.addAll(List.of(action));
        command.add(page.toUri().toString());
        Path out = dir.resolve("dom.txt");
        Path err = dir.resolve("log.txt");
        Process process = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        assertTrue(process.waitFor(120, TimeUnit.SECONDS), "the browser hangs");
        assertEquals(0, process.exitValue(), Files.readString(err));
        String log = new String(Files.readAllBytes(err), StandardCharsets.UTF_8);
        return new Visit(Files.readString(out), log.lines().filter(l -> l.contains("CONSOLE")).toList());
    }

    /** The page, and a script after its own that measures what only a browser knows. */
    private Path measured(Path report, String script) throws IOException {
        return Files.writeString(dir.resolve("measured.html"), Files.readString(report).replace("</body>", "<script>" + script
                + "</script></body>"));
    }

    @ParameterizedTest
    @CsvSource({"1280,false", "1280,true", "500,false", "500,true"})
    void isDrawn(int width, boolean dark) throws Exception {
        Path report = TinyRun.get().model().resolveSibling("report.html");
        Visit visit = visit(measured(report, """
                setTimeout(() => { const e = document.documentElement;
                e.dataset.overflow = e.scrollWidth - e.clientWidth;
                e.dataset.width = e.clientWidth; }, 500);"""), width, dark, "--dump-dom");
        assertEquals(List.of(), visit.console);
        assertTrue(visit.dom.contains("data-overflow=\"0\""), "the page is wider than the screen");
        assertTrue(visit.dom.contains("data-width=\"" + width + "\""), "the screen has another width");
        assertEquals(5, drawn(visit.dom, "loss"));
        assertEquals(4, drawn(visit.dom, "bits"));
        assertEquals(3, drawn(visit.dom, "memory"));
        for (String id : List.of("lr", "norm", "speed", "mfu")) {
            assertEquals(1, drawn(visit.dom, id), id);
        }
        for (String language : TinyRun.LANGUAGES) {
            assertTrue(Pattern.compile("chart-loss.*?<span class=\"name\">" + language + "</span>", Pattern.DOTALL)
                    .matcher(visit.dom).find(), language);
        }

        Path picture = dir.resolve("picture.png");
        assertEquals(List.of(), visit(report, width, dark, "--screenshot=" + picture).console);
        BufferedImage image = ImageIO.read(picture.toFile());
        assertNotNull(image);
        Set<Integer> seen = new HashSet<>();
        int[] lines = new int[COLORS[0].length];
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                int rgb = image.getRGB(x, y) & 0xFFFFFF;
                seen.add(rgb);
                for (int i = 0; i < lines.length; i++) {
                    lines[i] += rgb == COLORS[dark ? 1 : 0][i] ? 1 : 0;
                }
            }
        }
        assertTrue(seen.size() > 100, "only " + seen.size() + " colours: nothing is there");
        for (int count : lines) {
            assertTrue(count > 200, "a language's line is not there: " + Arrays.toString(lines));
        }
        assertEquals(dark, (image.getRGB(2, 2) & 0xFF) < 0x40, "light and dark are confused");
    }

    private static int drawn(String dom, String id) {
        Matcher m = Pattern.compile("id=\"chart-" + id + "\"[^>]*data-drawn=\"(\\d+)\"").matcher(dom);
        return m.find() ? Integer.parseInt(m.group(1)) : 0;
    }

    @Test
    void tokenizersAreDrawn() throws Exception {
        Map<String, List<String>> inputs = new LinkedHashMap<>();
        for (String language : TinyRun.LANGUAGES) {
            Path text = Files.write(dir.resolve(language + ".txt"), TinyRun.sample(language, 200));
            inputs.put(language, List.of(text.toString()));
        }
        Path file = dir.resolve("tokenizer.html");
        try (Tokenizer tokenizer = Tokenizer.load(TinyRun.get().tokenizer())) {
            TokenizerPage.write(file, "tiny", tokenizer.vocabSize(), TokenizerStatistics.run(tokenizer, inputs,
                    ReadOptions.DEFAULT, 2, ProgressListener.NONE), null);
        }
        for (int width : new int[] {1280, 500}) {
            Visit visit = visit(measured(file, """
                    setTimeout(() => { const e = document.documentElement;
                    e.dataset.overflow = e.scrollWidth - e.clientWidth; }, 500);"""), width, width == 500, "--dump-dom");
            assertEquals(List.of(), visit.console);
            assertTrue(visit.dom.contains("data-overflow=\"0\""), "the page is wider than the screen");
            for (String id : List.of("fertility", "lengths", "coverage")) {
                assertEquals(TinyRun.LANGUAGES.size(), drawn(visit.dom, id), id);
            }
        }
    }

    @Test
    void comparisonsAreDrawnAndErrorsWouldBeSeen() throws Exception {
        Path run = TinyRun.get().model().getParent();
        Path file = dir.resolve("comparison.html");
        Report.write(List.of(run, run), file);
        Visit visit = visit(file, 1280, false, "--dump-dom");
        assertEquals(List.of(), visit.console);
        for (String id : List.of("validation", "loss", "validation-0", "validation-2", "bits", "lr", "norm", "speed", "memory")) {
            assertEquals(2, drawn(visit.dom, id), id);
        }
        Visit broken = visit(measured(file, "thereIsNoSuchThing()"), 1280, false, "--dump-dom");
        assertTrue(broken.console.toString().contains("thereIsNoSuchThing"), "errors of a page are not noticed");
        Visit fetching = visit(measured(file, "new Image().src = 'https://example.invalid/x.png'"), 1280, false, "--dump-dom");
        assertTrue(fetching.console.toString().contains("Content Security Policy"), "the page may use a network");
    }
}
