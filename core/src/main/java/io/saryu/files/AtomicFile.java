package io.saryu.files;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Writes a file whole or not at all: under a temporary name ({@code .NAME.RANDOM.tmp}) in the target's folder, synced
 * to the disk, then renamed over the target. Whatever fails, the target stays as it was and the temporary file is
 * removed; only a killed process leaves one behind. Where the target is a symbolic link, the link is replaced.
 *
 * <p>Writers of one target may run at the same time; the last to finish stays. A body's {@code RuntimeException} or
 * {@code Error} passes through after the clean-up. An {@code IOException} says in one sentence which file could not be
 * written and why (no such folder, no permission, disk full).
 */
public final class AtomicFile {
    private static final int BUFFER_BYTES = 1 << 16;

    private AtomicFile() {
    }

    /** Writes what {@code body} puts into a buffered stream; {@code body} may close it or not. */
    public static void write(Path target, IOConsumer<? super OutputStream> body) throws IOException {
        writeChannel(target, channel -> {
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES) {
                @Override
                public void close() throws IOException {
                    // Libraries like to close what they were given, but the channel must still be synced.
                    flush();
                }
            };
            body.accept(out);
            out.flush();
        });
    }

    /** Writes what {@code body} puts into a channel, at any positions; {@code body} must not close it. */
    public static void writeChannel(Path target, IOConsumer<? super FileChannel> body) throws IOException {
        try (PendingFile file = new PendingFile(target)) {
            try {
                body.accept(file.channel());
            } catch (IOException e) {
                throw WriteFailure.explain(file.target(), file.temporary(), e);
            }
            file.commit();
        }
    }

    /** Writes text as UTF-8. */
    public static void writeString(Path target, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        write(target, out -> out.write(bytes));
    }
}
