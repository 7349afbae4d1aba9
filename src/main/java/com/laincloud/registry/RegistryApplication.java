package com.laincloud.registry;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;

/** The JAX-RS application: every request of the WAR is one of its resources. */
@ApplicationPath("/")
public class RegistryApplication extends Application {}
