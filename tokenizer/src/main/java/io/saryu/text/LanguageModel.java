package io.saryu.text;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Weights that tell languages written in Devanagari apart: multinomial logistic regression over hashed character n-grams
 * ({@link LanguageFeatures}), a byte a weight. Immutable.
 *
 * <p>The one in the jar knows Hindi ({@code hi}), Awadhi ({@code awa}), Braj ({@code bra}), Bhojpuri ({@code bho}) and Magahi
 * ({@code mag}). It was trained on the development set of the Indo-Aryan Language Identification task of VarDial 2018 (KMI
 * Linguistics, Dr. B. R. Ambedkar University, Agra; Apache-2.0), and on 1,500 lines each of Common Voice's Hindi sentences (CC0), of
 * Hindi literature and of Awadhi verse (both public domain):
 *
 * <pre>{@code
 * saryu corpus check-train ili-dev.tsv.xz --also hi=voice-web.hi.txt --also hi=hi.literature.txt.xz
 *     --also awa=awa.classical.txt.xz -o tokenizer/src/main/resources/io/saryu/text/languages.model
 * }</pre>
 *
 * <p>Text in other languages written in Devanagari, such as Marathi and Nepali, it takes for one of these.
 */
public final class LanguageModel {
    private static final int MAGIC = 0x53_4C_49_44;
    private static final int VERSION = 1;
    private static final int MOST_LANGUAGES = 64;
    private static final int MOST_BUCKETS = 1 << 22;
    private static final String RESOURCE = "languages.model";

    private final List<String> languages;
    private final int buckets;
    private final float scale;
    /** Of a bucket the weights of all languages, then the next bucket's. */
    private final byte[] weights;

    LanguageModel(List<String> languages, int buckets, float scale, byte[] weights) {
        this.languages = List.copyOf(languages);
        this.buckets = buckets;
        this.scale = scale;
        this.weights = weights;
    }

    /** Rounds weights of {@code buckets * languages.size()} to bytes. */
    static LanguageModel of(List<String> languages, int buckets, float[] weights) {
        float largest = Float.MIN_NORMAL;
        for (float weight : weights) {
            largest = Math.max(largest, Math.abs(weight));
        }
        float scale = largest / Byte.MAX_VALUE;
        byte[] bytes = new byte[weights.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Math.round(weights[i] / scale);
        }
        return new LanguageModel(languages, buckets, scale, bytes);
    }

    private static final class Bundled {
        private static final LanguageModel MODEL = load();

        private static LanguageModel load() {
            try (InputStream in = LanguageModel.class.getResourceAsStream(RESOURCE)) {
                return read(in, "the language model in the jar");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The model in the jar. */
    public static LanguageModel bundled() {
        return Bundled.MODEL;
    }

    /**
     * Reads a model that {@link #write} wrote.
     *
     * @throws CorpusException when the file cannot be read or is no such model
     */
    public static LanguageModel read(Path file) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            return read(in, file.toString());
        } catch (CorpusException e) {
            throw e;
        } catch (IOException e) {
            throw new CorpusException("cannot read the language model " + file + " (" + e + "); give one that"
                    + " saryu corpus check-train wrote");
        }
    }

    private static LanguageModel read(InputStream stream, String name) throws IOException {
        DataInputStream in = new DataInputStream(stream);
        String broken = name + " is not a language model, or only a part of one; give one that saryu corpus check-train wrote";
        try {
            if (in.readInt() != MAGIC || in.readInt() != VERSION) {
                throw new CorpusException(broken);
            }
            int count = in.readInt();
            int buckets = in.readInt();
            if (count < 2 || count > MOST_LANGUAGES || Integer.bitCount(buckets) != 1 || buckets < 1 || buckets > MOST_BUCKETS) {
                throw new CorpusException(broken);
            }
            List<String> languages = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                languages.add(in.readUTF());
            }
            float scale = in.readFloat();
            byte[] weights = in.readNBytes(buckets * count);
            CRC32 sum = new CRC32();
            sum.update(weights);
            if (weights.length != buckets * count || in.readLong() != sum.getValue() || !(scale > 0 && scale < Float.MAX_VALUE)
                    || in.read() >= 0) {
                throw new CorpusException(broken);
            }
            return new LanguageModel(languages, buckets, scale, weights);
        } catch (EOFException | java.io.UTFDataFormatException e) {
            throw new CorpusException(broken);
        }
    }

    /** The model as bytes of a file. */
    public byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(weights.length + 256);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(MAGIC);
            out.writeInt(VERSION);
            out.writeInt(languages.size());
            out.writeInt(buckets);
            for (String language : languages) {
                out.writeUTF(language);
            }
            out.writeFloat(scale);
            out.write(weights);
            CRC32 sum = new CRC32();
            sum.update(weights);
            out.writeLong(sum.getValue());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Codes of the languages that the model tells apart. */
    public List<String> languages() {
        return languages;
    }

    int buckets() {
        return buckets;
    }

    /** Adds up the scores of the languages for some features: logits, in the order of {@link #languages}. */
    void score(LanguageFeatures features, int[] sums, float[] logits) {
        java.util.Arrays.fill(sums, 0);
        int count = features.count();
        for (int f = 0; f < count; f++) {
            int at = features.bucket(f) * sums.length;
            for (int k = 0; k < sums.length; k++) {
                sums[k] += weights[at + k];
            }
        }
        for (int k = 0; k < sums.length; k++) {
            logits[k] = count == 0 ? 0 : scale * sums[k] / (float) Math.sqrt(count);
        }
    }
}
