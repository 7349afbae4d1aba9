package com.laincloud.registry.database.embedded;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** What is wrong, in words for the operator: the file system's exceptions often say no more than a path. */
final class Fault {

    private Fault() {}

    static String of(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> "permission denied: " + denied.getFile();
            case NoSuchFileException missing -> "no such file or directory: " + missing.getFile();
            case FileAlreadyExistsException existing -> "not a directory: " + existing.getFile();
            case NotDirectoryException file -> "not a directory: " + file.getFile();
            case FileSystemException other -> other.getReason() == null ? other.toString() : other.getReason();
            default -> e.getMessage() == null ? e.toString() : e.getMessage();
        };
    }
}
