package io.saryu.cli;

import io.saryu.train.Progress;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import java.io.PrintWriter;

/** Progress as a bar with rate and time left. */
final class TerminalProgress implements Progress {
    private final PrintWriter out;

    TerminalProgress(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void line(String text) {
        // Return to the line's start and clear it: the bar draws itself again below.
        out.print("\r\033[K" + text + System.lineSeparator());
        out.flush();
    }

    @Override
    public Task start(String name, long total, String unit) {
        boolean bytes = unit.equals("bytes");
        ProgressBar bar = new ProgressBarBuilder().setTaskName(name).setInitialMax(total > 0 ? total : -1)
                .setUnit(bytes ? " MB" : " " + unit, bytes ? 1_000_000 : 1)
                .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BLOCK).setUpdateIntervalMillis(200).showSpeed().build();
        return new Task() {
            @Override
            public void update(long done, String detail) {
                bar.stepTo(done);
                if (!detail.isEmpty()) {
                    bar.setExtraMessage(" " + detail);
                }
            }

            @Override
            public void close() {
                bar.close();
            }
        };
    }
}
