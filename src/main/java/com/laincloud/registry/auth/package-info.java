/**
 * Who may do what. {@link com.laincloud.registry.auth.AccessFilter} stands before every resource: the configured
 * {@link com.laincloud.registry.auth.Authenticator} says who is asking, the one
 * {@link com.laincloud.registry.auth.AccessPolicy} what they must be allowed to do, and whoever is not is answered with a
 * challenge that says how to come back.
 *
 * @see <a href="https://distribution.github.io/distribution/spec/auth/token/">docker/distribution, token authentication</a>
 */
@NullMarked
package com.laincloud.registry.auth;

import org.jspecify.annotations.NullMarked;
