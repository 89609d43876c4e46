package io.saryu.cli;

import java.io.IOException;

/**
 * What a rank knows of the {@code saryu launch} that started it. The launcher keeps the other end of the rank's standard input
 * open and never writes to it; the system closes it when the launcher is gone, also when nobody could tell it to end its ranks.
 */
final class Launcher {
    /** Set in the environment of processes whose standard input ends with the launcher. */
    static final String VARIABLE = "SARYU_LAUNCHED";
    /** As after SIGTERM. */
    private static final int TERMINATED = 143;

    private Launcher() {
    }

    /** Ends this process as SIGTERM would when its launcher is gone; does nothing where it has none. */
    static void follow() {
        if (System.getenv(VARIABLE) != null) {
            Thread.ofPlatform().name("saryu-launcher").daemon().start(() -> {
                awaitEnd();
                Runtime.getRuntime().exit(TERMINATED);
            });
        }
    }

    private static void awaitEnd() {
        try {
            while (System.in.read() >= 0) {
                // Nothing that comes has a meaning.
            }
        } catch (IOException e) {
            // Nobody is at the other end.
        }
    }
}
