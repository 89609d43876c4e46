package io.saryu.cli;

import io.saryu.report.Amounts;
import io.saryu.train.Progress;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Progress as lines, one every few seconds, for logs and pipes. */
final class PlainProgress implements Progress {
    private static final long EVERY_NANOS = 10_000_000_000L;

    private final PrintWriter out;
    private final LongSupplier nanoTime;

    PlainProgress(PrintWriter out, LongSupplier nanoTime) {
        this.out = out;
        this.nanoTime = nanoTime;
    }

    @Override
    public void line(String text) {
        out.println(text);
        out.flush();
    }

    @Override
    public Task start(String name, long total, String unit) {
        return new PlainTask(name, total, unit, nanoTime.getAsLong());
    }

    private final class PlainTask implements Task {
        private final String name;
        private final long total;
        private final String unit;
        private final long started;
        private long lastLine;
        private long done;
        private long shown = -1;
        private String detail = "";

        PlainTask(String name, long total, String unit, long started) {
            this.name = name;
            this.total = total;
            this.unit = unit;
            this.started = started;
            this.lastLine = started;
        }

        @Override
        public void update(long nowDone, String nowDetail) {
            done = nowDone;
            detail = nowDetail;
            if (nanoTime.getAsLong() - lastLine >= EVERY_NANOS) {
                print();
            }
        }

        @Override
        public void close() {
            if (done != shown) {
                print();
            }
        }

        private void print() {
            lastLine = nanoTime.getAsLong();
            shown = done;
            double seconds = Math.max(1e-3, (lastLine - started) / 1e9);
            double rate = done / seconds;
            StringBuilder text = new StringBuilder(name).append(": ").append(Amounts.of(done, unit));
            if (total > 0) {
                text.append(" of ").append(Amounts.of(total, unit))
                        .append(String.format(Locale.ROOT, " (%d %%)", 100 * Math.min(done, total) / total));
            }
            text.append(", ").append(Amounts.of(rate, unit)).append("/s");
            if (total > 0 && done > 0 && done < total) {
                text.append(", ").append(Amounts.duration((total - done) / rate)).append(" left");
            } else if (total > 0 && done >= total) {
                text.append(", took ").append(Amounts.duration(seconds));
            }
            if (!detail.isEmpty()) {
                text.append(", ").append(detail);
            }
            line(text.toString());
        }
    }
}
