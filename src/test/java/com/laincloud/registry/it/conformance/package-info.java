/**
 * The distribution specification's own conformance program, of its release and of its main branch, run against a registry
 * as it is delivered. The build gets both as Go modules of fixed versions and compiles them into {@code target/go}.
 */
@org.jspecify.annotations.NullMarked
package com.laincloud.registry.it.conformance;
