package io.saryu.train;

/** Told how far long work has come; the command line shows it as a bar or as plain lines. */
public interface Progress {
    /** Shows nothing. */
    Progress NONE = new Progress() {
        @Override
        public Task start(String name, long total, String unit) {
            return (done, detail) -> { };
        }

        @Override
        public void line(String text) {
            // Nobody listens.
        }
    };

    /**
     * Begins a piece of work; one at a time.
     *
     * @param total amount of work, or -1 where it is not known
     * @param unit  what is counted: {@code steps}, {@code bytes}, {@code lines}, ...
     */
    Task start(String name, long total, String unit);

    /** A line that stays, above the bar. */
    void line(String text);

    /** A piece of work under way. */
    @FunctionalInterface
    interface Task extends AutoCloseable {
        /**
         * @param done   amount of work done since the start
         * @param detail figures to show beside it, such as {@code loss 3.21}; may be empty
         */
        void update(long done, String detail);

        /** Ends the piece of work. */
        @Override
        default void close() {
            // Most have nothing to end.
        }
    }
}
