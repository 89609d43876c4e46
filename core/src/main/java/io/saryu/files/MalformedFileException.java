package io.saryu.files;

import java.io.IOException;

/** A file whose content is not what it should be. The message is one sentence: what is wrong, where, and what to do. */
public class MalformedFileException extends IOException {
    private static final long serialVersionUID = 1;

    public MalformedFileException(String message) {
        super(message);
    }

    public MalformedFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
