package io.saryu.train;

/** How a run is. */
public enum RunState {
    /** A process works on it. */
    RUNNING,
    /** It was asked to stop, and can be resumed. */
    STOPPED,
    /** All its steps are done. */
    FINISHED,
    /** It ended with an error. */
    FAILED,
    /** Its process is gone without a word: killed, or the machine went down. */
    LOST
}
