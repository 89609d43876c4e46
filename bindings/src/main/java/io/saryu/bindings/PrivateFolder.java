package io.saryu.bindings;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.EnumSet;
import java.util.Set;

/**
 * A folder that only the current user can write to. Code is loaded from here, so whatever another user could have put
 * in place (a folder of theirs, a link, a folder open to a group) is refused rather than repaired.
 */
final class PrivateFolder {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> OTHERS_WRITE =
            EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    private PrivateFolder() {
    }

    /**
     * Creates {@code folder} with mode 0700 where it is missing, and checks it where it is there.
     *
     * @throws IOException if it cannot be created, or someone else could write to it
     */
    static Path require(Path folder) throws IOException {
        Path parent = folder.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        try {
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        } catch (FileAlreadyExistsException e) {
            // Another process, or an earlier run, made it; the check below decides whether it may be used.
        }
        String problem = problem(folder);
        if (problem != null) {
            throw new IOException(folder + " " + problem);
        }
        return folder;
    }

    /** Null when only the current user can write to {@code folder}, else what is wrong with it. */
    static String problem(Path folder) throws IOException {
        PosixFileAttributes attributes =
                Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (attributes.isSymbolicLink() || !attributes.isDirectory()) {
            return "is not a plain folder";
        }
        if (!attributes.owner().equals(currentUser())) {
            return "belongs to " + attributes.owner().getName();
        }
        return attributes.permissions().stream().anyMatch(OTHERS_WRITE::contains) ? "can be written by others" : null;
    }

    /** Who owns what this process creates; {@code user.name} may be set to anything, so a file is asked. */
    private static UserPrincipal currentUser() throws IOException {
        Path probe = Files.createTempFile("saryu-owner", null);
        try {
            return Files.getOwner(probe);
        } finally {
            Files.delete(probe);
        }
    }
}
