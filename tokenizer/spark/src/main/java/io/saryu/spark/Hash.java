package io.saryu.spark;

import java.io.Serializable;

/** The 128-bit hash of a document, as a key. */
record Hash(long high, long low) implements Serializable {
    /** Written down, as executors must agree on it. */
    @Override
    public int hashCode() {
        return (int) (low ^ low >>> 32);
    }
}
