/**
 * Round trips of real images with the clients people use: docker, containerd, podman, buildah, skopeo, crane, oras and
 * regctl, each with a home, a configuration and a storage of its own, so that nothing of the machine's is read or
 * touched. A client that is missing is a failure.
 */
@org.jspecify.annotations.NullMarked
package com.laincloud.registry.it.clients;
