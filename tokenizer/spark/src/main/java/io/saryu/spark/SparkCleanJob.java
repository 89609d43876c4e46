package io.saryu.spark;

import io.saryu.text.CleanCorpus;
import io.saryu.text.CleanRule;
import io.saryu.text.DocumentUnit;
import io.saryu.text.ReadOptions;
import io.saryu.text.SentenceSplitter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** {@code spark-submit --class io.saryu.spark.SparkCleanJob}: {@code saryu corpus clean} on a cluster. */
public final class SparkCleanJob {
    private static final String USAGE = "usage: SparkCleanJob [--sentences] [--keep-duplicates] [--paragraphs] -o FILE INPUT...";

    private SparkCleanJob() {
    }

    /** Prints one line of what was done, or one sentence of what was wrong and exits with 1 or 2. */
    public static void main(String[] args) {
        boolean sentences = false;
        boolean keep = false;
        DocumentUnit unit = DocumentUnit.LINE;
        String output = null;
        List<String> inputs = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--sentences" -> sentences = true;
                case "--keep-duplicates" -> keep = true;
                case "--paragraphs" -> unit = DocumentUnit.PARAGRAPH;
                case "-o" -> output = ++i < args.length ? args[i] : null;
                default -> inputs.add(args[i]);
            }
        }
        if (output == null || inputs.isEmpty() || inputs.stream().anyMatch(name -> name.startsWith("--"))) {
            System.err.println(USAGE);
            System.exit(2);
        }
        CleanCorpus.Options options = new CleanCorpus.Options(EnumSet.allOf(CleanRule.class), unit, !keep,
                sentences ? new SentenceSplitter() : null, ReadOptions.DEFAULT);
        try (JavaSparkContext spark = new JavaSparkContext(new SparkConf().setAppName("saryu corpus clean"))) {
            SparkClean.Report report = SparkClean.run(spark, inputs, Path.of(output), options, SparkClean.PART_BYTES);
            System.out.printf("%s: %,d lines of %,d read in %,d parts; %,d of %,d documents dropped as duplicates, %,d bad lines left"
                    + " out%n", report.output(), report.lines(), report.readLines(), report.parts(), report.duplicateDocuments(),
                    report.documents(), report.badLines());
        } catch (IOException | IllegalArgumentException e) {
            System.err.println("saryu: " + e.getMessage());
            System.exit(1);
        }
    }
}
