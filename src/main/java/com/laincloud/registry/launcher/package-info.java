/**
 * The command line: {@code payara/registry serve}, {@code sql} and {@code version}. All that knows Payara Micro from the
 * outside is here: how its runtime is unpacked and configured, how the WAR is started in it, and how it is stopped without
 * cutting any request off. Packed in a jar of its own on the server's class path; the WAR does without it.
 */
@org.jspecify.annotations.NullMarked
package com.laincloud.registry.launcher;
