package io.saryu.tokenizer;

import java.io.IOException;

/** A tokenizer that cannot be read, trained or written; one sentence says what is wrong, where, and what to do. */
public class TokenizerException extends IOException {
    private static final long serialVersionUID = 1L;

    /** With a sentence for the user. */
    public TokenizerException(String message) {
        super(message);
    }

    /** With a sentence for the user and what caused it. */
    public TokenizerException(String message, Throwable cause) {
        super(message, cause);
    }
}
