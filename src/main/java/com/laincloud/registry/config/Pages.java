package com.laincloud.registry.config;

/**
 * How long the pages of listings may be, however long a client wants them.
 *
 * @param maxRepositories of the catalog
 * @param maxTags of the tags of a repository
 */
public record Pages(int maxRepositories, int maxTags) {}
