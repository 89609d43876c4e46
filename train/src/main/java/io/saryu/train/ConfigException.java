package io.saryu.train;

/** A configuration that cannot be used; the message says which key, where, what was expected, in one sentence. */
public class ConfigException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }

    public ConfigException(String message, Throwable cause) {
        super(message, cause);
    }
}
