package io.saryu.text;

import java.io.InterruptedIOException;

/** Tells a listener of each megabyte and ends the stage when its thread is interrupted. */
final class Progress {
    private static final long STEP = 1 << 20;

    private final ProgressListener listener;
    private final long total;
    private long base;
    private long told;

    Progress(ProgressListener listener, long total) {
        this.listener = listener;
        this.total = total;
    }

    /** {@code bytes} of the input at hand are done. */
    void at(long bytes) throws InterruptedIOException {
        if (base + bytes - told >= STEP) {
            told = base + bytes;
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("stopped before the end; no result was written, start again");
            }
            listener.onProgress(told, total);
        }
    }

    /** An input of {@code bytes} is done; the next one counts from there. */
    void inputDone(long bytes) {
        base += bytes;
        told = base;
        listener.onProgress(base, total);
    }
}
