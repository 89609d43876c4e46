package io.saryu.data;

import io.saryu.files.TokenFileWriter;
import io.saryu.text.Corpus;
import io.saryu.text.CorpusException;
import io.saryu.text.Document;
import io.saryu.text.DocumentReader;
import io.saryu.text.DocumentUnit;
import io.saryu.text.LineReader;
import io.saryu.text.ProgressListener;
import io.saryu.text.ReadOptions;
import io.saryu.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Text in, a token file out: every document encoded, its end marked by the tokenizer's end-of-text id, documents laid end
 * to end in the order of the input.
 */
public final class EncodeCorpus {
    /** Characters encoded at once: enough to keep threads busy, little enough to hold in memory. */
    private static final int BATCH_CHARACTERS = 1 << 22;

    private EncodeCorpus() {
    }

    /**
     * How to encode.
     *
     * @param unit     what a document is
     * @param language code to note in the file's description, {@code und} where it is not known
     * @param threads  encoding threads, at least 1
     * @param read     how bad lines are taken
     */
    public record Options(DocumentUnit unit, String language, int threads, ReadOptions read) {
    }

    /**
     * What was done.
     *
     * @param output    the token file
     * @param documents documents encoded
     * @param tokens    tokens written, end-of-text marks included
     * @param textBytes UTF-8 bytes of the documents
     * @param badLines  lines left out as they were not text
     */
    public record Report(String output, long documents, long tokens, long textBytes, long badLines) {
    }

    /**
     * Runs the stage; a missing folder of the output is made.
     *
     * @param inputs as in {@link Corpus#of(List)}
     * @throws CorpusException when an input cannot be read or holds no text
     * @throws IOException     when the output cannot be written
     */
    public static Report run(List<String> inputs, Path output, Tokenizer tokenizer, Options options,
            ProgressListener listener) throws IOException {
        Corpus corpus = Corpus.of(inputs);
        corpus.mustNotContain(output);
        makeFolder(output.toAbsolutePath().getParent());
        try (LineReader reader = new LineReader(corpus, options.read());
                TokenFileWriter writer = TokenFileWriter.create(output, tokenizer.vocabSize(), tokenizer.sha256(),
                        options.language())) {
            DocumentReader documents = new DocumentReader(reader, options.unit());
            List<String> batch = new ArrayList<>();
            long characters = 0;
            long count = 0;
            long textBytes = 0;
            for (Document d = documents.next(); d != null; d = documents.next()) {
                batch.add(d.text());
                characters += d.text().length();
                if (characters >= BATCH_CHARACTERS) {
                    textBytes += append(batch, tokenizer, options.threads(), writer);
                    count += batch.size();
                    batch.clear();
                    characters = 0;
                    listener.onProgress(Math.min(reader.bytesRead(), corpus.bytes()), corpus.bytes());
                }
            }
            textBytes += append(batch, tokenizer, options.threads(), writer);
            count += batch.size();
            if (count == 0) {
                throw new CorpusException("there is no text in " + String.join(", ", inputs)
                        + "; check that these are text files");
            }
            listener.onProgress(corpus.bytes(), corpus.bytes());
            writer.commit();
            return new Report(output.toString(), count, writer.tokenCount(), textBytes,
                    reader.report().badLineCount());
        }
    }

    private static void makeFolder(Path folder) throws IOException {
        try {
            Files.createDirectories(folder);
        } catch (FileAlreadyExistsException e) {
            throw new IOException("cannot make the folder " + folder + ": a file of that name is in the way", e);
        }
    }

    private static long append(List<String> texts, Tokenizer tokenizer, int threads, TokenFileWriter writer)
            throws IOException {
        int[][] ids = tokenizer.encodeBatch(texts, threads);
        long bytes = 0;
        for (int i = 0; i < ids.length; i++) {
            int[] document = Arrays.copyOf(ids[i], ids[i].length + 1);
            document[ids[i].length] = tokenizer.eosId();
            int length = texts.get(i).getBytes(StandardCharsets.UTF_8).length;
            writer.append(document, document.length, length);
            bytes += length;
        }
        return bytes;
    }
}
