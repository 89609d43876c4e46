package io.saryu.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Makes renames durable. */
public final class FolderSync {
    private static final System.Logger LOG = System.getLogger(FolderSync.class.getName());

    private FolderSync() {
    }

    /** Writes a folder's entries to the disk, where the system lets folders be opened (Windows does not). */
    public static void force(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "folder not synced: {0}", e.toString());
        }
    }
}
