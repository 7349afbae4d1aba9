/**
 * Names and passwords from a file. To verify one password takes as long as whoever made the file wanted it to, so verdicts
 * are remembered, few are verified at once, and whoever fails again and again has to wait.
 */
@NullMarked
package com.laincloud.registry.auth.htpasswd;

import org.jspecify.annotations.NullMarked;
