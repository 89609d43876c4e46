package io.saryu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signals a real process. SIGTERM goes the way of Ctrl-C; SIGINT itself is ignored in processes of some test runners. */
class InterruptTest {
    @ParameterizedTest
    @CsvSource({"save,saved", "stop,removed", "neither,"})
    void workEndsInOrder(String mode, String last) throws Exception {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), LongWork.class.getName(), mode)
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader out = process.inputReader()) {
            assertEquals("working", out.readLine());
            // Not Process.destroy, which closes our end of the output too.
            process.toHandle().destroy();
            List<String> rest = out.lines().toList();
            assertTrue(process.waitFor(20, TimeUnit.SECONDS));
            assertEquals(143, process.exitValue());
            assertEquals(last, rest.isEmpty() ? null : rest.get(rest.size() - 1));
        } finally {
            process.destroyForcibly();
        }
    }

    /** The other process. */
    static final class LongWork {
        private LongWork() {
        }

        public static void main(String[] args) throws Exception {
            switch (args[0]) {
                case "save" -> Interrupt.save(() -> System.out.println("stopping"), interrupt -> {
                    System.out.println("working");
                    while (!interrupt.requested()) {
                        Thread.sleep(5);
                    }
                    System.out.println("saved");
                    return null;
                });
                case "stop" -> Interrupt.stop(() -> {
                    System.out.println("working");
                    try {
                        Thread.sleep(60_000);
                    } catch (InterruptedException e) {
                        System.out.println("removed");
                    }
                    return null;
                });
                default -> {
                    System.out.println("working");
                    Thread.sleep(60_000);
                }
            }
        }
    }
}
