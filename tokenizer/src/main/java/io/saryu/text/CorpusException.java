package io.saryu.text;

import java.io.IOException;

/** Text that cannot be read, or a result that cannot be written; one sentence says where and what to do. */
public class CorpusException extends IOException {
    private static final long serialVersionUID = 1L;

    /** With a sentence for the user. */
    public CorpusException(String message) {
        super(message);
    }

    /** With a sentence for the user and what caused it. */
    public CorpusException(String message, Throwable cause) {
        super(message, cause);
    }
}
