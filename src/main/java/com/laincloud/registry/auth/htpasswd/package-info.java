/**
 * Names and passwords from a file. The file decides how long the check of a password takes, and it may be long. Therefore
 * verdicts are remembered, few passwords are checked at once, and a client that fails again and again has to wait.
 */
@NullMarked
package com.laincloud.registry.auth.htpasswd;

import org.jspecify.annotations.NullMarked;
