package io.saryu.data;

import io.saryu.files.TokenFile;
import io.saryu.files.TokenFileInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** A token file as training and evaluation read it. Safe for several threads; reading after close throws. */
public final class TokenFileSequence implements TokenSequence, AutoCloseable {
    private final TokenFile file;

    /** Takes over {@code file}: closing this closes it. */
    public TokenFileSequence(TokenFile file) {
        this.file = file;
    }

    @Override
    public String name() {
        return file.path().toString();
    }

    @Override
    public long count() {
        return file.length();
    }

    /** What the file says about itself. */
    public TokenFileInfo info() {
        return file.info();
    }

    public Path path() {
        return file.path();
    }

    /** @throws UncheckedIOException when the file is damaged, one sentence */
    @Override
    public void read(long from, int[] out, int at, int length) {
        try {
            file.copyTo(from, out, at, length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
