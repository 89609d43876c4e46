package io.saryu.files;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** Turns what the system says about a failed write into a sentence that names the target and what to do. */
final class WriteFailure {
    private WriteFailure() {
    }

    /**
     * @param target    the final name, absolute
     * @param temporary the name that was written to
     * @return {@code e} itself where it speaks of another file, such as one that the caller was copying from
     */
    static IOException explain(Path target, Path temporary, IOException e) {
        String reason = e.getMessage() == null ? "" : e.getMessage();
        String said = null;
        if (e instanceof ClosedByInterruptException) {
            said = "the writing thread was interrupted";
        } else if (e instanceof ClosedChannelException) {
            said = "it was closed while it was written";
        }
        if (e instanceof FileSystemException f) {
            if (f.getFile() != null && !Path.of(f.getFile()).startsWith(temporary)
                    && !Path.of(f.getFile()).startsWith(target)) {
                return e;
            }
            reason = f.getReason() == null ? "" : f.getReason();
            said = ofKind(target, f);
        }
        if (said == null && !reason.startsWith("cannot write ")) {
            said = ofReason(target, reason);
        }
        if (said == null && !(e instanceof FileSystemException)) {
            // A file inside a temporary folder, already explained: the reader knows the folder by its final name.
            return reason.contains(temporary.toString())
                    ? new IOException(reason.replace(temporary.toString(), target.toString()), e) : e;
        }
        return new IOException("cannot write " + target + ": " + (said == null ? Excerpt.of(reason) : said), e);
    }

    private static String ofKind(Path target, FileSystemException e) {
        Path folder = target.getParent();
        if (e instanceof NoSuchFileException) {
            return Files.isDirectory(folder) ? "the file system takes no new files in " + folder + ", or someone else"
                    + " removed the temporary file while it was written"
                    : "the folder " + folder + " does not exist; create it first";
        }
        if (e instanceof AccessDeniedException) {
            return "no permission to write in " + folder + "; choose another folder or change its permissions";
        }
        if (e instanceof NotDirectoryException) {
            return folder + " is not a folder";
        }
        return null;
    }

    private static String ofReason(Path target, String reason) {
        if (reason.contains("No space left")) {
            return "the disk is full; free some space or choose another folder";
        }
        if (reason.contains("quota")) {
            return "the disk quota is used up; free some space or choose another folder";
        }
        if (reason.contains("Operation not permitted")) {
            return "no permission to write in " + target.getParent() + "; choose another folder";
        }
        if (reason.contains("Read-only file system")) {
            return "the disk is mounted read-only; choose another folder";
        }
        if (reason.contains("File too large")) {
            return "the file system does not take files of this size; choose another disk";
        }
        if (reason.contains("Not a directory")) {
            return target.getParent() + " is not a folder";
        }
        return null;
    }
}
