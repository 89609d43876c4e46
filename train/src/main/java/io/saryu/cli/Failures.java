package io.saryu.cli;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.concurrent.ExecutionException;

/** Turns exceptions into one sentence and an exit code. */
final class Failures {
    /** Exit code of a command that failed. */
    static final int FAILURE = 1;
    /** Exit code of a command that was used wrongly. */
    static final int MISUSE = 2;
    /** Exit code after Ctrl-C. */
    static final int INTERRUPTED = 130;

    private Failures() {
    }

    static int exitCode(Throwable thrown) {
        Throwable e = unwrap(thrown);
        if (interrupted(e)) {
            return INTERRUPTED;
        }
        return e instanceof IllegalArgumentException || e instanceof UnsupportedOperationException ? MISUSE : FAILURE;
    }

    static String sentence(Throwable thrown) {
        Throwable e = unwrap(thrown);
        String message = e.getMessage();
        if (e instanceof NoSuchFileException) {
            return "there is no file or folder " + message + "; check the name";
        }
        if (e instanceof AccessDeniedException) {
            return "no permission to use " + message + "; change its permissions or take another place";
        }
        if (e instanceof NotDirectoryException) {
            return message + " is not a folder; give a folder";
        }
        if (e instanceof FileAlreadyExistsException) {
            return message + " is there already; remove it or give another name";
        }
        if (e instanceof DirectoryNotEmptyException) {
            return "the folder " + message + " is not empty; empty it or give another name";
        }
        if (e instanceof FileSystemException f) {
            return f.getFile() + ": " + f.getReason() + "; check the disk's free space and the folder's permissions";
        }
        if (interrupted(e) && !(e instanceof InterruptedIOException)) {
            return "stopped before the end; no result was written, start again";
        }
        if (e instanceof OutOfMemoryError) {
            return "there is not enough memory (" + message + "); take a smaller batch, a shorter context or a smaller model,"
                    + " or give Java a larger heap";
        }
        boolean ours = e instanceof IllegalArgumentException || e instanceof IllegalStateException
                || e instanceof UnsupportedOperationException || e instanceof IOException;
        if (message == null || message.isBlank() || !ours) {
            return "unexpected " + e.getClass().getSimpleName() + (message == null ? "" : ": " + message)
                    + "; run again with --debug and report what it prints";
        }
        return message;
    }

    /** Stages say of a channel that Ctrl-C closed that they could not read or write; the cause tells why. */
    private static boolean interrupted(Throwable thrown) {
        for (Throwable e = thrown; e != null; e = e.getCause()) {
            if (e instanceof InterruptedException || e instanceof InterruptedIOException
                    || e instanceof ClosedByInterruptException) {
                return true;
            }
        }
        return false;
    }

    private static Throwable unwrap(Throwable thrown) {
        Throwable e = thrown;
        while ((e instanceof UncheckedIOException || e instanceof ExecutionException) && e.getCause() != null) {
            e = e.getCause();
        }
        return e;
    }
}
