package io.saryu.train;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Keeps what {@code io.saryu} logs while it is open. */
final class LogCapture extends Handler implements AutoCloseable {
    private static final Logger SARYU = Logger.getLogger("io.saryu");

    private final List<String> lines = new ArrayList<>();

    LogCapture() {
        SARYU.addHandler(this);
    }

    List<String> lines() {
        return lines;
    }

    @Override
    public void publish(LogRecord record) {
        lines.add(new SimpleFormatter().formatMessage(record));
    }

    @Override
    public void flush() {
        // Nothing is held back.
    }

    @Override
    public void close() {
        SARYU.removeHandler(this);
    }
}
