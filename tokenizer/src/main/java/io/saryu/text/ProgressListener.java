package io.saryu.text;

/** Told how far a stage has come, about every megabyte of input and at its end. Called on the stage's own thread. */
@FunctionalInterface
public interface ProgressListener {
    /** Hears nothing. */
    ProgressListener NONE = (done, total) -> { };

    /**
     * One step further.
     *
     * @param bytesDone  bytes of the input files read so far, compressed ones as they lie on disk
     * @param bytesTotal bytes to read in all; a stage that reads its input twice counts it twice
     */
    void onProgress(long bytesDone, long bytesTotal);
}
