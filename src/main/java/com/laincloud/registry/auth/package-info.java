/**
 * Who is asking: the configured {@link com.laincloud.registry.auth.Authenticator} finds it out, and has the challenge that says
 * how to come back. What a caller may do is the matter of the package {@code access}.
 *
 * @see <a href="https://distribution.github.io/distribution/spec/auth/token/">docker/distribution, token authentication</a>
 */
@NullMarked
package com.laincloud.registry.auth;

import org.jspecify.annotations.NullMarked;
