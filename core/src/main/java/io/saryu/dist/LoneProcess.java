package io.saryu.dist;

/** The group of a run that is one process. */
final class LoneProcess extends AbortableGroup {
    LoneProcess(int ranks) {
        super(0, 1, ranks);
    }

    @Override
    public byte[][] gather(String what, byte[] own) {
        check();
        return new byte[][] {own};
    }

    @Override
    public String name(int process) {
        return ranks(process);
    }

    @Override
    void tellAborted(String reason) {
        // Nobody else to tell.
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
