package io.saryu.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;

/**
 * Writes a {@link TokenFile} and its description, both whole or not at all. Nothing takes the final names before
 * {@link #commit}; closing without it removes what was written.
 *
 * <p>No system call renames two files at once, so {@link #commit} syncs both under temporary names, moves an existing
 * description aside, renames the tokens, renames the description. A process killed in between leaves tokens without a
 * description, which {@link TokenFile#open} refuses, and never tokens with the description of others. Two processes
 * must not write one file at the same time.
 *
 * <p>Not safe for use from several threads.
 */
public final class TokenFileWriter implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 18;
    /** One commit of this process at a time: two of the same target must not mix. */
    private static final Object COMMIT = new Object();

    private final TokenType type;
    private final int vocabSize;
    private final String tokenizerSha256;
    private final String language;
    private final PendingFile tokens;
    private final PendingFile description;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private long tokenCount;
    private long documentCount;
    private long textBytes;
    private int maxTokenId = -1;
    private boolean open = true;

    private TokenFileWriter(int vocabSize, String tokenizerSha256, String language, PendingFile tokens,
            PendingFile description) {
        this.type = TokenType.of(vocabSize);
        this.vocabSize = vocabSize;
        this.tokenizerSha256 = tokenizerSha256;
        this.language = language;
        this.tokens = tokens;
        this.description = description;
    }

    /**
     * Begins a file: {@code uint16} for vocabularies up to 65,535, else {@code uint32}.
     *
     * @param bin             final name; {@code .json} is appended for the description
     * @param vocabSize       every id must be below it
     * @param tokenizerSha256 SHA-256 of the tokenizer's model file, 64 lower-case hex digits
     * @param language        the language's code, such as {@code hi}
     * @throws IllegalArgumentException for values that {@link TokenFileInfo} refuses
     * @throws IOException              when the folder takes no files
     */
    public static TokenFileWriter create(Path bin, int vocabSize, String tokenizerSha256, String language)
            throws IOException {
        Objects.requireNonNull(tokenizerSha256, "tokenizerSha256");
        Objects.requireNonNull(language, "language");
        TokenFileInfo.require(vocabSize >= 1, "vocab_size must be positive, not " + vocabSize);
        new TokenFileInfo(TokenType.of(vocabSize), 0, 0, tokenizerSha256, 0, language, vocabSize, -1);
        PendingFile tokens = new PendingFile(bin);
        try {
            return new TokenFileWriter(vocabSize, tokenizerSha256, language, tokens,
                    new PendingFile(TokenFileJson.beside(bin)));
        } catch (Throwable e) {
            tokens.close();
            throw e;
        }
    }

    /**
     * Appends one document, which should end with the end-of-text id: nothing is put between documents.
     *
     * @param ids           the document's tokens, from the start of the array
     * @param n             how many, at least one
     * @param documentBytes bytes of the document's text in UTF-8
     * @throws IllegalArgumentException for an id outside the vocabulary; nothing of the document is written
     * @throws IOException              when the disk is full or the write fails; the file can then only be closed
     * @throws IllegalStateException    after {@link #commit}, {@link #close} or a failed write
     */
    public void append(int[] ids, int n, long documentBytes) throws IOException {
        requireOpen();
        Objects.checkFromIndexSize(0, n, ids.length);
        TokenFileInfo.require(n >= 1, "a document needs one token at least; leave empty ones out");
        TokenFileInfo.require(documentBytes >= 0, "documentBytes must not be negative, but is " + documentBytes);
        int largest = maxTokenId;
        for (int i = 0; i < n; i++) {
            if (ids[i] < 0 || ids[i] >= vocabSize) {
                throw new IllegalArgumentException("token " + i + " of document " + documentCount + " for "
                        + tokens.target() + " is " + ids[i] + ", outside the vocabulary of " + vocabSize
                        + "; use the tokenizer that the size is from");
            }
            largest = Math.max(largest, ids[i]);
        }
        put(ids, n);
        maxTokenId = largest;
        tokenCount += n;
        documentCount++;
        textBytes += documentBytes;
    }

    private void put(int[] ids, int n) throws IOException {
        for (int i = 0; i < n; i++) {
            if (buffer.remaining() < Integer.BYTES) {
                flush();
            }
            if (type == TokenType.UINT16) {
                buffer.putShort((short) ids[i]);
            } else {
                buffer.putInt(ids[i]);
            }
        }
    }

    /** Tokens appended so far. */
    public long tokenCount() {
        return tokenCount;
    }

    /**
     * Puts the tokens and the description under their final names, synced to the disk.
     *
     * @return what the description says
     * @throws IOException           one sentence with the file and the reason; old files of these names then stay,
     *                               unless it was the very last rename that failed
     * @throws IllegalStateException after {@link #commit}, {@link #close} or a failed write
     */
    public TokenFileInfo commit() throws IOException {
        requireOpen();
        TokenFileInfo info = new TokenFileInfo(type, tokenCount, documentCount, tokenizerSha256, textBytes, language,
                vocabSize, maxTokenId);
        flush();
        open = false;
        write(description, ByteBuffer.wrap(TokenFileJson.write(info)));
        // Before anything is moved: what a full disk or a bad one refuses must not touch the old files.
        sync(tokens);
        sync(description);
        synchronized (COMMIT) {
            rename();
        }
        return info;
    }

    private void rename() throws IOException {
        Path old = description.target();
        Path aside = PendingFile.temporaryName(old);
        boolean hadOld = Files.exists(old, LinkOption.NOFOLLOW_LINKS);
        if (hadOld) {
            try {
                Files.move(old, aside, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                throw WriteFailure.explain(old, aside, e);
            }
            FolderSync.force(old.getParent());
        }
        try {
            tokens.commit();
        } catch (Throwable e) {
            if (hadOld) {
                restore(aside, old, e);
            }
            throw e;
        }
        try {
            description.commit();
        } finally {
            Files.deleteIfExists(aside);
        }
    }

    private static void restore(Path aside, Path old, Throwable why) {
        try {
            Files.move(aside, old, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }

    private void requireOpen() {
        if (!open) {
            throw new IllegalStateException("the token file " + tokens.target() + " was used after it was committed,"
                    + " closed or could not be written");
        }
    }

    private void flush() throws IOException {
        buffer.flip();
        try {
            write(tokens, buffer);
        } catch (IOException e) {
            open = false;
            throw e;
        }
        buffer.clear();
    }

    private static void write(PendingFile file, ByteBuffer from) throws IOException {
        FileChannel channel = file.channel();
        try {
            while (from.hasRemaining()) {
                channel.write(from);
            }
        } catch (IOException e) {
            throw WriteFailure.explain(file.target(), file.temporary(), e);
        }
    }

    private static void sync(PendingFile file) throws IOException {
        try {
            file.channel().force(true);
        } catch (IOException e) {
            throw WriteFailure.explain(file.target(), file.temporary(), e);
        }
    }

    /** Removes what was written, unless it was committed. Closing twice does nothing. */
    @Override
    public void close() throws IOException {
        open = false;
        try (tokens) {
            description.close();
        }
    }
}
