/**
 * Tokens of a service elsewhere: signed JSON that says who may do what, for how long. What a token says of itself chooses
 * among what is configured, and nothing more: not the algorithm, not the key, not where to find one.
 *
 * @see <a href="https://distribution.github.io/distribution/spec/auth/jwt/">docker/distribution, token format</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8725">RFC 8725, JSON Web Token best current practices</a>
 */
@NullMarked
package com.laincloud.registry.auth.token;

import org.jspecify.annotations.NullMarked;
