package com.laincloud.registry.lifecycle;

/**
 * Told to whoever observes it when settings, database and storage are there, and before anything is answered. An observer
 * that throws refuses the start; the message says why, in one line.
 */
public record StartUp() {}
