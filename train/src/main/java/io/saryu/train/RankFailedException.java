package io.saryu.train;

import java.io.UncheckedIOException;

/** A rank of a data-parallel run failed, and with it the run; the message says in one sentence which and why. */
public final class RankFailedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;
    private final int rank;

    RankFailedException(int rank, int worldSize, String during, Throwable cause) {
        super("rank " + rank + " of " + worldSize + " failed " + during + ": " + reason(cause)
                + "; all ranks have stopped, and the run can go on from its last checkpoint with --resume", cause);
        this.rank = rank;
    }

    /** The rank that failed first. */
    public int rank() {
        return rank;
    }

    private static String reason(Throwable cause) {
        Throwable e = cause instanceof UncheckedIOException && cause.getCause() != null ? cause.getCause() : cause;
        if (e instanceof OutOfMemoryError) {
            return "there is not enough memory (" + e.getMessage() + ")";
        }
        return e.getMessage() == null || e.getMessage().isBlank() ? e.getClass().getSimpleName() : e.getMessage();
    }
}
