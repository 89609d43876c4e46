package io.saryu.files;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * A safetensors file opened for reading. The header is checked completely at {@link #open}: sizes, types, shapes, and
 * that the tensors cover the data without overlap or hole, as the format demands. Data is copied out by {@link #read},
 * never mapped: a mapped file that another process truncates would kill the JVM inside a kernel.
 *
 * <p>Reads may come from several threads. Interrupting a thread while it reads closes the file (the JDK's rule for
 * channels). Close it when done.
 *
 * @see <a href="https://huggingface.co/docs/safetensors/index#format">The format</a>
 */
public final class SafetensorsFile implements AutoCloseable {
    private final Path path;
    private final FileChannel channel;
    private final SafetensorsHeader header;

    private SafetensorsFile(Path path, FileChannel channel, SafetensorsHeader header) {
        this.path = path;
        this.channel = channel;
        this.header = header;
    }

    /**
     * Opens a file and checks its header.
     *
     * @throws MalformedFileException when it is not a well-formed safetensors file of types that {@code DType} has
     * @throws IOException            when it cannot be read
     */
    public static SafetensorsFile open(Path path) throws IOException {
        FileChannel channel = FileReads.open(path);
        try {
            return new SafetensorsFile(path, channel, SafetensorsHeader.read(channel, path));
        } catch (Throwable e) {
            channel.close();
            throw e;
        }
    }

    public Path path() {
        return path;
    }

    /** Names in the order of their data. */
    public Set<String> names() {
        return header.tensors().keySet();
    }

    /** The {@code __metadata__} of the header; empty when it has none. */
    public Map<String, String> metadata() {
        return header.metadata();
    }

    /**
     * Type, shape and place of one tensor.
     *
     * @throws IllegalArgumentException when the file has no such tensor
     */
    public TensorInfo info(String name) {
        TensorInfo info = header.tensors().get(name);
        if (info == null) {
            throw new IllegalArgumentException(path + " holds no tensor '" + Excerpt.of(name) + "'");
        }
        return info;
    }

    /**
     * Copies a tensor's data, in its stored type, to the start of {@code to}.
     *
     * @throws IllegalArgumentException when there is no such tensor or {@code to} is too small or read-only
     * @throws MalformedFileException   when the file became shorter since it was opened
     */
    public void read(String name, MemorySegment to) throws IOException {
        TensorInfo info = info(name);
        if (to.byteSize() < info.bytes() || to.isReadOnly()) {
            throw new IllegalArgumentException("tensor '" + Excerpt.of(name) + "' of " + path + " needs " + info.bytes()
                    + " writable bytes, but the memory given has " + (to.isReadOnly() ? "none" : to.byteSize()));
        }
        FileReads.fully(channel, path, header.dataStart() + info.begin(), to, info.bytes());
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
