package io.saryu.dist;

/** Another rank failed; the message says which and why. */
public final class CommunicatorAbortedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    public CommunicatorAbortedException(String message) {
        super(message);
    }
}
