package io.saryu.train;

/** A configuration that cannot be used; the message says which key, where, what was expected, in one sentence. */
public class ConfigException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;
    /** Room for the names and values that a sentence quotes; a file can hold ones of any length. */
    private static final int LONGEST = 1000;
    private static final int TAIL = 300;

    public ConfigException(String message) {
        super(line(message));
    }

    public ConfigException(String message, Throwable cause) {
        super(line(message), cause);
    }

    /** A quoted value may hold line breaks and controls; the middle of a very long one is left out. */
    private static String line(String message) {
        String flat = message.replaceAll("[\\p{Cntrl}\\u0085\\u2028\\u2029]+", " ");
        if (flat.length() <= LONGEST) {
            return flat;
        }
        return flat.substring(0, LONGEST - TAIL) + " ... " + flat.substring(flat.length() - TAIL);
    }
}
