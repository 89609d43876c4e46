package io.saryu.cli;

import java.io.PrintWriter;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Log records as plain lines on standard error. */
final class LogLines extends Handler {
    private static final Formatter MESSAGE = new SimpleFormatter();
    /** java.util.logging keeps loggers weakly; ours must not lose its level. */
    private static final Logger SARYU = Logger.getLogger("io.saryu");

    private final PrintWriter err;

    private LogLines(PrintWriter err) {
        this.err = err;
    }

    /** Sends what {@code io.saryu} logs to {@code err}: warnings, with {@code verbose} everything. */
    static void install(PrintWriter err, boolean verbose) {
        for (Handler old : SARYU.getHandlers()) {
            SARYU.removeHandler(old);
        }
        SARYU.setUseParentHandlers(false);
        SARYU.setLevel(verbose ? Level.ALL : Level.WARNING);
        SARYU.addHandler(new LogLines(err));
    }

    @Override
    public void publish(LogRecord record) {
        String level = record.getLevel().intValue() >= Level.WARNING.intValue() ? "warning: " : "";
        err.println(level + MESSAGE.formatMessage(record));
        err.flush();
    }

    @Override
    public void flush() {
        err.flush();
    }

    @Override
    public void close() {
        err.flush();
    }
}
