/** Pretraining, evaluation and generation, and the command line. */
module io.saryu.train {
    requires com.fasterxml.jackson.databind;
    requires com.fasterxml.jackson.dataformat.yaml;
    requires com.google.protobuf;
    requires info.picocli;
    requires transitive io.saryu.core;
    requires transitive io.saryu.tokenizer;
    requires java.logging;
    requires java.management;
    requires jdk.management;
    requires me.tongfei.progressbar;
    requires org.yaml.snakeyaml;

    exports io.saryu.data;
    exports io.saryu.deid;
    exports io.saryu.deid.data;
    exports io.saryu.eval;
    exports io.saryu.generate;
    exports io.saryu.instruct;
    exports io.saryu.model;
    exports io.saryu.report;
    exports io.saryu.simplify;
    exports io.saryu.train;

    opens io.saryu.benchmark to com.fasterxml.jackson.databind;
    opens io.saryu.cli to com.fasterxml.jackson.databind, info.picocli;
}
