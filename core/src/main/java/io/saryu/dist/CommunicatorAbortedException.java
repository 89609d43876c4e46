package io.saryu.dist;

/** Another rank failed; the message says which and why. */
public final class CommunicatorAbortedException extends RuntimeException {
    public CommunicatorAbortedException(String message) {
        super(message);
    }
}
