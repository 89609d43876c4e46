package io.saryu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.report.Amounts;
import io.saryu.train.Progress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PartsTest {
    @Test
    void escapesMeanWhatTheyMeanInJava() {
        assertEquals("a\nb\tc\\d\"e'f\r", Escapes.interpret("a\\nb\\tc\\\\d\\\"e\\'f\\r"));
        assertEquals("\u0905\uD83D\uDE42x", Escapes.interpret("\\u0905\\uD83D\\ude42x"));
        assertEquals("\\n", Escapes.interpret("\\\\n"));
        assertEquals("मेरा फ़ोन", Escapes.interpret("मेरा फ़ोन"));
        assertEquals("### Input:\nMy name\n\n", Escapes.interpret("### Input:\\nMy name\\n\\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\\", "\\q", "\\u12", "\\u12G4", "x\\u"})
    void unknownEscapesAreRefused(String text) {
        String message = assertThrows(IllegalArgumentException.class, () -> Escapes.interpret(text)).getMessage();
        assertTrue(message.startsWith("the escape '\\") && message.contains("at character " + (text.indexOf('\\') + 1)),
                message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"0|0 bytes", "999|999 bytes", "1000|1.0 kB", "12345678|12.3 MB", "999999|1.0 MB",
        "250e6|250 MB", "5e12|5.0 TB"})
    void bytes(double amount, String text) {
        assertEquals(text, Amounts.bytes(amount));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"0.4|0 s", "59.4|59 s", "59.6|1 min 0 s", "3599|59 min 59 s", "7500|2 h 5 min"})
    void durations(double seconds, String text) {
        assertEquals(text, Amounts.duration(seconds));
    }

    @Test
    void plainProgressSaysRateAndTimeLeft() {
        StringWriter text = new StringWriter();
        long[] now = {0};
        Progress progress = new PlainProgress(new PrintWriter(text), () -> now[0]);
        try (Progress.Task task = progress.start("train", 300, "steps")) {
            now[0] = 9_000_000_000L;
            task.update(90, "loss 5.00");
            now[0] = 10_000_000_000L;
            task.update(100, "loss 4.00");
            now[0] = 30_000_000_000L;
            task.update(300, "loss 3.00");
        }
        assertEquals("""
                train: 100 steps of 300 steps (33 %), 10 steps/s, 20 s left, loss 4.00
                train: 300 steps of 300 steps (100 %), 10 steps/s, took 30 s, loss 3.00
                """, text.toString().replace(System.lineSeparator(), "\n"));
    }

    @Test
    void failuresBecomeSentencesAndCodes() {
        assertEquals(2, Failures.exitCode(new IllegalArgumentException("x")));
        assertEquals(2, Failures.exitCode(new UnsupportedOperationException("x")));
        assertEquals(1, Failures.exitCode(new UncheckedIOException(new IOException("x"))));
        assertEquals(130, Failures.exitCode(new InterruptedIOException("x")));
        assertEquals("there is no file or folder a.txt; check the name",
                Failures.sentence(new UncheckedIOException(new NoSuchFileException("a.txt"))));
        assertEquals("/x/y: No space left on device; check the disk's free space and the folder's permissions",
                Failures.sentence(new FileSystemException("/x/y", null, "No space left on device")));
        assertEquals("unexpected NullPointerException; run again with --debug and report what it prints",
                Failures.sentence(new NullPointerException()));
        assertEquals("plain words", Failures.sentence(new IllegalStateException("plain words")));
    }
}
