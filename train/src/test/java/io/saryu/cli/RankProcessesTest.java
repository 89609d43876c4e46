package io.saryu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.train.TinyRun;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Real processes that train on the CPU, each of which takes itself for the only rank. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class RankProcessesTest {
    private final StringWriter said = new StringWriter();

    @TempDir
    Path dir;

    private RankProcesses ranks(Duration patience) {
        return new RankProcesses(new PrintWriter(said), new PrintWriter(said), patience);
    }

    private static ProcessHandle started(Path config) {
        return ProcessHandle.current().children().filter(p -> p.info().arguments().map(List::of).orElse(List.of())
                .contains(config.toString())).findFirst().orElseThrow();
    }

    /** As one does whose checkpoint cannot be written when all are told to save and end. */
    @Test
    void aRankThatFailsMeanwhileIsNamed() throws Exception {
        Path config = dir.resolve("none.yaml");
        try (RankProcesses ranks = ranks(Duration.ofMinutes(1))) {
            ranks.start(0, List.of("train", "--config", config.toString()), Map.of());
            ProcessHandle rank = started(config);
            RankProcesses.Failure failure = ranks.await(() -> !rank.isAlive());
            assertNotNull(failure, said.toString());
            assertTrue(failure.sentence().startsWith("rank 0 failed with exit code 2: ") && failure.sentence().contains("none.yaml"),
                    failure.sentence());
        }
    }

    /** It is stopped, and cannot even learn that it should end. */
    @Test
    void aRankThatDoesNotEndIsKilled() throws Exception {
        Path run = dir.resolve("run");
        Path config = Files.writeString(dir.resolve("train.yaml"), TinyRun.get().yaml(run));
        try (RankProcesses ranks = ranks(Duration.ofSeconds(1))) {
            ranks.start(0, List.of("train", "--config", config.toString(), "--set", "train.max_steps=1000000"), Map.of());
            ProcessHandle rank = started(config);
            while (run.resolve("metrics.jsonl").toFile().length() == 0 && rank.isAlive()) {
                Thread.sleep(20);
            }
            assertEquals(0, new ProcessBuilder("kill", "-STOP", Long.toString(rank.pid())).start().waitFor(), said.toString());
            assertEquals(new RankProcesses.Failure("rank 0 did not end within 1 s after it was told to save and end, and was"
                    + " killed; go on from its last checkpoint with --resume", false), ranks.await(() -> true), said.toString());
        }
    }
}
