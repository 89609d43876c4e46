package io.saryu.files;

import java.io.IOException;
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
        if (e instanceof FileSystemException f) {
            if (f.getFile() != null && !Path.of(f.getFile()).startsWith(temporary)
                    && !Path.of(f.getFile()).startsWith(target)) {
                return e;
            }
            reason = f.getReason() == null ? "" : f.getReason();
            said = ofKind(target, f);
        }
        if (said == null) {
            said = ofReason(target, reason);
        }
        if (said == null && !(e instanceof FileSystemException)) {
            return e;
        }
        return new IOException("cannot write " + target + ": " + (said == null ? Excerpt.of(reason) : said), e);
    }

    private static String ofKind(Path target, FileSystemException e) {
        Path folder = target.getParent();
        if (e instanceof NoSuchFileException) {
            return Files.isDirectory(folder) ? "its temporary file was removed by someone else while it was written"
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
