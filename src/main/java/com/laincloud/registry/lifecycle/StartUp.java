package com.laincloud.registry.lifecycle;

/**
 * Fired when settings, database and storage are there, and before any request is answered. An observer refuses the start by
 * an exception, whose message says why in one line.
 */
public record StartUp() {}
