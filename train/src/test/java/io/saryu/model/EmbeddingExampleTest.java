package io.saryu.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.train.TinyRun;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of the README compiles, warns of nothing, and writes with a model. */
class EmbeddingExampleTest {
    private static final Path README = Path.of("..", "README.md");
    private static final Pattern EXAMPLE = Pattern.compile("<!-- example -->\\s*```java\\n(.*?)\\n```", Pattern.DOTALL);

    @TempDir
    Path dir;

    private static String example() throws Exception {
        Matcher m = EXAMPLE.matcher(Files.readString(README));
        assertTrue(m.find(), README + " has no java block after <!-- example -->");
        return m.group(1);
    }

    @Test
    void theExampleOfTheReadmeRuns() throws Exception {
        String source = example();
        assertTrue(source.lines().count() <= 25, "the example is to stay short");
        Path file = Files.writeString(dir.resolve("Example.java"), source + "\n");
        assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, "--release", "22", "-Xlint:all,-path,-options",
                "-Werror", "-proc:none", "-cp", System.getProperty("java.class.path"), "-d", dir.toString(), file.toString()));

        List<String> command = new ArrayList<>(TinyRun.java());
        command.set(command.size() - 1, dir + java.io.File.pathSeparator + command.getLast());
        command.addAll(List.of("-Dstdout.encoding=UTF-8", "Example", TinyRun.get().model().toString()));
        Process process = new ProcessBuilder(command).redirectError(dir.resolve("err").toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), Files.readString(dir.resolve("err")));
        assertEquals("", Files.readString(dir.resolve("err")));
        assertTrue(!out.isBlank(), "it printed nothing");
        try (LanguageModel model = LanguageModel.open(TinyRun.get().model())) {
            String first = model.generate("She looked at the", io.saryu.generate.GenerationOptions.greedy(20));
            assertTrue(out.startsWith(first + System.lineSeparator()), out);
        }
    }
}
