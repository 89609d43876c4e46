/** Text from raw corpus to training sample, and SentencePiece tokenization. */
module io.saryu.tokenizer {
    requires com.fasterxml.jackson.databind;
    requires com.fasterxml.jackson.dataformat.csv;
    requires com.github.luben.zstd_jni;
    requires io.saryu.bindings;
    requires org.tukaani.xz;

    exports io.saryu.text;
    exports io.saryu.tokenizer;

    // Records of a run's journal and manifest, which are not for others, are written and read as JSON.
    opens io.saryu.text to com.fasterxml.jackson.databind;

    uses io.saryu.text.RecordFormat;
}
