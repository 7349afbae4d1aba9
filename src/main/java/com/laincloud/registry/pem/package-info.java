/** Keys and certificates as they stand in files: blocks of PEM, and the DER in them. */
@org.jspecify.annotations.NullMarked
package com.laincloud.registry.pem;
