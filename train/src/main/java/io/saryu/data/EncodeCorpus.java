package io.saryu.data;

import io.saryu.files.TokenFileInfo;
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
    /** Characters that a thread takes at once: enough to make its start cheap, few enough to hold several in memory. */
    private static final int BATCH_CHARACTERS = 1 << 18;

    private EncodeCorpus() {
    }

    /**
     * How to encode.
     *
     * @param unit     what a document is
     * @param language code to note in the file's description, {@code und} where it is not known
     * @param threads  encoding threads, at least 1, beside the one that reads and writes; the tokens do not depend on it
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
                        options.language());
                Pipeline<List<String>, Encoded> pipeline = new Pipeline<>(options.threads(),
                        texts -> encode(texts, tokenizer), encoded -> encoded.append(writer))) {
            DocumentReader documents = new DocumentReader(reader, options.unit());
            List<String> batch = new ArrayList<>();
            long characters = 0;
            long count = 0;
            for (Document d = documents.next(); d != null; d = documents.next()) {
                batch.add(d.text());
                count++;
                characters += d.text().length();
                if (characters >= BATCH_CHARACTERS) {
                    pipeline.put(batch);
                    batch = new ArrayList<>();
                    characters = 0;
                    listener.onProgress(Math.min(reader.bytesRead(), corpus.bytes()), corpus.bytes());
                }
            }
            pipeline.put(batch);
            pipeline.finish();
            if (count == 0) {
                throw new CorpusException("there is no text in " + String.join(", ", inputs)
                        + "; check that these are text files");
            }
            listener.onProgress(corpus.bytes(), corpus.bytes());
            TokenFileInfo info = writer.commit();
            return new Report(output.toString(), count, info.tokenCount(), info.textBytes(),
                    reader.report().badLineCount());
        }
    }

    /** A batch of documents, each with its end marked, and their bytes in UTF-8. */
    private record Encoded(int[][] documents, int[] bytes) {
        void append(TokenFileWriter writer) throws IOException {
            for (int i = 0; i < documents.length; i++) {
                writer.append(documents[i], documents[i].length, bytes[i]);
            }
        }
    }

    private static Encoded encode(List<String> texts, Tokenizer tokenizer) {
        int[][] ids = tokenizer.encodeBatch(texts, 1);
        int[] bytes = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            int length = ids[i].length;
            ids[i] = Arrays.copyOf(ids[i], length + 1);
            ids[i][length] = tokenizer.eosId();
            bytes[i] = texts.get(i).getBytes(StandardCharsets.UTF_8).length;
        }
        return new Encoded(ids, bytes);
    }

    private static void makeFolder(Path folder) throws IOException {
        try {
            Files.createDirectories(folder);
        } catch (FileAlreadyExistsException e) {
            throw new IOException("cannot make the folder " + folder + ": a file of that name is in the way", e);
        }
    }
}
