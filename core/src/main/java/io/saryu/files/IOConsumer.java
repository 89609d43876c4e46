package io.saryu.files;

import java.io.IOException;

/** Something that takes a {@code T} and may fail while reading or writing. */
@FunctionalInterface
public interface IOConsumer<T> {
    void accept(T value) throws IOException;
}
