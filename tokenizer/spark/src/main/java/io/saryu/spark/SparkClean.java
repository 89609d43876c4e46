package io.saryu.spark;

import io.saryu.text.CleanCorpus;
import io.saryu.text.Corpus;
import io.saryu.text.CorpusException;
import io.saryu.text.CorpusPart;
import io.saryu.text.DocumentUnit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * {@link CleanCorpus} on a Spark cluster whose machines see the same files: the same bytes, whatever the number of machines. Each
 * part of the corpus is cleaned once and kept on the executors' disks; of equal documents the first in the corpus is found by
 * their hashes, which alone are exchanged; each part's file is written, and the driver puts them together.
 */
public final class SparkClean {
    /** Text of a part, about: enough to keep an executor busy for seconds. */
    public static final long PART_BYTES = 1L << 26;

    private SparkClean() {
    }

    /**
     * What was done.
     *
     * @param output             the file written
     * @param parts              parts of the corpus
     * @param readLines          lines read
     * @param badLines           of those, left out as they were not text
     * @param documents          documents found
     * @param duplicateDocuments of those, dropped because they occurred before
     * @param lines              lines with text written
     * @param bytes              bytes written
     */
    public record Report(String output, int parts, long readLines, long badLines, long documents, long duplicateDocuments, long lines,
            long bytes) {
    }

    /**
     * Runs the stage; the folder of the output must be one that all machines see.
     *
     * @param inputs    as in {@link Corpus#of(List)}
     * @param partBytes of text in a part, about
     * @throws CorpusException when an input cannot be read, no text is left, or the output cannot be written
     */
    public static Report run(JavaSparkContext spark, List<String> inputs, Path output, CleanCorpus.Options options, long partBytes)
            throws IOException {
        Corpus corpus = Corpus.of(inputs);
        corpus.mustNotContain(output);
        List<CorpusPart> parts = CorpusPart.divide(corpus, options, partBytes);
        List<Tuple2<Integer, CorpusPart>> numbered = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            numbered.add(new Tuple2<>(i, parts.get(i)));
        }
        try (PartsFolder folder = PartsFolder.beside(output)) {
            JavaRDD<Piece> pieces = spark.parallelize(numbered, parts.size())
                    .mapPartitions(some -> clean(some, options)).persist(StorageLevel.DISK_ONLY());
            PartWriter.Written written;
            try {
                written = write(pieces, options.deduplicate(), folder.name(), parts.size());
            } finally {
                pieces.unpersist();
            }
            if (written.lines() == 0) {
                throw new CorpusException("no text is left of " + String.join(", ", inputs) + " (" + written.read() + " lines, "
                        + written.bad() + " of them not UTF-8 text); check that these are text files");
            }
            long bytes = folder.join(output, parts.size(), options.unit() == DocumentUnit.PARAGRAPH);
            return new Report(output.toString(), parts.size(), written.read(), written.bad(), written.documents(),
                    written.duplicates(), written.lines(), bytes);
        }
    }

    private static Iterator<Piece> clean(Iterator<Tuple2<Integer, CorpusPart>> parts, CleanCorpus.Options options) throws IOException {
        List<Piece> pieces = new ArrayList<>();
        while (parts.hasNext()) {
            Tuple2<Integer, CorpusPart> part = parts.next();
            int[] number = {0};
            part._2().clean(options, documents -> pieces.add(new Piece(part._1(), number[0]++, documents)));
        }
        return pieces.iterator();
    }

    private static PartWriter.Written write(JavaRDD<Piece> pieces, boolean deduplicate, String folder, int parts) {
        JavaRDD<PartWriter.Written> written;
        if (deduplicate) {
            JavaPairRDD<Integer, Place> kept = pieces.flatMapToPair(SparkClean::places).reduceByKey(Place::first)
                    .values().mapToPair(place -> new Tuple2<>(place.part(), place)).partitionBy(new ByPart(parts));
            written = pieces.zipPartitions(kept.values(), (some, places) -> some.hasNext() ? one(folder, some, places) : none());
        } else {
            written = pieces.mapPartitions(some -> some.hasNext() ? one(folder, some, null) : none());
        }
        return written.fold(new PartWriter.Written(0, 0, 0, 0, 0, 0), PartWriter.Written::plus);
    }

    private static Iterator<PartWriter.Written> none() {
        return List.<PartWriter.Written>of().iterator();
    }

    private static Iterator<PartWriter.Written> one(String folder, Iterator<Piece> pieces, Iterator<Place> kept) throws IOException {
        List<Piece> all = new ArrayList<>();
        pieces.forEachRemaining(all::add);
        return List.of(PartWriter.write(folder, all.getFirst().part(), all.iterator(), kept)).iterator();
    }

    private static Iterator<Tuple2<Hash, Place>> places(Piece piece) {
        List<Tuple2<Hash, Place>> places = new ArrayList<>();
        for (int i = 0; i < piece.documents().count(); i++) {
            places.add(new Tuple2<>(piece.hash(i), new Place(piece.part(), piece.number(), i)));
        }
        return places.iterator();
    }

    /** Partition i holds what belongs to part i, as the cleaned pieces lie. */
    private static final class ByPart extends Partitioner {
        private static final long serialVersionUID = 1;
        private final int parts;

        ByPart(int parts) {
            this.parts = parts;
        }

        @Override
        public int numPartitions() {
            return parts;
        }

        @Override
        public int getPartition(Object key) {
            return (Integer) key;
        }
    }
}
