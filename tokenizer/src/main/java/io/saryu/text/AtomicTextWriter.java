package io.saryu.text;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes a UTF-8 text file that appears under its name only when it is whole: a hidden temporary file in the same
 * folder, synced, then renamed by {@link #commit}. Closing without commit removes it.
 */
final class AtomicTextWriter implements AutoCloseable {
    private static final int BUFFER = 1 << 18;

    private final Path target;
    private final Path temporary;
    private final FileChannel channel;
    private final OutputStream out;
    private boolean committed;
    private long bytes;

    /** Opens the temporary file; missing parent folders are made. */
    AtomicTextWriter(Path target) throws IOException {
        this.target = target.toAbsolutePath();
        if (Files.isDirectory(this.target)) {
            throw new CorpusException("cannot write " + target + ": it is a folder; name a file");
        }
        Path folder = this.target.getParent();
        this.temporary = folder.resolve("." + this.target.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            Files.createDirectories(folder);
            this.channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw cannotWrite(e);
        }
        this.out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
    }

    /** Writes a line and a newline. */
    void line(String line) throws IOException {
        byte[] encoded = line.getBytes(StandardCharsets.UTF_8);
        try {
            out.write(encoded);
            out.write('\n');
        } catch (IOException e) {
            throw cannotWrite(e);
        }
        bytes += encoded.length + 1;
    }

    /** Writes bytes that are whole lines in UTF-8. */
    void write(byte[] text, int start, int count) throws IOException {
        try {
            out.write(text, start, count);
        } catch (IOException e) {
            throw cannotWrite(e);
        }
        bytes += count;
    }

    /** Bytes written so far. */
    long bytes() {
        return bytes;
    }

    /** Makes the file appear under its name, in place of one that was there. */
    void commit() throws IOException {
        try {
            out.flush();
            channel.force(true);
            channel.close();
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw cannotWrite(e);
        }
        committed = true;
    }

    @Override
    public void close() throws IOException {
        if (!committed) {
            channel.close();
            Files.deleteIfExists(temporary);
        }
    }

    private CorpusException cannotWrite(IOException e) {
        return PartialOutput.cannotWrite(target, e);
    }
}
