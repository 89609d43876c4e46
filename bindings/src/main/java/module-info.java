/** Bindings of the native libraries and the loader that unpacks them. */
module io.saryu.bindings {
    exports io.saryu.bindings;
    exports io.saryu.bindings.cblas to io.saryu.kernels;
    exports io.saryu.bindings.cpu to io.saryu.kernels;
    exports io.saryu.bindings.cublaslt to io.saryu.kernels;
    exports io.saryu.bindings.cuda to io.saryu.kernels;
    exports io.saryu.bindings.nccl to io.saryu.kernels;
    exports io.saryu.bindings.nvrtc to io.saryu.kernels;
    exports io.saryu.bindings.sentencepiece to io.saryu.tokenizer;
}
